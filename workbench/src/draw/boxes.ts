/** Frames around groups of nodes, and their names. */
import type { Camera } from './camera';

export interface DrawnBox {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  label: string;
}

const LEAST = 34; // pixels of width that a name needs

export function drawBoxes(
  pen: CanvasRenderingContext2D,
  boxes: DrawnBox[],
  camera: Camera,
  ink: { line: string; fill: string },
): void {
  pen.strokeStyle = ink.line;
  pen.fillStyle = ink.fill;
  pen.lineWidth = 1;
  for (const box of boxes) {
    const [left, top] = camera.toScreen(box.x0, box.y1);
    const [right, bottom] = camera.toScreen(box.x1, box.y0);
    if (right < 0 || bottom < 0 || left > camera.width || top > camera.height) continue;
    pen.beginPath();
    pen.roundRect(left, top, right - left, bottom - top, Math.min(7, (right - left) / 4));
    pen.fill();
    pen.stroke();
  }
}

/** Each in the corner of its frame that the window shows. */
export function nameBoxes(
  pen: CanvasRenderingContext2D,
  boxes: DrawnBox[],
  camera: Camera,
  ink: { text: string; halo: string },
): void {
  pen.font = '600 11px system-ui, sans-serif';
  pen.textAlign = 'left';
  pen.textBaseline = 'top';
  pen.lineJoin = 'round';
  pen.strokeStyle = ink.halo;
  pen.fillStyle = ink.text;
  pen.lineWidth = 3.5;
  for (const box of boxes) {
    const [x0, y0] = camera.toScreen(box.x0, box.y1);
    const [x1, y1] = camera.toScreen(box.x1, box.y0);
    const [left, top] = [Math.max(x0, 0) + 7, Math.max(y0, 0) + 6];
    const room = Math.min(x1, camera.width) - left - 6;
    if (!box.label || room < LEAST || top > Math.min(y1, camera.height) - 14) continue;
    const text = shortened(pen, box.label, room);
    pen.strokeText(text, left, top);
    pen.fillText(text, left, top);
  }
}

function shortened(pen: CanvasRenderingContext2D, text: string, room: number): string {
  if (pen.measureText(text).width <= room) return text;
  let length = text.length - 1;
  while (length > 1 && pen.measureText(`${text.slice(0, length)}…`).width > room) length--;
  return `${text.slice(0, length)}…`;
}
