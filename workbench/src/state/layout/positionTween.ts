/**
 * Moves nodes from one frame of the layout to the next; nodes that are held stay where they are.
 * A tween takes as long as the time between frames, so that it ends when the next frame arrives.
 */
const FIRST_MS = 240;
const MIN_MS = 80;
const MAX_MS = 1200;
/** For another layout: the eye follows each node to its new position. */
export const LAYOUT_CHANGE_MS = 700;

export class PositionTween {
  /** x and y of each node; changed in place. */
  readonly positions: Float32Array;
  private readonly origin: Float32Array;
  private target: Float32Array | undefined;
  private startedAt = 0;
  private lastFrameAt = -Infinity;
  private durationMs = FIRST_MS;
  private readonly held = new Map<number, readonly [number, number]>();

  constructor(positions: Float32Array) {
    this.positions = positions.slice();
    this.origin = new Float32Array(positions.length);
  }

  get isMoving(): boolean {
    return this.target !== undefined;
  }

  /** Starts to move all nodes to `target`, which is changed in place. */
  moveTo(target: Float32Array, durationMs?: number): void {
    const now = performance.now();
    this.durationMs = durationMs ?? frameDuration(now - this.lastFrameAt);
    this.lastFrameAt = this.startedAt = now;
    this.origin.set(this.positions);
    this.target = target;
    for (const [row, [x, y]] of this.held) writePosition(target, row, x, y);
  }

  /** Moves a node at once; a tween that is running ends at the new position. */
  setPosition(row: number, x: number, y: number): void {
    writePosition(this.positions, row, x, y);
    writePosition(this.origin, row, x, y);
    if (this.target) writePosition(this.target, row, x, y);
  }

  hold(row: number, x: number, y: number): void {
    this.held.set(row, [x, y]);
    this.setPosition(row, x, y);
  }

  release(row: number): void {
    this.held.delete(row);
  }

  /** Advances to the current time; false when there is nothing to move. */
  step(): boolean {
    const { origin, target, positions } = this;
    if (!target) return false;
    let progress = (performance.now() - this.startedAt) / this.durationMs;
    if (progress >= 1) {
      positions.set(target);
      this.target = undefined;
      return true;
    }
    if (this.durationMs === LAYOUT_CHANGE_MS) progress = smoothstep(progress);
    for (let i = 0; i < positions.length; i++) positions[i] = origin[i]! + (target[i]! - origin[i]!) * progress;
    return true;
  }
}

const smoothstep = (t: number): number => t * t * (3 - 2 * t);

/** The time since the last frame, within bounds; after a longer silence another run has begun. */
function frameDuration(sinceLastMs: number): number {
  return sinceLastMs > 2 * MAX_MS ? FIRST_MS : Math.min(Math.max(sinceLastMs, MIN_MS), MAX_MS);
}

function writePosition(positions: Float32Array, row: number, x: number, y: number): void {
  positions[2 * row] = x;
  positions[2 * row + 1] = y;
}
