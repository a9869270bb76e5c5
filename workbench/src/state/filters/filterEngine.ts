/** Filters a graph again and again, and computes only what a change concerns. */
import type { Table } from '../../model/api.gen';
import type { BarRange } from '../../model/histogram';
import { applyFilters, excludedRows, remainingCounts, type Filter, type FilteredGraph } from './applyFilters';
import type { FilterResult } from './applyFilters';

export type FilterRequest =
  | ({ type: 'graph' } & FilteredGraph)
  | { type: 'add'; key: string; table: Table; codes: Uint8Array | Uint16Array; bars: number }
  | { type: 'remove'; key: string }
  /** The brushes of all histograms; those that are not named have none. */
  | { type: 'apply'; sequence: number; brushes: Record<string, BarRange> };

export interface FilterResponse extends Omit<FilterResult, 'hiddenEdges'> {
  sequence: number;
  /** Flags of edges where they changed, null where no brush is on edges, nothing where they are as before. */
  hiddenEdges: Uint8Array | null | undefined;
  /** Rows that remain in each bar, by key of the histograms of nodes. */
  remaining: Record<string, Uint32Array>;
}

interface Exclusion {
  signature: string;
  rows: Uint8Array;
}

export class FilterEngine {
  private graph: FilteredGraph = { nodeCount: 0, ends: new Uint32Array(0), edgeRow: new Uint32Array(0) };
  private readonly filters = new Map<string, Filter>();
  private exclusions: Partial<Record<Table, Exclusion>> = {};
  private edgeSignature = '';

  /** The result of an `apply`; the other requests have none. */
  handle(request: FilterRequest): FilterResponse | undefined {
    switch (request.type) {
      case 'graph':
        this.graph = { nodeCount: request.nodeCount, ends: request.ends, edgeRow: request.edgeRow };
        this.filters.clear();
        this.exclusions = {};
        this.edgeSignature = '';
        return undefined;
      case 'add':
        this.filters.set(request.key, { ...request, brush: undefined });
        return undefined;
      case 'remove':
        this.filters.delete(request.key);
        return undefined;
      case 'apply':
        return this.apply(request.sequence, request.brushes);
    }
  }

  private apply(sequence: number, brushes: Record<string, BarRange>): FilterResponse {
    for (const [key, filter] of this.filters) filter.brush = brushes[key];
    const { graph } = this;
    const nodes = this.excluded('node', graph.nodeCount);
    const edges = this.excluded('edge', graph.edgeRow.length);
    const brushesEdges = edges.signature !== '';
    const result = applyFilters(graph, nodes.rows, brushesEdges ? edges.rows : undefined);
    const haveEdgesChanged = edges.signature !== this.edgeSignature;
    this.edgeSignature = edges.signature;
    const remaining: Record<string, Uint32Array> = {};
    for (const [key, filter] of this.filters) {
      if (filter.table === 'node') remaining[key] = remainingCounts(filter, result.hiddenNodes);
    }
    return {
      ...result,
      sequence,
      remaining,
      // The response is transferred, and the exclusion is kept: it is another array.
      hiddenNodes: result.hiddenNodes === nodes.rows ? nodes.rows.slice() : result.hiddenNodes,
      hiddenEdges: haveEdgesChanged ? (result.hiddenEdges ?? null) : undefined,
    };
  }

  /** The excluded rows of a table, from the last time where its brushes are the same. */
  private excluded(table: Table, count: number): Exclusion {
    const filters = [...this.filters].filter(([, filter]) => filter.table === table && filter.brush);
    const signature = filters.map(([key, { brush }]) => `${key}=${brush?.join('-')}`).join();
    const last = this.exclusions[table];
    if (last?.signature === signature) return last;
    const rows = excludedRows(
      filters.map(([, filter]) => filter),
      table,
      count,
    );
    const exclusion = { signature, rows };
    this.exclusions[table] = exclusion;
    return exclusion;
  }
}
