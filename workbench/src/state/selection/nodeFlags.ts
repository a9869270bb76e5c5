import { DIMMED, HIDDEN, HOVERED, NEIGHBOR, PINNED, SELECTED } from '../../model/nodeFlags';

const MAX_FOCUSED = 200; // neighbors of larger selections are not highlighted

export interface NodeFlagInput {
  /** 1 for each hidden row. */
  hidden: Uint8Array;
  selected: readonly number[];
  hovered: number | undefined;
  /** Both ends of a selected edge, or none. */
  edgeEnds: readonly number[];
  pinned: Iterable<number>;
  neighborsOf: (row: number) => Iterable<number>;
}

/** The bits of each node that the shaders read. */
export function computeNodeFlags(input: NodeFlagInput): Uint8Array {
  const { hidden, selected, hovered, edgeEnds, pinned, neighborsOf } = input;
  const flags = new Uint8Array(hidden.length);
  const focus = hovered !== undefined ? [hovered] : selected;
  const visible = focus.length || edgeEnds.length ? DIMMED : 0;
  for (let row = 0; row < flags.length; row++) flags[row] = hidden[row] ? HIDDEN : visible;
  for (const row of pinned) if (row < flags.length) flags[row]! |= PINNED;
  const set = (row: number, flag: number) => (flags[row] = (flags[row]! & (HIDDEN | PINNED)) | flag);
  if (focus.length <= MAX_FOCUSED) {
    for (const row of focus) for (const neighbor of neighborsOf(row)) set(neighbor, NEIGHBOR);
  }
  if (hovered === undefined) for (const row of edgeEnds) set(row, SELECTED);
  for (const row of selected) set(row, SELECTED);
  if (hovered !== undefined) set(hovered, HOVERED);
  return flags;
}
