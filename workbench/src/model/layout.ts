/** What a layout draws beneath the nodes. */
export interface Axis {
  kind: 'r' | 'x' | 'y';
  value: number;
  label: string;
  style: 'internal' | 'external' | 'space';
}
export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  label: string;
}
export interface LayoutMetadata {
  axes: Axis[];
  boxes: Box[];
  outline: '' | 'world';
}
export interface LayoutHeader extends LayoutMetadata {
  revision: string;
}
