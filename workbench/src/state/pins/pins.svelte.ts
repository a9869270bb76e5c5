/**
 * Nodes that somebody moved or pinned. The server stores the pins of people who may edit the graph, and its layout
 * leaves those nodes in place for everybody; pins of people who may only view it stay in this page.
 */
import type { PinCommand } from '../../model/streamMessages';
import type { Point } from '../layout/nodePositions.svelte';
import { UndoHistory, type NodePosition } from './undoHistory';

/** What pins need of the graph and the server. */
export interface PinHost {
  /** Whether the server stores pins of this person. */
  isStored(): boolean;
  selected(): number[];
  positionOf(row: number): Point;
  hold(row: number, at: Point): void;
  setPosition(row: number, at: Point): void;
  release(row: number): void;
  /** Draws what changed. */
  flush(): void;
  send(command: PinCommand, rows: number[], positions: number[]): void;
}

const MAX_DRAGGED = 1000;
/** How long an older message of the server is ignored; pins that are not stored are never overridden. */
const UNCONFIRMED_MS = 4000;

interface Unconfirmed {
  at: Point | undefined;
  until: number;
}

export class Pins {
  /** Pinned rows and their positions. */
  byRow: ReadonlyMap<number, Point> = $state.raw(new Map());
  private readonly history = new UndoHistory();
  private readonly unconfirmed = new Map<number, Unconfirmed>();
  private drag: { before: NodePosition[]; dx: number; dy: number } | undefined;

  constructor(private readonly host: PinHost) {}

  get isDragging(): boolean {
    return this.drag !== undefined;
  }

  /** Begins to drag a node, and the whole selection where it is part of it. */
  startDrag(row: number): void {
    const selected = this.host.selected();
    const rows = selected.includes(row) && selected.length <= MAX_DRAGGED ? selected : [row];
    this.drag = { before: rows.map((dragged) => this.current(dragged)), dx: 0, dy: 0 };
  }

  /** Moves what is dragged by a distance in layout units. */
  dragBy(dx: number, dy: number): void {
    if (!this.drag) return;
    this.drag.dx += dx;
    this.drag.dy += dy;
    for (const { row, x, y } of this.drag.before) this.host.hold(row, [x + this.drag.dx, y + this.drag.dy]);
    this.host.flush();
  }

  endDrag(): void {
    const { drag } = this;
    this.drag = undefined;
    if (!drag || (drag.dx === 0 && drag.dy === 0)) return;
    this.perform(drag.before, moved(drag.before, drag.dx, drag.dy));
  }

  /** Moves back what is dragged. */
  cancelDrag(): void {
    const { drag } = this;
    this.drag = undefined;
    if (drag) this.restore(drag.before);
  }

  /** Moves and pins nodes, by a distance in layout units. */
  moveBy(rows: number[], dx: number, dy: number): void {
    const before = rows.slice(0, MAX_DRAGGED).map((row) => this.current(row));
    this.perform(before, moved(before, dx, dy));
  }

  pin(rows: number[]): void {
    this.setPinned(rows, true);
  }

  unpin(rows: number[]): void {
    this.setPinned(rows, false);
  }

  unpinAll(): void {
    this.unpin([...this.byRow.keys()]);
  }

  private setPinned(rows: number[], isPinned: boolean): void {
    const before = rows.filter((row) => this.byRow.has(row) !== isPinned).map((row) => this.current(row));
    this.perform(
      before,
      before.map((position) => ({ ...position, isPinned })),
    );
  }

  /** Whether there was a change to undo. */
  undo(): boolean {
    const before = this.history.undo();
    this.apply(before);
    return before !== undefined;
  }

  redo(): void {
    this.apply(this.history.redo());
  }

  /** The server's pins, which may be older than the last changes of this page. */
  onPins(rows: number[], positions: number[]): void {
    const pins = new Map<number, Point>(rows.map((row, i) => [row, [positions[2 * i]!, positions[2 * i + 1]!]]));
    const now = performance.now();
    for (const [row, { at, until }] of this.unconfirmed) {
      if (now > until || isSamePoint(pins.get(row), at)) this.unconfirmed.delete(row);
      else if (at) pins.set(row, at);
      else pins.delete(row);
    }
    for (const row of this.byRow.keys()) if (!pins.has(row)) this.host.release(row);
    this.byRow = pins;
    this.holdAll();
  }

  /** The server refused the last change. */
  onRefused(): void {
    const before = this.history.removeLast();
    this.unconfirmed.clear();
    if (before) this.restore(before);
  }

  /** Forgets everything: the rows are those of another graph or layout. */
  reset(): void {
    for (const row of this.byRow.keys()) this.host.release(row);
    this.history.clear();
    this.unconfirmed.clear();
    this.drag = undefined;
    this.byRow = new Map();
  }

  /** Holds the pinned nodes of a graph that was just loaded. */
  holdAll(): void {
    for (const [row, at] of this.byRow) this.host.hold(row, at);
    this.host.flush();
  }

  private current(row: number): NodePosition {
    const [x, y] = this.host.positionOf(row);
    return { row, x, y, isPinned: this.byRow.has(row) };
  }

  private perform(before: NodePosition[], after: NodePosition[]): void {
    if (!after.length) return;
    this.history.add({ before, after });
    this.apply(after);
  }

  /** Changes positions and pins here and at the server. */
  private apply(positions: NodePosition[] | undefined): void {
    if (!positions) return;
    this.restore(positions);
    const isStored = this.host.isStored();
    const until = isStored ? performance.now() + UNCONFIRMED_MS : Infinity;
    for (const { row, x, y, isPinned } of positions) {
      this.unconfirmed.set(row, { at: isPinned ? [x, y] : undefined, until });
    }
    if (!isStored) return;
    this.sendPins('pin', positions.filter(({ isPinned }) => isPinned)); // prettier-ignore
    this.sendPins('unpin', positions.filter(({ isPinned }) => !isPinned)); // prettier-ignore
  }

  private sendPins(command: PinCommand, positions: NodePosition[]): void {
    if (!positions.length) return;
    const rows = positions.map(({ row }) => row);
    this.host.send(
      command,
      rows,
      positions.flatMap(({ x, y }) => [x, y]),
    );
  }

  private restore(positions: NodePosition[]): void {
    const pins = new Map(this.byRow);
    for (const { row, x, y, isPinned } of positions) {
      if (isPinned) {
        pins.set(row, [x, y]);
        this.host.hold(row, [x, y]);
      } else {
        pins.delete(row);
        this.host.release(row);
        this.host.setPosition(row, [x, y]);
      }
    }
    this.byRow = pins;
    this.host.flush();
  }
}

function moved(positions: NodePosition[], dx: number, dy: number): NodePosition[] {
  return positions.map((position) => ({ ...position, x: position.x + dx, y: position.y + dy, isPinned: true }));
}

/** The server stores positions in fewer digits. */
function isSamePoint(a: Point | undefined, b: Point | undefined): boolean {
  if (!a || !b) return a === b;
  const isNear = (p: number, q: number) => Math.abs(p - q) <= 1e-5 * Math.max(1, Math.abs(p), Math.abs(q));
  return isNear(a[0], b[0]) && isNear(a[1], b[1]);
}
