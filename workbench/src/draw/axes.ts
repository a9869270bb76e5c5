/** Rings and lines behind the nodes: of the dataset's axis encoding, or of a layout. */
import type { Camera } from './camera';

export interface DrawnAxis {
  kind: 'r' | 'x' | 'y';
  value: number;
  label: string;
  style: 'internal' | 'external' | 'space';
}

const NEAREST = 13; // pixels between the names of two rings

export function drawAxes(
  pen: CanvasRenderingContext2D,
  axes: DrawnAxis[],
  camera: Camera,
  line: string,
): void {
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

/** Names above everything else; where rings lie close together, some stay without. */
export function nameAxes(
  pen: CanvasRenderingContext2D,
  axes: DrawnAxis[],
  camera: Camera,
  ink: { text: string; halo: string },
): void {
  pen.font = '500 11px system-ui, sans-serif';
  pen.textBaseline = 'bottom';
  pen.lineJoin = 'round';
  pen.strokeStyle = ink.halo;
  pen.fillStyle = ink.text;
  pen.lineWidth = 3.5;
  let former = Infinity;
  for (const axis of axes.toReversed()) {
    if (axis.style === 'space' || !axis.label) continue;
    const [cx, cy] = camera.toScreen(0, 0);
    const [px, py] = camera.toScreen(axis.value, axis.value);
    let at: [number, number] = [8, py - 3];
    pen.textAlign = 'left';
    if (axis.kind === 'r') {
      const radius = axis.value * camera.zoom;
      if (Math.abs(former - radius) < NEAREST) continue;
      former = radius;
      at = [cx, cy - radius - 3];
      pen.textAlign = 'center';
    } else if (axis.kind === 'x') at = [px + 4, camera.height - 6];
    pen.strokeText(axis.label, ...at);
    pen.fillText(axis.label, ...at);
  }
  pen.textAlign = 'left';
}
