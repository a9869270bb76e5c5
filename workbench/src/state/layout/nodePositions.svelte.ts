/** Where the nodes are: tweens to frames and layouts, and positions that a person set. */
import { LAYOUT_CHANGE_MS, PositionTween } from './positionTween';

export type Point = readonly [number, number];

export interface PositionListener {
  /** All nodes begin to move; most of them far where the layout is another. */
  onMoving(isFar: boolean): void;
  /** A few nodes were moved. */
  onPatched(positions: Float32Array, rows: Iterable<number>): void;
}

export class NodePositions {
  isMoving = $state(false);
  listener: PositionListener | undefined;
  private tween = new PositionTween(new Float32Array(0));
  private readonly patched = new Set<number>();

  /** x and y of each node, in layout units; changed in place. */
  get current(): Float32Array {
    return this.tween.positions;
  }

  reset(positions: Float32Array): void {
    this.tween = new PositionTween(positions);
    this.patched.clear();
    this.isMoving = false;
  }

  /** Moves all nodes to a frame of a running layout. */
  moveToFrame(target: Float32Array): void {
    this.tween.moveTo(target);
    this.startMoving(false);
  }

  /** Moves all nodes to another layout. */
  moveToLayout(target: Float32Array): void {
    const isFar = areFar(this.current, target);
    const isReduced = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.tween.moveTo(target, isFar ? (isReduced ? 1 : LAYOUT_CHANGE_MS) : undefined);
    this.startMoving(isFar);
  }

  private startMoving(isFar: boolean): void {
    this.isMoving = true;
    this.listener?.onMoving(isFar);
  }

  /** Advances the tween; whether positions changed. */
  step(): boolean {
    const hasChanged = this.tween.step();
    if (this.isMoving !== this.tween.isMoving) this.isMoving = this.tween.isMoving;
    return hasChanged;
  }

  at(row: number): Point {
    return [this.current[2 * row]!, this.current[2 * row + 1]!];
  }

  hold(row: number, [x, y]: Point): void {
    if (!this.has(row)) return;
    this.tween.hold(row, x, y);
    this.patched.add(row);
  }

  setPosition(row: number, [x, y]: Point): void {
    if (!this.has(row)) return;
    this.tween.setPosition(row, x, y);
    this.patched.add(row);
  }

  release(row: number): void {
    this.tween.release(row);
  }

  /** Draws the positions that were set since the last call. */
  flush(): void {
    this.listener?.onPatched(this.current, this.patched);
    this.patched.clear();
  }

  private has(row: number): boolean {
    return 2 * row < this.current.length;
  }
}

/** Whether nodes move farther than by rounding, on the whole. */
export function areFar(from: Float32Array, to: Float32Array): boolean {
  let [distance, size] = [0, 0];
  for (let i = 0; i < to.length; i++) {
    distance += Math.abs(to[i]! - from[i]!);
    size += Math.abs(to[i]!);
  }
  return distance > 0.01 * size;
}
