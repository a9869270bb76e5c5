/** The arrays that the page draws, and their header. */
import type { LayoutHeader } from './layout';

export type TypedColumn = Float32Array | Uint8Array | Uint16Array | Uint32Array;

/** A JSON header with named typed arrays. */
export interface Block<Header, Arrays> {
  header: Header;
  arrays: Arrays;
}
export interface LegendEntry {
  label: string;
  value?: string;
  color?: string;
  count?: number;
}
export interface Legend {
  target: 'node' | 'edge';
  channel: string;
  attribute: string;
  kind: 'categorical' | 'continuous';
  automatic?: boolean;
  entries: LegendEntry[];
  more?: number;
}
export interface ViewHeader extends LayoutHeader {
  dataset_id: string;
  version: number;
  picture: number;
  node_count: number;
  edge_count: number;
  icons: string[];
  /** Titles of the rows in `importance`. */
  titles: string[];
  legend: Legend[];
  fixed_positions: boolean;
}
/** One entry a node or edge, in the order of the nodes table and of the shuffled edges. */
export interface ViewArrays {
  /** x and y of each node, in layout units. */
  position: Float32Array;
  /** RGBA of each node. */
  node_color: Uint8Array;
  node_opacity?: Uint8Array;
  node_size: Float32Array;
  /** 1-based index into the header's icons; 0 is none. */
  node_icon?: Uint16Array;
  /** Node rows by importance, the first first. */
  importance: Uint32Array;
  /** Source and destination row of each edge. */
  edge_ends: Uint32Array;
  /** The row of the edges table that each drawn edge came from. */
  edge_row: Uint32Array;
  edge_color?: Uint8Array;
  edge_color_destination?: Uint8Array;
  edge_curve?: Float32Array;
  edge_width?: Float32Array;
  edge_opacity?: Uint8Array;
  /** Node row, icon and corner of each badge. */
  badge?: Uint32Array;
}
export type ViewBlock = Block<ViewHeader, ViewArrays>;
export type LayoutBlock = Block<LayoutHeader, { position: Float32Array }>;
