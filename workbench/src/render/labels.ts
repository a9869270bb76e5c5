/** Titles of important nodes on a canvas above the graph; no two overlap. */
import type { Camera } from './camera';
import { cut } from './graphemes';

export interface LabelInput {
  rows: ArrayLike<number>;
  titles: ReadonlyMap<number, string>;
  positions: Float32Array;
  radius: (row: number) => number;
  isVisible: (row: number) => boolean;
  isEmphasized: (row: number) => boolean;
  max: number;
}
export interface LabelColors {
  text: string;
  halo: string;
}

const FONT = '500 12px Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const EMPHASIZED_FONT = '600 13px Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const CELL = 32;
const MAX_LENGTH = 32; // characters
const MAX_MISSING = 100;

export class Labels {
  readonly ctx: CanvasRenderingContext2D;
  private readonly widths = new Map<string, number>();

  constructor(readonly canvas: HTMLCanvasElement) {
    this.ctx = canvas.getContext('2d')!;
  }

  clear(camera: Camera, density: number): void {
    this.canvas.width = Math.round(camera.width * density);
    this.canvas.height = Math.round(camera.height * density);
    this.ctx.setTransform(density, 0, 0, density, 0, 0);
  }

  /** Draws what fits, the most important first. Returns rows whose titles are missing. */
  draw(input: LabelInput, camera: Camera, colors: LabelColors): number[] {
    const { ctx } = this;
    const taken = new Set<number>();
    const columns = Math.ceil(camera.width / CELL) + 2;
    const missing: number[] = [];
    let drawn = 0;
    ctx.textBaseline = 'middle';
    ctx.lineJoin = 'round';
    for (let i = 0; i < input.rows.length && drawn < input.max; i++) {
      const row = input.rows[i]!;
      if (!input.isVisible(row)) continue;
      const [x, y] = camera.toScreen(input.positions[2 * row]!, input.positions[2 * row + 1]!);
      if (x < -20 || y < 0 || x > camera.width + 20 || y > camera.height) continue;
      const title = input.titles.get(row);
      if (title === undefined) {
        if (missing.length < MAX_MISSING) missing.push(row);
        continue;
      }
      if (!title) continue;
      const text = cut(title, MAX_LENGTH);
      const isEmphasized = input.isEmphasized(row);
      const radius = input.radius(row);
      const width = this.measure(text, isEmphasized);
      const left = x + radius + 4;
      if (!isEmphasized && !this.reserve(taken, columns, left, y, width)) continue;
      ctx.font = isEmphasized ? EMPHASIZED_FONT : FONT;
      ctx.strokeStyle = colors.halo;
      ctx.lineWidth = 3.5;
      ctx.strokeText(text, left, y);
      ctx.fillStyle = colors.text;
      ctx.fillText(text, left, y);
      drawn++;
    }
    return missing;
  }

  private measure(text: string, isEmphasized: boolean): number {
    const key = isEmphasized ? `*${text}` : text;
    let width = this.widths.get(key);
    if (width === undefined) {
      this.ctx.font = isEmphasized ? EMPHASIZED_FONT : FONT;
      width = this.ctx.measureText(text).width;
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
