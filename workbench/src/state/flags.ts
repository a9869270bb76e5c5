/** The bits of every node that the shaders read. */
import { DIMMED, HIDDEN, HOVERED, NEIGHBOUR, PINNED, SELECTED } from '../draw/shaders';

const MOST_FOCUSED = 200; // above, neighbours of a selection are not looked up

export interface Marks {
  hidden: Uint8Array;
  selected: number[];
  hovered: number | undefined;
  /** Both ends of a selected edge, or nothing. */
  edgeEnds: number[];
  pinned: Iterable<number>;
  around: (row: number) => Iterable<number>;
}

export function mark(flags: Uint8Array, marks: Marks): void {
  const { hidden, selected, hovered, edgeEnds, pinned, around } = marks;
  const focus = hovered !== undefined ? [hovered] : selected;
  const shown = focus.length || edgeEnds.length ? DIMMED : 0;
  for (let row = 0; row < flags.length; row++) flags[row] = hidden[row] ? HIDDEN : shown;
  for (const row of pinned) flags[row] |= PINNED;
  const set = (row: number, flag: number) => (flags[row] = (flags[row] & (HIDDEN | PINNED)) | flag);
  if (focus.length <= MOST_FOCUSED) {
    for (const row of focus) for (const one of around(row)) set(one, NEIGHBOUR);
  }
  if (hovered === undefined) for (const row of edgeEnds) set(row, SELECTED);
  for (const row of selected) set(row, SELECTED);
  if (hovered !== undefined) set(hovered, HOVERED);
}
