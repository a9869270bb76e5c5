/** The histogram of one column: bars, and the bar that each row is in. */
import type { Block } from './view';

export interface HistogramHeader {
  kind: 'number' | 'time' | 'category';
  /** Names of the bars of categories. */
  labels: string[];
  /** Bounds of the bars of numbers and times; times in seconds since 1970. */
  edges: number[];
}
export interface HistogramArrays {
  counts: Uint32Array;
  /** The bar of each row; a number above all bars stands for a missing value. */
  codes: Uint8Array | Uint16Array;
}
export type HistogramBlock = Block<HistogramHeader, HistogramArrays>;
/** First and last bar that remain. */
export type BarRange = readonly [number, number];
