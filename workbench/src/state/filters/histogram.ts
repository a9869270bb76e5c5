/** Brushed histograms as values. */
import type { ColumnInfo, Table } from '../../model/api.gen';
import type { BarRange, HistogramBlock, HistogramHeader } from '../../model/histogram';

export interface Histogram extends HistogramHeader {
  /** Identifies table, column and version of the values. */
  key: string;
  table: Table;
  column: string;
  counts: Uint32Array;
  /** The bar of each row; a number above all bars stands for a missing value. */
  codes: Uint8Array | Uint16Array;
  /** First and last bar that remain; nothing where there is no brush. */
  brush: BarRange | undefined;
}

const MAX_HISTOGRAMS = 8;
let created = 0;

export function createHistogram(table: Table, column: string, { header, arrays }: HistogramBlock): Histogram {
  const { kind, labels, edges } = header;
  return { key: `${table}:${column}:${created++}`, table, column, kind, labels, edges, ...arrays, brush: undefined };
}

/** The newest histograms remain. */
export const withHistogram = (histograms: readonly Histogram[], added: Histogram): Histogram[] =>
  [...histograms, added].slice(-MAX_HISTOGRAMS);

export const withoutHistogram = (histograms: readonly Histogram[], removed: Histogram): Histogram[] =>
  histograms.filter((histogram) => histogram.key !== removed.key);

/** The same list where the brush is what it was. */
export function withBrush(
  histograms: readonly Histogram[],
  changed: Histogram,
  brush: BarRange | undefined,
): readonly Histogram[] {
  const current = histograms.find((histogram) => histogram.key === changed.key);
  if (!current || isSameRange(current.brush, brush)) return histograms;
  return histograms.map((histogram) => (histogram === current ? { ...histogram, brush } : histogram));
}

export const withoutBrushes = (histograms: readonly Histogram[]): Histogram[] =>
  histograms.map((histogram) => ({ ...histogram, brush: undefined }));

export const isFiltered = (histograms: readonly Histogram[]): boolean =>
  histograms.some((histogram) => histogram.brush !== undefined);

function isSameRange(a: BarRange | undefined, b: BarRange | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a[0] === b[0] && a[1] === b[1]);
}

export function describeBrush(histogram: Histogram): string {
  const { brush, kind, labels, edges } = histogram;
  if (!brush) return '';
  const [first, last] = brush;
  if (kind === 'category') return first === last ? (labels[first] ?? '') : `${labels[first]} … ${labels[last]}`;
  return `${formatValue(kind, edges[first]!)} – ${formatValue(kind, edges[last + 1]!)}`;
}

/** What a bar stands for. */
export function describeBar({ kind, labels, edges }: Histogram, bar: number): string {
  if (kind === 'category') return labels[bar] ?? '';
  return `${formatValue(kind, edges[bar]!)} – ${formatValue(kind, edges[bar + 1]!)}`;
}

/** A bound of a bar; times are in seconds since 1970. */
export function formatValue(kind: Histogram['kind'] | ColumnInfo['kind'], value: number): string {
  if (kind === 'time') return new Date(value * 1000).toISOString().slice(0, 16).replace('T', ' ');
  return Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3)
    ? value.toExponential(2)
    : String(Math.round(value * 1000) / 1000);
}

/** The brush that a key sets on a histogram with so many bars; nothing where the key means something else. */
export function brushByKey(
  brush: BarRange | undefined,
  key: string,
  extendsRange: boolean,
  bars: number,
): BarRange | undefined {
  if (!brush && key.startsWith('Arrow')) return [0, 0];
  const [first, last] = brush ?? [0, bars - 1];
  const ranges: Record<string, BarRange> = {
    ArrowRight: extendsRange ? [first, last + 1] : [first + 1, last + 1],
    ArrowLeft: extendsRange ? [first, last - 1] : [first - 1, last - 1],
    Home: [0, 0],
    End: [bars - 1, bars - 1],
  };
  const range = ranges[key];
  if (!range) return undefined;
  const start = Math.min(Math.max(range[0], 0), bars - 1);
  return [start, Math.min(Math.max(range[1], start), bars - 1)];
}
