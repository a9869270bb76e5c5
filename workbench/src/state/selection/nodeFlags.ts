import { HIDDEN, HOVERED, NEIGHBOR, PINNED, SELECTED } from '../../model/nodeFlags';

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

/**
 * The bits of each node that the shaders read.
 *
 * An update costs what it marks and unmarks, whatever the size of the graph; all nodes are gone through only where
 * other nodes are hidden.
 */
export class NodeFlags {
  flags = new Uint8Array(0);
  private hidden: Uint8Array | undefined;
  /** Rows with more bits than `HIDDEN`. */
  private marked = new Set<number>();

  /** Rows whose bits changed; undefined where any may have. */
  update(input: NodeFlagInput): number[] | undefined {
    const { hidden } = input;
    if (hidden !== this.hidden) {
      this.hidden = hidden;
      this.flags = hidden.map((isHidden) => (isHidden ? HIDDEN : 0));
      this.marked = this.mark(input);
      return undefined;
    }
    const { flags } = this;
    const former = new Map(Array.from(this.marked, (row) => [row, flags[row]!]));
    for (const row of this.marked) flags[row]! &= HIDDEN;
    this.marked = this.mark(input);
    for (const row of this.marked) if (!former.has(row)) former.set(row, flags[row]! & HIDDEN);
    return [...former].filter(([row, bits]) => flags[row] !== bits).map(([row]) => row);
  }

  private mark({ selected, hovered, edgeEnds, pinned, neighborsOf }: NodeFlagInput): Set<number> {
    const { flags } = this;
    const marked = new Set<number>();
    const add = (row: number, kept: number, flag: number) => {
      if (row >= flags.length) return;
      flags[row] = (flags[row]! & kept) | flag;
      marked.add(row);
    };
    const set = (row: number, flag: number) => add(row, HIDDEN | PINNED, flag);
    for (const row of pinned) add(row, HIDDEN, PINNED);
    const focus = hovered !== undefined ? [hovered] : selected;
    if (focus.length <= MAX_FOCUSED) {
      for (const row of focus) for (const neighbor of neighborsOf(row)) set(neighbor, NEIGHBOR);
    }
    if (hovered === undefined) for (const row of edgeEnds) set(row, SELECTED);
    for (const row of selected) set(row, SELECTED);
    if (hovered !== undefined) set(hovered, HOVERED);
    return marked;
  }
}
