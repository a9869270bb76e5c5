/** A graph from files: upload them, interpret their tables together, draw. */
import type { Alternative, FileBody, FileRow, Format, Preview, Reading, Readings } from '../../model/api.gen';
import { deleteDataset } from '../../wire/datasets';
import { createGraph, getFormats, getPreview, getReadings } from '../../wire/uploads';
import { isSameReading, hasColumnsOf } from './customReading';
import { UploadedFile } from './uploadedFile.svelte';

const MAX_PARALLEL = 3;

export class NewGraph {
  files: UploadedFile[] = $state.raw([]);
  formats: Format[] = $state.raw([]);
  error = $state('');
  readings: Readings | undefined = $state.raw();
  /** The reading that the graph is drawn by. */
  current: Partial<Reading> | undefined = $state.raw();
  /** What the current reading makes of the first rows. */
  preview: Preview | undefined = $state.raw();
  isInterpreting = $state(false);
  isDrawing = $state(false);
  /** '' until the first reading is drawn. */
  datasetId = $state('');
  version = $state(0);
  private request = 0;
  /** Files that somebody reads in another way now, whatever was chosen last time. */
  private readonly recalled = new Set<UploadedFile>();

  get isUploading(): boolean {
    return this.files.some((file) => file.isBusy);
  }

  /** Files whose tables make the graph. */
  get readable(): UploadedFile[] {
    return this.files.filter((file) => file.step === 'ready');
  }

  /** Whether the tables were read, and nothing can be drawn of them by itself. */
  get hasNoReading(): boolean {
    return !this.isInterpreting && this.readings?.readings.length === 0;
  }

  /** What people call each table: its file's name where it is the only one of a file. */
  get tableTitles(): string[] {
    const tables = this.readings?.tables ?? [];
    return tables.map(({ file_id, name }, i) => {
      const file = this.files.find(({ id }) => id === file_id) ?? this.readable[0];
      const siblings = tables.filter((table) => table.file_id === file_id);
      if (!file || siblings.length > 1) return name || `Table ${i + 1}`;
      return file.name;
    });
  }

  async loadFormats(): Promise<void> {
    if (!this.formats.length) this.formats = await getFormats().catch(() => []);
  }

  /** Uploads further files, then draws the likeliest reading of all tables. */
  async add(files: readonly File[]): Promise<void> {
    if (!files.length) return;
    const added = files.map((file) => new UploadedFile(file));
    this.files = [...this.files, ...added];
    const waiting = [...added];
    const next = async (): Promise<void> => {
      for (let file = waiting.shift(); file; file = waiting.shift()) {
        if (this.files.includes(file)) await file.upload();
      }
    };
    await Promise.all(Array.from({ length: MAX_PARALLEL }, next));
    await this.interpret();
  }

  /** Adds a file that the server has already. */
  async addStored(row: FileRow): Promise<void> {
    this.files = [...this.files, UploadedFile.stored(row)];
    await this.interpret();
  }

  async remove(file: UploadedFile): Promise<void> {
    file.remove();
    this.files = this.files.filter((other) => other !== file);
    await this.interpret();
  }

  /** Reads a file in another way; `label` names the change, if it can be undone. */
  async readAgain(file: UploadedFile, change: FileBody, label = ''): Promise<void> {
    this.recalled.add(file);
    await file.readAgain(change, label);
    await this.interpret();
  }

  async chooseAlternative(file: UploadedFile, alternative: Alternative): Promise<void> {
    this.recalled.add(file);
    await file.choose(alternative);
    await this.interpret();
  }

  async undoReading(file: UploadedFile): Promise<void> {
    this.recalled.add(file);
    await file.undoReading();
    await this.interpret();
  }

  /** Interprets the tables, and draws: as before where the tables still have its columns, else the likeliest. */
  private async interpret(): Promise<void> {
    if (this.isUploading) return;
    const ids = this.readable.map((file) => file.id);
    const request = ++this.request;
    this.error = '';
    if (!ids.length) {
      this.readings = this.current = undefined;
      return;
    }
    this.isInterpreting = true;
    try {
      const readings = await getReadings(ids);
      if (request !== this.request) return;
      this.readings = readings;
    } catch (reason) {
      if (request === this.request) this.error = (reason as Error).message;
      return;
    } finally {
      if (request === this.request) this.isInterpreting = false;
    }
    const { readings, current } = this;
    const best = readings.readings.find((reading) => hasColumnsOf(reading, readings.tables));
    if (best && (await this.recall(best))) return;
    const isListed = readings.readings.some((reading) => current && isSameReading(reading, current));
    const isKept = current && (isListed || this.isByHand) && hasColumnsOf(current, readings.tables);
    const reading = isKept ? current : best;
    if (reading) await this.draw(reading);
    else this.current = undefined;
  }

  /** Reads a file as it was read last time; whether it had to be. It is undone like any other change. */
  private async recall({ remembered, parser_options: options }: Reading): Promise<boolean> {
    const [file, ...others] = this.readable;
    if (!remembered || !options || !file || others.length || this.recalled.has(file)) return false;
    if (JSON.stringify(options) === JSON.stringify(file.row?.parser_options)) return false;
    await this.readAgain(file, { parser_options: options }, 'Read as last time');
    return true;
  }

  /** Whether the current reading was made by hand; files that are added do not change it. */
  private get isByHand(): boolean {
    return this.current !== undefined && !this.current.label;
  }

  async draw(reading: Partial<Reading>): Promise<void> {
    this.isDrawing = true;
    this.error = '';
    this.current = reading;
    this.preview = undefined;
    const ids = this.readable.map((file) => file.id);
    void this.loadPreview(ids, reading);
    try {
      const row = await createGraph(ids, reading, this.datasetId);
      this.datasetId = row.dataset_id;
      this.version = row.version;
    } catch (reason) {
      this.error = (reason as Error).message;
    }
    this.isDrawing = false;
  }

  /** A quick drawing for the time until the graph is drawn; where it fails, so does the graph, which says why. */
  private async loadPreview(ids: string[], reading: Partial<Reading>): Promise<void> {
    const preview = await getPreview(ids, reading).catch(() => undefined);
    if (this.current === reading) this.preview = preview;
  }

  /** Deletes the graph and the files. */
  async discard(): Promise<void> {
    this.request++;
    for (const file of this.files) file.remove();
    this.files = [];
    if (this.datasetId) await deleteDataset(this.datasetId);
  }
}
