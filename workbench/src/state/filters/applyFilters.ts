/** Brushed histograms applied to a graph: a row remains while every brush includes it. */
import type { Table } from '../../model/api.gen';
import type { BarRange } from '../../model/histogram';

/** What filtering reads of a histogram. */
export interface Filter {
  table: Table;
  codes: Uint8Array | Uint16Array;
  bars: number;
  brush: BarRange | undefined;
}
export interface FilteredGraph {
  nodeCount: number;
  /** Source and destination row of each edge. */
  ends: Uint32Array;
  /** The row of the edges table that each edge came from. */
  edgeRow: Uint32Array;
}
export interface FilterResult {
  /** 1 for each node that is hidden. */
  hiddenNodes: Uint8Array;
  /** 1 for each edge that a brush excludes by itself; nothing where no brush is on edges. */
  hiddenEdges: Uint8Array | undefined;
  nodeCount: number;
  edgeCount: number;
}

/** 1 for rows that a brush on their table excludes. */
export function excludedRows(filters: readonly Filter[], table: Table, count: number): Uint8Array {
  const excluded = new Uint8Array(count);
  for (const { table: owner, brush, codes } of filters) {
    if (owner !== table || !brush) continue;
    const [first, last] = brush;
    for (let row = 0; row < count; row++) if (codes[row]! < first || codes[row]! > last) excluded[row] = 1;
  }
  return excluded;
}

/**
 * What remains of a graph: edges that a brush excludes are hidden, and so are nodes that then have no edge.
 * The arguments are what excludedRows gives for nodes, and for edges where a brush is on them.
 */
export function applyFilters(
  graph: FilteredGraph,
  excludedNodes: Uint8Array,
  excludedEdgeRows: Uint8Array | undefined,
): FilterResult {
  return excludedEdgeRows
    ? filterByEdges(graph, excludedNodes, excludedEdgeRows)
    : { hiddenNodes: excludedNodes, hiddenEdges: undefined, ...countVisible(graph, excludedNodes) };
}

function countVisible(
  { ends, nodeCount }: FilteredGraph,
  hidden: Uint8Array,
): { nodeCount: number; edgeCount: number } {
  let edges = 0;
  for (let i = 0; i < ends.length; i += 2) if (!(hidden[ends[i]!]! | hidden[ends[i + 1]!]!)) edges++;
  return { nodeCount: nodeCount - sum(hidden), edgeCount: edges };
}

function filterByEdges(graph: FilteredGraph, excludedNodes: Uint8Array, excludedEdgeRows: Uint8Array): FilterResult {
  const { ends, edgeRow, nodeCount } = graph;
  const hiddenEdges = new Uint8Array(edgeRow.length);
  const isJoined = new Uint8Array(nodeCount);
  let edgeCount = 0;
  for (let edge = 0; edge < edgeRow.length; edge++) {
    const a = ends[2 * edge]!;
    const b = ends[2 * edge + 1]!;
    if (excludedEdgeRows[edgeRow[edge]!]) hiddenEdges[edge] = 1;
    else if (!excludedNodes[a] && !excludedNodes[b]) {
      isJoined[a] = isJoined[b] = 1;
      edgeCount++;
    }
  }
  const hiddenNodes = isJoined.map((joined) => 1 - joined);
  return { hiddenNodes, hiddenEdges, nodeCount: nodeCount - sum(hiddenNodes), edgeCount };
}

function sum(flags: Uint8Array): number {
  let total = 0;
  for (const flag of flags) total += flag;
  return total;
}

/** How many of the rows that remain are in each bar. */
export function remainingCounts({ codes, bars }: Pick<Filter, 'codes' | 'bars'>, hidden: Uint8Array): Uint32Array {
  const counts = new Uint32Array(bars);
  for (let row = 0; row < hidden.length; row++) {
    const code = codes[row]!;
    if (!hidden[row] && code < bars) counts[code]!++;
  }
  return counts;
}
