/** A query to a connector: choose, write, run, follow its rows, cancel. */
import type { FileRow } from '../../model/api.gen';
import * as wire from '../../wire/connectors';
import { RequestError } from '../../wire/request';

const POLL_MS = 400;
/** Rows that the page shows of a result. */
export const SHOWN_ROWS = 200;

export class AskConnector {
  /** Undefined until they are loaded. */
  connectors: wire.ConnectorRow[] | undefined = $state.raw();
  chosen: wire.ConnectorRow | undefined = $state.raw();
  text = $state('');
  error = $state('');
  /** Why the query was refused; `position` is the character of the query that it is about. */
  refusal: { message: string; position: number | undefined } | undefined = $state.raw();
  run: wire.QueryRow | undefined = $state.raw();
  page: wire.ResultPage | undefined = $state.raw();
  /** The columns of the query's rows before a reduction, with the text that they belong to. */
  whole: { text: string; columns: wire.ResultPage['columns'] } | undefined = $state.raw();
  schema: wire.SchemaTable[] | undefined = $state.raw();
  isStarting = $state(false);
  isLoadingSchema = $state(false);
  isDrawing = $state(false);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;

  /** Connectors that the user may write queries for. */
  get askable(): wire.ConnectorRow[] {
    return (this.connectors ?? []).filter(
      ({ right, is_enabled }) => is_enabled && (right === 'ask' || right === 'manage'),
    );
  }

  get isRunning(): boolean {
    return this.isStarting || this.run?.state === 'queued' || this.run?.state === 'running';
  }

  get canDraw(): boolean {
    return this.run?.state === 'done' && this.run.has_rows && !this.isDrawing;
  }

  async load(): Promise<void> {
    try {
      this.connectors = await wire.getConnectors();
    } catch (reason) {
      // Somebody without any right on a connector is refused: for them there are none.
      this.connectors = [];
      if ((reason as { status?: number }).status !== 403) this.error = (reason as Error).message;
    }
    if (this.askable[0]) this.choose(this.askable[0].connector_id);
  }

  choose(id: string): void {
    const former = this.chosen;
    this.chosen = this.askable.find(({ connector_id }) => connector_id === id);
    this.refusal = undefined;
    this.schema = undefined;
    if (!this.text.trim() || this.text === former?.example_query) this.text = this.chosen?.example_query ?? '';
  }

  async loadSchema(): Promise<void> {
    const { chosen } = this;
    if (!chosen) return;
    this.isLoadingSchema = true;
    this.error = '';
    try {
      const { tables } = await wire.getSchema(chosen.connector_id);
      if (this.chosen === chosen) this.schema = tables;
    } catch (reason) {
      this.error = (reason as Error).message;
    }
    this.isLoadingSchema = false;
  }

  /** Columns that a reduction may choose from: those of the rows that were fetched before. */
  get reducible(): wire.ResultPage['columns'] {
    return this.chosen?.can_reduce && this.whole && this.whole.text === this.text ? this.whole.columns : [];
  }

  async start(reduction?: wire.Reduction): Promise<void> {
    const { chosen, text } = this;
    if (!chosen || !text.trim() || this.isRunning) return;
    this.isStarting = true;
    this.error = '';
    this.refusal = undefined;
    this.run = this.page = undefined;
    try {
      this.run = await wire.runQuery(chosen.connector_id, chosen.languages[0] ?? '', text, reduction);
      if (!reduction) this.whole = { text, columns: [] };
    } catch (reason) {
      const { message } = reason as Error;
      this.refusal = { message, position: reason instanceof RequestError ? reason.position : undefined };
    }
    this.isStarting = false;
    void this.refreshQuota();
    if (this.run) await this.follow(this.run.query_id);
  }

  /** What is left of the limits, after a query; as before where that cannot be read. */
  private async refreshQuota(): Promise<void> {
    const rows = await wire.getConnectors().catch(() => undefined);
    const quota = rows?.find(({ connector_id }) => connector_id === this.chosen?.connector_id)?.quota;
    if (this.chosen && quota) this.chosen = { ...this.chosen, quota };
  }

  /** Asks for the state and the first rows until the query is over. */
  private async follow(id: string): Promise<void> {
    try {
      const run = await wire.getQuery(id);
      if (this.run?.query_id !== id || this.isClosed) return;
      const isFull = (this.page?.rows.length ?? 0) >= SHOWN_ROWS;
      if (run.has_rows && !isFull) this.page = await wire.getRows(id, SHOWN_ROWS);
      if (this.page && this.whole && !this.whole.columns.length)
        this.whole = { ...this.whole, columns: this.page.columns };
      this.run = run;
    } catch (reason) {
      this.error = (reason as Error).message;
      return;
    }
    if (this.isRunning) this.timer = setTimeout(() => void this.follow(id), POLL_MS);
  }

  async cancel(): Promise<void> {
    if (!this.run) return;
    try {
      await wire.cancelQuery(this.run.query_id);
    } catch (reason) {
      this.error = (reason as Error).message;
    }
  }

  /** A file of the rows, for the readings; undefined where it fails. */
  async draw(): Promise<FileRow | undefined> {
    if (!this.run || !this.canDraw) return undefined;
    this.isDrawing = true;
    try {
      return await wire.drawQuery(this.run.query_id, { name: this.run.connector_name });
    } catch (reason) {
      this.error = (reason as Error).message;
      return undefined;
    } finally {
      this.isDrawing = false;
    }
  }

  /** Ends what runs: the page is left. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    if (this.isRunning && this.run) void wire.cancelQuery(this.run.query_id).catch(() => undefined);
  }
}

/** How a query stands, in a sentence. */
export function runText(run: wire.QueryRow): string {
  const rows = `${run.rows.toLocaleString('en')} ${run.rows === 1 ? 'row' : 'rows'}`;
  if (run.state === 'queued') return 'Waiting for its turn …';
  if (run.state === 'running') return `Running: ${rows} so far …`;
  if (run.state === 'cancelled') return `Cancelled after ${rows}.`;
  if (run.state === 'failed') return `Failed${run.stage ? ` at ${run.stage}` : ''}: ${run.message}`;
  if (run.state === 'interrupted') return 'Interrupted by a restart of the server. Run it again.';
  if (!run.is_cut) return `${rows}.`;
  const more = run.more ? `${run.more.toLocaleString('en')} more` : 'more';
  return `${rows}; the source has ${more}, beyond the limits of this connector.`;
}
