/** Nodes on their way from one frame of the layout to the next. */
const MS = 240;

export class Glide {
  private target: Float32Array | undefined;
  private origin: Float32Array | undefined;
  private start = 0;

  constructor(public positions: Float32Array) {}

  get isMoving(): boolean {
    return this.target !== undefined;
  }

  to(target: Float32Array): void {
    this.origin = this.positions.slice();
    this.target = target;
    this.start = performance.now();
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
