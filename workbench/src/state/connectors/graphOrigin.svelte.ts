/** The query that a graph was made of: fetch it again, and draw the new rows in the same reading. */
import { getOrigin, getQuery, runOriginAgain, drawQuery, type QueryOrigin, type QueryRow } from '../../wire/connectors';
import { RequestError } from '../../wire/request';
import { createGraph } from '../../wire/uploads';
import { runText } from './askConnector.svelte';

const POLL_MS = 400;

export class GraphOrigin {
  origin: QueryOrigin | undefined = $state.raw();
  /** How far it is, or why it failed. */
  text = $state('');
  isFetching = $state(false);

  constructor(private readonly datasetId: string) {}

  /** Most graphs were made of no query. */
  async load(): Promise<void> {
    try {
      this.origin = await getOrigin(this.datasetId);
    } catch (reason) {
      if (!(reason instanceof RequestError) || ![403, 404].includes(reason.status)) throw reason;
    }
  }

  /** Whether the graph has new rows now; the former ones stay where the query or the drawing fails. */
  async fetchAgain(): Promise<boolean> {
    const { origin } = this;
    if (!origin?.file_id || !origin.reading || this.isFetching) return false;
    this.isFetching = true;
    try {
      const run = await this.follow(await runOriginAgain(this.datasetId));
      if (run.state !== 'done') return false;
      await drawQuery(run.query_id, { file_id: origin.file_id });
      await createGraph([origin.file_id], origin.reading, this.datasetId);
      return true;
    } catch (reason) {
      this.text = (reason as Error).message;
      return false;
    } finally {
      this.isFetching = false;
    }
  }

  private async follow(started: QueryRow): Promise<QueryRow> {
    let run = started;
    while (run.state === 'queued' || run.state === 'running') {
      this.text = runText(run);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      run = await getQuery(run.query_id);
    }
    this.text = runText(run);
    return run;
  }
}
