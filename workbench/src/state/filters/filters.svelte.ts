/** Histograms of columns, their brushes, and what these hide. */
import type { Table } from '../../model/api.gen';
import type { BarRange } from '../../model/histogram';
import type { ViewBlock } from '../../model/view';
import { getHistogram } from '../../wire/graph';
import type { ChangedColumns } from '../session/producers';
import type { FilterResult } from './applyFilters';
import { FilterClient, startFilterWorker, type FilterPort } from './filterClient';
import type { FilterResponse } from './filterEngine';
import {
  createHistogram,
  isFiltered,
  withBrush,
  withHistogram,
  withoutBrushes,
  withoutHistogram,
  type Histogram,
} from './histogram';

const NOTHING: FilterResult = { hiddenNodes: new Uint8Array(0), hiddenEdges: undefined, nodeCount: 0, edgeCount: 0 };

export class Filters {
  histograms: readonly Histogram[] = $state.raw([]);
  /** What remains of the graph. */
  result: FilterResult = $state.raw(NOTHING);
  /** Rows that remain in each bar, by key of the histograms of nodes. */
  remaining: Record<string, Uint32Array> = $state.raw({});
  private view: ViewBlock | undefined;
  private client: FilterClient | undefined;

  constructor(
    private readonly id: string,
    private readonly startWorker: () => FilterPort = startFilterWorker,
  ) {}

  get isFiltered(): boolean {
    return isFiltered(this.histograms);
  }

  reset(view: ViewBlock): void {
    const { node_count: nodeCount, edge_count: edgeCount } = view.header;
    this.view = view;
    this.histograms = [];
    this.remaining = {};
    this.result = { hiddenNodes: new Uint8Array(nodeCount), hiddenEdges: undefined, nodeCount, edgeCount };
    if (this.client) this.sendGraph(this.client);
  }

  stop(): void {
    this.client?.stop();
    this.client = undefined;
  }

  async addHistogram(table: Table, column: string): Promise<void> {
    const has = () => this.histograms.some((other) => other.table === table && other.column === column);
    if (has()) return;
    const { view } = this;
    const block = await getHistogram(this.id, table, column);
    if (has() || view !== this.view) return;
    const histogram = createHistogram(table, column, block);
    this.worker.add(histogram);
    this.setHistograms(withHistogram(this.histograms, histogram));
  }

  removeHistogram(histogram: Histogram): void {
    this.setHistograms(withoutHistogram(this.histograms, histogram));
  }

  /** Lets only rows of these bars remain; nothing where they already are the brush. */
  setBrush(histogram: Histogram, brush: BarRange | undefined): void {
    const histograms = withBrush(this.histograms, histogram, brush);
    if (histograms !== this.histograms) this.setHistograms(histograms);
  }

  clearBrushes(): void {
    this.setHistograms(withoutBrushes(this.histograms));
  }

  /** Loads histograms of columns with new values again, and removes those of removed columns. */
  async onColumnsChanged({ updated, removed }: ChangedColumns): Promise<void> {
    for (const histogram of this.histograms) {
      const isUpdated = updated.has(histogram.column);
      if (histogram.table !== 'node' || !(isUpdated || removed.has(histogram.column))) continue;
      this.removeHistogram(histogram);
      if (isUpdated) await this.addHistogram('node', histogram.column);
    }
  }

  private setHistograms(histograms: readonly Histogram[]): void {
    const keys = new Set(histograms.map(({ key }) => key));
    for (const { key } of this.histograms) if (!keys.has(key)) this.worker.remove(key);
    this.histograms = histograms;
    this.worker.apply(histograms);
  }

  /** Started with the first histogram. */
  private get worker(): FilterClient {
    if (!this.client) {
      this.client = new FilterClient(this.startWorker, (response) => this.onResult(response));
      this.sendGraph(this.client);
    }
    return this.client;
  }

  private sendGraph(client: FilterClient): void {
    if (!this.view) return;
    const { edge_ends: ends, edge_row: edgeRow } = this.view.arrays;
    client.setGraph({ nodeCount: this.view.header.node_count, ends, edgeRow });
  }

  private onResult({ hiddenEdges, hiddenNodes, nodeCount, edgeCount, remaining }: FilterResponse): void {
    const edges = hiddenEdges === undefined ? this.result.hiddenEdges : (hiddenEdges ?? undefined);
    this.result = { hiddenNodes, hiddenEdges: edges, nodeCount, edgeCount };
    this.remaining = remaining;
  }
}
