/** Sends filters to the worker: one request at a time, of which the latest brushes win. */
import type { BarRange } from '../../model/histogram';
import type { FilteredGraph } from './applyFilters';
import type { FilterRequest, FilterResponse } from './filterEngine';
import { filterWorkerUrl } from './filterWorkerUrl';
import type { Histogram } from './histogram';

/** A worker, or what stands in for it. */
export interface FilterPort {
  postMessage(request: FilterRequest): void;
  onmessage: ((event: MessageEvent<FilterResponse>) => void) | null;
  terminate?(): void;
}

export const startFilterWorker = (): FilterPort => new Worker(filterWorkerUrl(), { type: 'module' });

export class FilterClient {
  private readonly port: FilterPort;
  private sent = 0;
  private isBusy = false;
  private next: Record<string, BarRange> | undefined;
  /** Responses to requests of an earlier graph are ignored. */
  private firstOfGraph = 0;

  constructor(
    start: () => FilterPort,
    private readonly onResult: (response: FilterResponse) => void,
  ) {
    this.port = start();
    this.port.onmessage = ({ data }) => this.receive(data);
  }

  setGraph(graph: FilteredGraph): void {
    this.next = undefined;
    this.firstOfGraph = this.sent;
    this.port.postMessage({ type: 'graph', ...graph });
  }

  add({ key, table, codes, counts }: Histogram): void {
    this.port.postMessage({ type: 'add', key, table, codes, bars: counts.length });
  }

  remove(key: string): void {
    this.port.postMessage({ type: 'remove', key });
  }

  apply(histograms: readonly Histogram[]): void {
    const brushed = histograms.flatMap(({ key, brush }): [string, BarRange][] => (brush ? [[key, brush]] : []));
    this.next = Object.fromEntries(brushed);
    this.send();
  }

  stop(): void {
    this.port.onmessage = null;
    this.port.terminate?.();
  }

  private send(): void {
    if (this.isBusy || !this.next) return;
    this.port.postMessage({ type: 'apply', sequence: this.sent++, brushes: this.next });
    this.isBusy = true;
    this.next = undefined;
  }

  private receive(response: FilterResponse): void {
    this.isBusy = false;
    if (response.sequence >= this.firstOfGraph) this.onResult(response);
    this.send();
  }
}
