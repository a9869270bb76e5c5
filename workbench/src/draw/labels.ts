/** Names of important nodes on a canvas above the picture; no two overlap. */
import type { Camera } from './camera';

export interface LabelInput {
  rows: ArrayLike<number>;
  titles: Map<number, string>;
  positions: Float32Array;
  radius: (row: number) => number;
  isShown: (row: number) => boolean;
  isStrong: (row: number) => boolean;
  most: number;
}
export interface LabelInk {
  text: string;
  halo: string;
}

const FONT = '500 12px Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const STRONG = '600 13px Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const CELL = 32;
const LONGEST = 32;

export class Labels {
  private readonly pen: CanvasRenderingContext2D;
  private readonly widths = new Map<string, number>();

  constructor(readonly canvas: HTMLCanvasElement) {
    this.pen = canvas.getContext('2d')!;
  }

  clear(camera: Camera, density: number): void {
    this.canvas.width = Math.round(camera.width * density);
    this.canvas.height = Math.round(camera.height * density);
    this.pen.setTransform(density, 0, 0, density, 0, 0);
  }

  /** Draws what fits, the most important first, and tells which rows lack a title. */
  draw(input: LabelInput, camera: Camera, ink: LabelInk): number[] {
    const { pen } = this;
    const taken = new Set<number>();
    const columns = Math.ceil(camera.width / CELL) + 2;
    const missing: number[] = [];
    let drawn = 0;
    pen.textBaseline = 'middle';
    pen.lineJoin = 'round';
    for (let i = 0; i < input.rows.length && drawn < input.most; i++) {
      const row = input.rows[i];
      if (!input.isShown(row)) continue;
      const [x, y] = camera.toScreen(input.positions[2 * row], input.positions[2 * row + 1]);
      if (x < -20 || y < 0 || x > camera.width + 20 || y > camera.height) continue;
      const title = input.titles.get(row);
      if (title === undefined) {
        if (missing.length < 100) missing.push(row);
        continue;
      }
      if (!title) continue;
      const text = title.length > LONGEST ? `${title.slice(0, LONGEST - 1)}…` : title;
      const strong = input.isStrong(row);
      const radius = input.radius(row);
      const width = this.measure(text, strong);
      const left = x + radius + 4;
      if (!strong && !this.reserve(taken, columns, left, y, width)) continue;
      pen.font = strong ? STRONG : FONT;
      pen.strokeStyle = ink.halo;
      pen.lineWidth = 3.5;
      pen.strokeText(text, left, y);
      pen.fillStyle = ink.text;
      pen.fillText(text, left, y);
      drawn++;
    }
    return missing;
  }

  private measure(text: string, strong: boolean): number {
    const key = strong ? `*${text}` : text;
    let width = this.widths.get(key);
    if (width === undefined) {
      this.pen.font = strong ? STRONG : FONT;
      width = this.pen.measureText(text).width;
      this.widths.set(key, width);
    }
    return width;
  }

  private reserve(taken: Set<number>, columns: number, x: number, y: number, w: number): boolean {
    const cells: number[] = [];
    const row0 = Math.floor((y - 8) / (CELL / 2));
    const row1 = Math.floor((y + 8) / (CELL / 2));
    for (let row = row0; row <= row1; row++) {
      for (let c = Math.floor(x / CELL); c <= Math.floor((x + w) / CELL); c++) {
        const cell = row * columns + c;
        if (taken.has(cell)) return false;
        cells.push(cell);
      }
    }
    for (const cell of cells) taken.add(cell);
    return true;
  }
}
