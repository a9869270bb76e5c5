/** Layouts that can be applied, and the one that a graph has. */
import type { Parameter, ParameterValues } from './parameters';

export interface Layout {
  name: string;
  title: string;
  description: string;
  options: Parameter[];
}
/** `former` names the layout that an undo restores. */
export interface LayoutState {
  name: string;
  options: ParameterValues;
  notes: string[];
  revision: string;
  arranging: boolean;
  former: string;
  error: { job: string; message: string } | null;
  state: 'queued' | 'running' | 'paused' | 'done' | 'fixed' | 'stopped';
  progress: number;
  converged: boolean;
}
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
/** What a layout draws beneath the nodes. */
export interface LayoutMetadata {
  axes: Axis[];
  boxes: Box[];
  outline: '' | 'world';
}
export interface LayoutHeader extends LayoutMetadata {
  revision: string;
}
