/** A file of a new graph: sent, read, and read again in another way. */
import type { Alternative, FileBody, FileRow } from '../../model/api.gen';
import * as wire from '../../wire/uploads';
import { AUTO } from './fileType';
import type { ParserOptions } from './readOptions';

/** A way of reading that can be undone. */
interface FormerReading {
  label: string;
  change: FileBody;
}

export class UploadedFile {
  step: 'waiting' | 'uploading' | 'reading' | 'ready' | 'failed' = $state('waiting');
  /** The share that was sent. */
  progress = $state(0);
  error = $state('');
  /** Undefined until the server has a record of the file. */
  row: FileRow | undefined = $state.raw();
  /** What the last change of the reading can be undone to. */
  undo: FormerReading | undefined = $state.raw();
  private readonly aborter = new AbortController();

  readonly name: string;
  readonly size: number;

  constructor(
    private readonly content: File | undefined,
    row?: FileRow,
  ) {
    this.name = content?.name ?? row?.name ?? '';
    this.size = content?.size ?? row?.bytes_count ?? 0;
    if (row) this.show(row);
  }

  /** A file that the server has already, such as the rows of a query. */
  static stored(row: FileRow): UploadedFile {
    return new UploadedFile(undefined, row);
  }

  get id(): string {
    return this.row?.file_id ?? '';
  }

  get isBusy(): boolean {
    return this.step === 'waiting' || this.step === 'uploading' || this.step === 'reading';
  }

  /** Whether the server has its bytes, so that they can be read in another way. */
  get canReadAgain(): boolean {
    return Boolean(this.row?.is_uploaded) && !this.isBusy;
  }

  async upload(): Promise<void> {
    const { content } = this;
    if (!content) return;
    this.step = 'uploading';
    this.progress = 0;
    await this.receive(async () => {
      this.row = await wire.createFile({ name: this.name, file_type: AUTO });
      return wire.uploadFile(this.id, content, (share) => this.onProgress(share), this.aborter.signal);
    });
  }

  private onProgress(share: number): void {
    this.progress = share;
    if (share >= 1) this.step = 'reading';
  }

  /** Reads the stored bytes by other parser options, or as another format. */
  async readAgain(change: FileBody, label = ''): Promise<void> {
    const { row } = this;
    if (!row) return;
    const former = { parser_options: row.parser_options, file_type: row.file_type };
    this.step = 'reading';
    await this.receive(() => wire.changeFile(row.file_id, change));
    this.undo = label ? { label, change: former } : undefined;
  }

  /** Reads as an alternative of a repair says, all else as before. */
  choose({ label, parser_options }: Alternative): Promise<void> {
    const options: ParserOptions = { ...this.row?.parser_options, ...parser_options };
    return this.readAgain({ parser_options: options }, label);
  }

  async undoReading(): Promise<void> {
    if (this.undo) await this.readAgain(this.undo.change);
  }

  private async receive(send: () => Promise<FileRow>): Promise<void> {
    this.error = '';
    try {
      this.show(await send());
    } catch (reason) {
      this.error = (reason as Error).message;
      this.step = 'failed';
    }
  }

  private show(row: FileRow): void {
    this.row = row;
    this.error = row.is_valid ? '' : (row.errors[0]?.message ?? 'The file cannot be read.');
    this.step = this.error ? 'failed' : 'ready';
  }

  /** Stops the upload, and deletes what the server has of it. */
  remove(): void {
    this.aborter.abort();
    if (this.id) wire.deleteFile(this.id).catch(() => undefined);
  }
}
