/** Rings and lines behind the nodes, as the dataset's axis encoding names them. */
import type { Camera } from './camera';

export interface DrawnAxis {
  kind: 'r' | 'x' | 'y';
  value: number;
  label: string;
  style: 'internal' | 'external' | 'space';
}

export function drawAxes(
  pen: CanvasRenderingContext2D,
  axes: DrawnAxis[],
  camera: Camera,
  ink: { line: string; text: string },
): void {
  pen.font = '500 11px system-ui, sans-serif';
  pen.textBaseline = 'bottom';
  for (const axis of axes) {
    if (axis.style === 'space') continue;
    pen.strokeStyle = ink.line;
    pen.lineWidth = axis.style === 'external' ? 1.5 : 1;
    pen.setLineDash(axis.style === 'external' ? [] : [4, 5]);
    pen.beginPath();
    const [cx, cy] = camera.toScreen(0, 0);
    const [px, py] = camera.toScreen(axis.value, axis.value);
    let at: [number, number];
    if (axis.kind === 'r') {
      const radius = axis.value * camera.zoom;
      pen.arc(cx, cy, radius, 0, 2 * Math.PI);
      at = [cx, cy - radius - 3];
      pen.textAlign = 'center';
    } else if (axis.kind === 'x') {
      pen.moveTo(px, 0);
      pen.lineTo(px, camera.height);
      at = [px + 4, camera.height - 6];
      pen.textAlign = 'left';
    } else {
      pen.moveTo(0, py);
      pen.lineTo(camera.width, py);
      at = [8, py - 3];
      pen.textAlign = 'left';
    }
    pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = ink.text;
    if (axis.label) pen.fillText(axis.label, ...at);
  }
  pen.textAlign = 'left';
}
