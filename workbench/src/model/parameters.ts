/** Declared parameters of layouts and metrics, and the values that a person chose for them. */
import type { ColumnKind } from './columns';

export type ParameterValue = string | number | boolean | null;
export type ParameterValues = Record<string, ParameterValue>;

export interface Parameter {
  name: string;
  title: string;
  help: string;
  type: 'choice' | 'number' | 'integer' | 'flag' | 'column' | 'node';
  default: ParameterValue;
  required: boolean;
  choices?: { value: string; title: string }[];
  low?: number;
  high?: number;
  /** The table that a column parameter chooses from, and the kinds of columns it takes. */
  table?: 'nodes' | 'edges';
  columns?: ColumnKind[];
}
