/** Metrics that can be computed, and those that somebody requested. */
import type { Parameter, ParameterValues } from './parameters';

export interface Metric {
  name: string;
  title: string;
  description: string;
  /** Its values are groups, which have a color but no size. */
  is_group: boolean;
  options: Parameter[];
}
export interface MetricRequest {
  metric: string;
  column: string;
  options: ParameterValues;
}
export interface MetricStatus {
  metric: string;
  title: string;
  column: string;
  options: Record<string, unknown>;
  state: 'queued' | 'running' | 'done' | 'failed';
  progress: number;
  message: string;
}
/** The columns that color and size the nodes; null where the sender's own encodings apply. */
export interface NodeEncodings {
  color: string | null;
  size: string | null;
}
