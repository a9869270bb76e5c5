/**
 * Nodes that somebody put somewhere. They are kept with the graph for who may edit it, so that its layout goes
 * around them for everybody, and in this page for who may only look.
 */
import { Moves, type Standing } from './moves';

export type Point = readonly [number, number];
/** What pinning needs of the picture, and of the server. */
export interface Board {
  isKept(): boolean;
  selected(): number[];
  where(row: number): Point;
  hold(row: number, at: Point): void;
  put(row: number, at: Point): void;
  release(row: number): void;
  /** Some nodes were moved, or others are pinned now. */
  changed(): void;
  send(kind: 'pin' | 'unpin', rows: number[], positions: number[]): void;
}

const MOST_DRAGGED = 1000;
const UNHEARD_MS = 4000; // in which an older word of the server does not count; what is only ours always stays

export class Pinning {
  /** Rows and where they are held. */
  pins: ReadonlyMap<number, Point> = $state.raw(new Map());
  private readonly moves = new Moves();
  private readonly unheard = new Map<number, { at: Point | undefined; until: number }>();
  private drag: { before: Standing[]; dx: number; dy: number } | undefined;

  constructor(private readonly board: Board) {}

  get isDragging(): boolean {
    return this.drag !== undefined;
  }

  /** Takes hold of a node, and of the whole selection where it belongs to one. */
  grab(row: number): void {
    const selected = this.board.selected();
    const rows = selected.includes(row) && selected.length <= MOST_DRAGGED ? selected : [row];
    this.drag = { before: rows.map((one) => this.standing(one)), dx: 0, dy: 0 };
  }

  /** Moves what is in hand by a part of the layout's units. */
  dragBy(dx: number, dy: number): void {
    if (!this.drag) return;
    this.drag.dx += dx;
    this.drag.dy += dy;
    for (const one of this.drag.before) this.board.hold(one.row, [one.x + this.drag.dx, one.y + this.drag.dy]);
    this.board.changed();
  }

  drop(): void {
    const { drag } = this;
    this.drag = undefined;
    if (!drag || (drag.dx === 0 && drag.dy === 0)) return;
    const after = drag.before.map((one) => ({ ...one, x: one.x + drag.dx, y: one.y + drag.dy, isHeld: true }));
    this.do(drag.before, after);
  }

  /** Puts back what is in hand, as if it had not been taken. */
  cancel(): void {
    const { drag } = this;
    this.drag = undefined;
    if (drag) this.stand(drag.before);
  }

  moveBy(rows: number[], dx: number, dy: number): void {
    const before = rows.slice(0, MOST_DRAGGED).map((row) => this.standing(row));
    this.do(
      before,
      before.map((one) => ({ ...one, x: one.x + dx, y: one.y + dy, isHeld: true })),
    );
  }

  pin(rows: number[]): void {
    const before = rows.filter((row) => !this.pins.has(row)).map((row) => this.standing(row));
    this.do(
      before,
      before.map((one) => ({ ...one, isHeld: true })),
    );
  }

  unpin(rows: number[]): void {
    const before = rows.filter((row) => this.pins.has(row)).map((row) => this.standing(row));
    this.do(
      before,
      before.map((one) => ({ ...one, isHeld: false })),
    );
  }

  unpinAll(): void {
    this.unpin([...this.pins.keys()]);
  }

  /** Whether there was a move to take back. */
  undo(): boolean {
    const before = this.moves.undo();
    this.take(before);
    return before !== undefined;
  }

  redo(): void {
    this.take(this.moves.redo());
  }

  /** The server's word of what is pinned, which may be older than what was just done here. */
  hear(rows: number[], positions: number[]): void {
    const said = new Map<number, Point>(rows.map((row, i) => [row, [positions[2 * i], positions[2 * i + 1]]]));
    const now = performance.now();
    for (const [row, { at, until }] of this.unheard) {
      if (now > until || isSame(said.get(row), at)) this.unheard.delete(row);
      else if (at) said.set(row, at);
      else said.delete(row);
    }
    for (const row of this.pins.keys()) if (!said.has(row)) this.board.release(row);
    this.pins = said;
    this.holdAll();
  }

  /** The server refused the last deed. */
  refused(): void {
    const before = this.moves.forgetLast();
    this.unheard.clear();
    if (before) this.stand(before);
  }

  /** Another picture: its rows are other nodes. */
  forget(): void {
    this.moves.clear();
    this.unheard.clear();
    this.drag = undefined;
    this.pins = new Map();
  }

  /** Holds in a picture that was just loaded what was heard before. */
  holdAll(): void {
    for (const [row, at] of this.pins) this.board.hold(row, at);
    this.board.changed();
  }

  private standing(row: number): Standing {
    const [x, y] = this.board.where(row);
    return { row, x, y, isHeld: this.pins.has(row) };
  }

  private do(before: Standing[], after: Standing[]): void {
    if (!after.length) return;
    this.moves.add({ before, after });
    this.take(after);
  }

  private take(standings: Standing[] | undefined): void {
    if (!standings) return;
    this.stand(standings);
    const isKept = this.board.isKept();
    const until = isKept ? performance.now() + UNHEARD_MS : Infinity;
    for (const isHeld of [true, false]) {
      const these = standings.filter((one) => one.isHeld === isHeld);
      for (const { row, x, y } of these) this.unheard.set(row, { at: isHeld ? [x, y] : undefined, until });
      const rows = these.map((one) => one.row);
      const positions = these.flatMap((one) => [one.x, one.y]);
      if (isKept && rows.length) this.board.send(isHeld ? 'pin' : 'unpin', rows, positions);
    }
  }

  private stand(standings: Standing[]): void {
    const pins = new Map(this.pins);
    for (const { row, x, y, isHeld } of standings) {
      if (isHeld) {
        pins.set(row, [x, y]);
        this.board.hold(row, [x, y]);
      } else {
        pins.delete(row);
        this.board.release(row);
        this.board.put(row, [x, y]);
      }
    }
    this.pins = pins;
    this.board.changed();
  }
}

/** The server keeps places in fewer digits. */
function isSame(a: Point | undefined, b: Point | undefined): boolean {
  if (!a || !b) return a === b;
  const near = (p: number, q: number) => Math.abs(p - q) <= 1e-5 * Math.max(1, Math.abs(p), Math.abs(q));
  return near(a[0], b[0]) && near(a[1], b[1]);
}
