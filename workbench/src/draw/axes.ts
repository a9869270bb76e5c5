/** Rings and lines behind the nodes: of the dataset's axis encoding, or of a layout. */
import type { Camera } from './camera';

export interface DrawnAxis {
  kind: 'r' | 'x' | 'y';
  value: number;
  label: string;
  style: 'internal' | 'external' | 'space';
}

const NEAREST = 18; // pixels between the names of two rings

export function drawAxes(pen: CanvasRenderingContext2D, axes: DrawnAxis[], camera: Camera, line: string): void {
  pen.strokeStyle = line;
  for (const axis of axes) {
    if (axis.style === 'space') continue;
    pen.lineWidth = axis.style === 'external' ? 1.5 : 1;
    pen.setLineDash(axis.style === 'external' ? [] : [4, 5]);
    pen.beginPath();
    const [cx, cy] = camera.toScreen(0, 0);
    const [px, py] = camera.toScreen(axis.value, axis.value);
    if (axis.kind === 'r') {
      pen.arc(cx, cy, Math.max(axis.value, 0) * camera.zoom, 0, 2 * Math.PI);
    } else if (axis.kind === 'x') {
      pen.moveTo(px, 0);
      pen.lineTo(px, camera.height);
    } else {
      pen.moveTo(0, py);
      pen.lineTo(camera.width, py);
    }
    pen.stroke();
  }
  pen.setLineDash([]);
}

/** Names above everything else; where lines lie close together, some stay without. */
export function nameAxes(
  pen: CanvasRenderingContext2D,
  axes: DrawnAxis[],
  camera: Camera,
  ink: { text: string; plate: string },
): void {
  pen.font = '500 11px system-ui, sans-serif';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  const taken: Record<DrawnAxis['kind'], number> = { r: Infinity, x: Infinity, y: Infinity };
  const [cx, cy] = camera.toScreen(0, 0);
  for (const axis of axes.toReversed()) {
    if (axis.style === 'space' || !axis.label) continue;
    const width = pen.measureText(axis.label).width;
    const [px, py] = camera.toScreen(axis.value, axis.value);
    const ring = cy - axis.value * camera.zoom;
    const [x, y, line, room] = {
      r: [cx, ring, ring, NEAREST],
      x: [px, camera.height - 52, px, width + 12],
      y: [14 + width / 2, py, py, NEAREST],
    }[axis.kind];
    if (Math.abs(taken[axis.kind] - line) < room) continue;
    taken[axis.kind] = line;
    pen.fillStyle = ink.plate;
    pen.beginPath();
    pen.roundRect(x - width / 2 - 6, y - 8, width + 12, 16, 8);
    pen.fill();
    pen.fillStyle = ink.text;
    pen.fillText(axis.label, x, y + 0.5);
  }
  pen.textAlign = 'left';
}
