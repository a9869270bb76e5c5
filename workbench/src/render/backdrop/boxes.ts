/** Boxes around groups of nodes, and their names. */
import type { Box } from '../../model/layout';
import type { Camera } from '../camera';
import { graphemes } from '../graphemes';

const MIN_NAME_WIDTH = 34; // pixels

export function drawBoxes(
  ctx: CanvasRenderingContext2D,
  boxes: Box[],
  camera: Camera,
  colors: { line: string; fill: string },
): void {
  ctx.strokeStyle = colors.line;
  ctx.fillStyle = colors.fill;
  ctx.lineWidth = 1;
  for (const box of boxes) {
    const [left, top] = camera.toScreen(box.x0, box.y1);
    const [right, bottom] = camera.toScreen(box.x1, box.y0);
    if (right < 0 || bottom < 0 || left > camera.width || top > camera.height) continue;
    ctx.beginPath();
    ctx.roundRect(left, top, right - left, bottom - top, Math.min(7, (right - left) / 4));
    ctx.fill();
    ctx.stroke();
  }
}

/** Draws the name of each box in the upper left corner of its visible part. */
export function drawBoxNames(
  ctx: CanvasRenderingContext2D,
  boxes: Box[],
  camera: Camera,
  colors: { text: string; halo: string },
): void {
  ctx.font = '600 11px system-ui, sans-serif';
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  ctx.lineJoin = 'round';
  ctx.strokeStyle = colors.halo;
  ctx.fillStyle = colors.text;
  ctx.lineWidth = 3.5;
  for (const box of boxes) {
    const [x0, y0] = camera.toScreen(box.x0, box.y1);
    const [x1, y1] = camera.toScreen(box.x1, box.y0);
    const [left, top] = [Math.max(x0, 0) + 7, Math.max(y0, 0) + 6];
    const maxWidth = Math.min(x1, camera.width) - left - 6;
    if (!box.label || maxWidth < MIN_NAME_WIDTH || top > Math.min(y1, camera.height) - 14) continue;
    const text = truncate(ctx, box.label, maxWidth);
    ctx.strokeText(text, left, top);
    ctx.fillText(text, left, top);
  }
}

function truncate(ctx: CanvasRenderingContext2D, text: string, maxWidth: number): string {
  if (ctx.measureText(text).width <= maxWidth) return text;
  const characters = graphemes(text).slice(0, -1);
  while (characters.length > 1 && ctx.measureText(`${characters.join('')}…`).width > maxWidth) characters.pop();
  return `${characters.join('')}…`;
}
