/**
 * Nodes on their way from one frame of the layout to the next; those that are held stay where they are.
 * A way takes as long as frames are apart, so that the next one comes when this one is gone.
 */
const FIRST_MS = 240;
const LEAST_MS = 80;
const MOST_MS = 1200;
export const LONG_MS = 700; // for another arrangement: the eye follows each node to its new place

export class Glide {
  /** Changed in place. */
  readonly positions: Float32Array;
  private readonly origin: Float32Array;
  private target: Float32Array | undefined;
  private start = 0;
  private arrived = -Infinity;
  private ms = FIRST_MS;
  private readonly held = new Map<number, readonly [number, number]>();

  constructor(positions: Float32Array) {
    this.positions = positions.slice();
    this.origin = new Float32Array(positions.length);
  }

  get isMoving(): boolean {
    return this.target !== undefined;
  }

  to(target: Float32Array, ms?: number): void {
    const now = performance.now();
    const apart = now - this.arrived;
    this.ms = ms ?? pace(apart);
    this.arrived = this.start = now;
    this.origin.set(this.positions);
    this.target = target;
    for (const [row, [x, y]] of this.held) put(target, row, x, y);
  }

  /** Moves a node at once; a way that is under way leads to its new place. */
  put(row: number, x: number, y: number): void {
    for (const one of [this.positions, this.origin, this.target]) if (one) put(one, row, x, y);
  }

  hold(row: number, x: number, y: number): void {
    this.held.set(row, [x, y]);
    this.put(row, x, y);
  }

  release(row: number): void {
    this.held.delete(row);
  }

  /** Goes a part of the way; false where there is none left to go. */
  step(): boolean {
    const { origin, target, positions } = this;
    if (!target) return false;
    let share = (performance.now() - this.start) / this.ms;
    if (this.ms === LONG_MS) share = share * share * (3 - 2 * Math.min(share, 1));
    if (share >= 1) {
      positions.set(target);
      this.target = undefined;
      return true;
    }
    for (let i = 0; i < positions.length; i++) positions[i] = origin[i] + (target[i] - origin[i]) * share;
    return true;
  }
}

/** The time between this frame and the former; after a longer silence another run begins. */
function pace(apart: number): number {
  return apart > 2 * MOST_MS ? FIRST_MS : Math.min(Math.max(apart, LEAST_MS), MOST_MS);
}

function put(positions: Float32Array, row: number, x: number, y: number): void {
  positions[2 * row] = x;
  positions[2 * row + 1] = y;
}
