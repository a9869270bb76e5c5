/** Which part of the layout the window shows: a center in layout units, and CSS pixels per layout unit. */
const MAX_SAMPLES = 20_000;
const MAX_FIT_ZOOM = 120;

export class Camera {
  x = 0;
  y = 0;
  zoom = 1;
  fitZoom = 1;
  width = 1;
  height = 1;

  /**
   * Shows all positions, far outliers of a large graph excepted, and the points in `include`; rows whose flag in
   * `hidden` is set do not count.
   */
  fit(positions: Float32Array, hidden?: Uint8Array, include: readonly [number, number][] = []): void {
    const rows = sampleRows(positions.length / 2, hidden);
    if (!rows.length) return;
    let [x0, x1] = range(rows.map((row) => positions[2 * row]!));
    let [y0, y1] = range(rows.map((row) => positions[2 * row + 1]!));
    for (const [x, y] of include) {
      [x0, x1] = [Math.min(x0, x), Math.max(x1, x)];
      [y0, y1] = [Math.min(y0, y), Math.max(y1, y)];
    }
    const width = Math.max(this.width * 0.84, 50);
    const height = Math.max(this.height * 0.84, 50);
    const zoom = Math.min(width / Math.max(x1 - x0, 1e-6), height / Math.max(y1 - y0, 1e-6));
    this.fitZoom = Math.min(zoom, MAX_FIT_ZOOM);
    this.zoom = this.fitZoom;
    this.x = (x0 + x1) / 2;
    this.y = (y0 + y1) / 2;
  }

  /** Centers a point, at least three times as large as in a view of everything. */
  focus(x: number, y: number): void {
    this.x = x;
    this.y = y;
    this.zoom = Math.max(this.zoom, this.fitZoom * 3);
  }

  toScreen(x: number, y: number): [number, number] {
    return [(x - this.x) * this.zoom + this.width / 2, (this.y - y) * this.zoom + this.height / 2];
  }

  toLayout(screenX: number, screenY: number): [number, number] {
    return [(screenX - this.width / 2) / this.zoom + this.x, this.y - (screenY - this.height / 2) / this.zoom];
  }

  /** A distance on the screen in layout units, whose y axis points up. */
  toLayoutDistance(dx: number, dy: number): [number, number] {
    return [dx / this.zoom, -dy / this.zoom];
  }

  isOnScreen(x: number, y: number): boolean {
    const [screenX, screenY] = this.toScreen(x, y);
    return screenX > 0 && screenY > 0 && screenX < this.width && screenY < this.height;
  }

  pan(dx: number, dy: number): void {
    this.x -= dx / this.zoom;
    this.y += dy / this.zoom;
  }

  /** Zooms about a point of the screen, which keeps its position. */
  zoomAt(screenX: number, screenY: number, factor: number): void {
    const [x, y] = this.toLayout(screenX, screenY);
    this.zoom = Math.min(Math.max(this.zoom * factor, this.fitZoom / 20), this.fitZoom * 5000);
    const [newX, newY] = this.toLayout(screenX, screenY);
    this.x += x - newX;
    this.y += y - newY;
  }

  /** The zoom relative to a view of everything. */
  get magnification(): number {
    return this.zoom / this.fitZoom;
  }
}

/** About MAX_SAMPLES of the visible rows, evenly spread over them; all where they are fewer. */
function sampleRows(count: number, hidden: Uint8Array | undefined): number[] {
  let visible = count;
  if (hidden) for (let row = 0; row < count; row++) if (hidden[row]) visible--;
  const step = Math.max(1, Math.floor(visible / MAX_SAMPLES));
  const rows: number[] = [];
  if (visible === count) {
    for (let row = 0; row < count; row += step) rows.push(row);
    return rows;
  }
  let index = 0;
  for (let row = 0; row < count; row++) if (!hidden?.[row] && index++ % step === 0) rows.push(row);
  return rows;
}

/** Least and greatest value, one in a thousand at both ends of many values left out. */
function range(values: number[]): [number, number] {
  values.sort((a, b) => a - b);
  const cut = values.length > 2000 ? Math.floor(values.length * 0.001) : 0;
  return [values[cut]!, values[values.length - 1 - cut]!];
}
