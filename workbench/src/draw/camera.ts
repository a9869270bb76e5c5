/** Where the window looks: a centre in layout units and CSS pixels for each of them. */
export class Camera {
  x = 0;
  y = 0;
  zoom = 1;
  fitZoom = 1;
  width = 1;
  height = 1;

  /** Shows all given positions, but for the far outliers of a large graph, and `also` these points. */
  fit(
    positions: Float32Array,
    visible: (row: number) => boolean = () => true,
    also: readonly [number, number][] = [],
  ): void {
    const n = positions.length / 2;
    const xs: number[] = [];
    const ys: number[] = [];
    const step = Math.max(1, Math.floor(n / 20000));
    for (let i = 0; i < n; i += step) {
      if (!visible(i)) continue;
      xs.push(positions[2 * i]);
      ys.push(positions[2 * i + 1]);
    }
    if (!xs.length) return;
    let [x0, x1] = ends(xs);
    let [y0, y1] = ends(ys);
    for (const [x, y] of also) {
      [x0, x1] = [Math.min(x0, x), Math.max(x1, x)];
      [y0, y1] = [Math.min(y0, y), Math.max(y1, y)];
    }
    const room = { w: Math.max(this.width * 0.84, 50), h: Math.max(this.height * 0.84, 50) };
    const wanted = Math.min(room.w / Math.max(x1 - x0, 1e-6), room.h / Math.max(y1 - y0, 1e-6));
    this.fitZoom = Math.min(wanted, 120);
    this.zoom = this.fitZoom;
    this.x = (x0 + x1) / 2;
    this.y = (y0 + y1) / 2;
  }

  toScreen(x: number, y: number): [number, number] {
    return [(x - this.x) * this.zoom + this.width / 2, (this.y - y) * this.zoom + this.height / 2];
  }

  toLayout(sx: number, sy: number): [number, number] {
    return [(sx - this.width / 2) / this.zoom + this.x, this.y - (sy - this.height / 2) / this.zoom];
  }

  pan(dx: number, dy: number): void {
    this.x -= dx / this.zoom;
    this.y += dy / this.zoom;
  }

  zoomAt(sx: number, sy: number, factor: number): void {
    const [x, y] = this.toLayout(sx, sy);
    this.zoom = Math.min(Math.max(this.zoom * factor, this.fitZoom / 20), this.fitZoom * 5000);
    const [nx, ny] = this.toLayout(sx, sy);
    this.x += x - nx;
    this.y += y - ny;
  }

  get magnification(): number {
    return this.zoom / this.fitZoom;
  }
}

function ends(values: number[]): [number, number] {
  values.sort((a, b) => a - b);
  const cut = values.length > 2000 ? Math.floor(values.length * 0.001) : 0;
  return [values[cut], values[values.length - 1 - cut]];
}
