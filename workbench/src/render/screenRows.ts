/** Which nodes are in a part of the screen. */
import type { Camera } from './camera';

const MAX_NEARBY = 400;

/** Two opposite corners, in CSS pixels of the canvas. */
export interface ScreenBox {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export function rowsInBox(
  box: ScreenBox,
  camera: Camera,
  positions: Float32Array,
  isHidden: (row: number) => boolean,
): number[] {
  const [left, right] = [Math.min(box.x0, box.x1), Math.max(box.x0, box.x1)];
  const [top, bottom] = [Math.min(box.y0, box.y1), Math.max(box.y0, box.y1)];
  const rows: number[] = [];
  for (let row = 0; row < positions.length / 2; row++) {
    if (isHidden(row)) continue;
    const [x, y] = camera.toScreen(positions[2 * row]!, positions[2 * row + 1]!);
    if (x >= left && x <= right && y >= top && y <= bottom) rows.push(row);
  }
  return rows;
}

/** Some rows on the screen, the largest first. */
export function nearbyRows(camera: Camera, positions: Float32Array, sizes: Float32Array): number[] {
  const rows: number[] = [];
  for (let row = 0; row < sizes.length && rows.length < MAX_NEARBY; row++) {
    if (camera.isOnScreen(positions[2 * row]!, positions[2 * row + 1]!)) rows.push(row);
  }
  return rows.sort((a, b) => sizes[b]! - sizes[a]!);
}
