/** Declared parameters of layouts and metrics, and the values that a person chose for them. */
import type { ColumnKind } from './columns';

export type ParameterValue = string | number | boolean | null;
export type ParameterValues = Record<string, ParameterValue>;

export interface Parameter {
  name: string;
  title: string;
  help: string;
  kind: 'choice' | 'number' | 'integer' | 'flag' | 'column' | 'node';
  default: ParameterValue;
  required?: boolean;
  choices?: { value: string; title: string }[];
  low?: number | null;
  high?: number | null;
  /** The kinds of columns that a column parameter takes. */
  columns?: ColumnKind[];
}
