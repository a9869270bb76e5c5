/** Nodes on their way from one frame of the layout to the next; those that are held stay where they are. */
const MS = 240;

export class Glide {
  private target: Float32Array | undefined;
  private origin: Float32Array | undefined;
  private start = 0;
  private readonly held = new Map<number, readonly [number, number]>();

  constructor(public positions: Float32Array) {}

  get isMoving(): boolean {
    return this.target !== undefined;
  }

  to(target: Float32Array): void {
    this.origin = this.positions.slice();
    this.target = target;
    this.start = performance.now();
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
    const { origin, target } = this;
    if (!origin || !target) return false;
    const share = Math.min(1, (performance.now() - this.start) / MS);
    if (share >= 1) {
      this.positions = target;
      this.target = this.origin = undefined;
      return true;
    }
    const mixed = new Float32Array(target.length);
    for (let i = 0; i < mixed.length; i++) mixed[i] = origin[i] + (target[i] - origin[i]) * share;
    this.positions = mixed;
    return true;
  }
}

function put(positions: Float32Array, row: number, x: number, y: number): void {
  positions[2 * row] = x;
  positions[2 * row + 1] = y;
}
