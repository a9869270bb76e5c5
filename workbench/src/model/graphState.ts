/** The state of one graph for one viewer: what it is, what is running, what the viewer may do. */
import type { ColumnsByTable } from './columns';
import type { LayoutState } from './layout';
import type { MetricStatus, NodeEncodings } from './metrics';

export interface Repair {
  code: string;
  message: string;
  table: string;
  column: string;
  count: number;
}
/** The part of a state that changes while work is running. */
export interface ProgressUpdate {
  progress: number;
  message: string;
  layout: LayoutState;
}
export interface GraphState extends ProgressUpdate {
  dataset_id: string;
  name: string;
  description: string;
  state: 'empty' | 'preparing' | 'ready' | 'failed';
  error: string;
  node_count: number;
  edge_count: number;
  version: number;
  pins_version: number;
  /** Grows when the same data gets new colors, sizes or columns. */
  picture: number;
  encodings: NodeEncodings;
  metrics: MetricStatus[];
  columns: ColumnsByTable;
  repairs: Repair[];
  metadata: { page?: { title?: string }; bg?: { color?: string } };
  privacy: string;
  owner: string;
  is_mine: boolean;
  can_edit: boolean;
  can_share: boolean;
  who: string;
  url_defaults: Record<string, string | number | boolean>;
}
