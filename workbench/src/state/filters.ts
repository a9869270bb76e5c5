/** Brushed histograms: a row stays while every brush holds it. */
import type { HistogramHeader, Table } from '../wire/api';

export interface Histogram {
  table: Table;
  column: string;
  kind: HistogramHeader['kind'];
  labels: string[];
  edges: number[];
  counts: Uint32Array;
  codes: Uint8Array | Uint16Array;
  /** First and last bar that stay; nothing when there is no brush. */
  brush: [number, number] | undefined;
}

/** 1 for rows that some brush leaves out. */
export function leftOut(histograms: Histogram[], table: Table, count: number): Uint8Array {
  const out = new Uint8Array(count);
  for (const one of histograms) {
    if (one.table !== table || !one.brush) continue;
    const [from, to] = one.brush;
    for (let row = 0; row < count; row++) {
      const code = one.codes[row];
      if (code < from || code > to) out[row] = 1;
    }
  }
  return out;
}

export interface Kept {
  hiddenNodes: Uint8Array;
  /** Flags of edges, or nothing where no brush is on edges. */
  hiddenEdges: Uint8Array | undefined;
  nodes: number;
  edges: number;
}

/** What stays of a graph: brushed edges go, and so do nodes that then have none. */
export function keep(histograms: Histogram[], n: number, ends: Uint32Array, edgeRow: Uint32Array): Kept {
  const m = edgeRow.length;
  const hidden = leftOut(histograms, 'node', n);
  const byRow = leftOut(histograms, 'edge', m);
  const brushesEdges = histograms.some((one) => one.table === 'edge' && one.brush);
  const hiddenEdges = new Uint8Array(m);
  const isJoined = new Uint8Array(n);
  let edges = 0;
  for (let e = 0; e < m; e++) {
    const a = ends[2 * e];
    const b = ends[2 * e + 1];
    if (byRow[edgeRow[e]]) hiddenEdges[e] = 1;
    else if (!hidden[a] && !hidden[b]) {
      isJoined[a] = isJoined[b] = 1;
      edges++;
    }
  }
  if (brushesEdges) for (let row = 0; row < n; row++) if (!isJoined[row]) hidden[row] = 1;
  let nodes = 0;
  for (let row = 0; row < n; row++) if (!hidden[row]) nodes++;
  return { hiddenNodes: hidden, hiddenEdges: brushesEdges ? hiddenEdges : undefined, nodes, edges };
}

/** How many of the rows that stay fall into each bar. */
export function countsOf(one: Histogram, hidden: Uint8Array): Uint32Array {
  const counts = new Uint32Array(one.counts.length);
  for (let row = 0; row < hidden.length; row++) {
    const code = one.codes[row];
    if (!hidden[row] && code < counts.length) counts[code]++;
  }
  return counts;
}

export function describeBrush(one: Histogram): string {
  if (!one.brush) return '';
  const [from, to] = one.brush;
  if (one.kind === 'category') {
    return from === to ? one.labels[from] : `${one.labels[from]} … ${one.labels[to]}`;
  }
  return `${tick(one, one.edges[from])} – ${tick(one, one.edges[to + 1])}`;
}

export function tick(one: Pick<Histogram, 'kind'>, value: number): string {
  if (one.kind === 'time') {
    return new Date(value * 1000).toISOString().slice(0, 16).replace('T', ' ');
  }
  return Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3)
    ? value.toExponential(2)
    : String(Math.round(value * 1000) / 1000);
}
