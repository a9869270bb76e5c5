/** Rings and lines behind the nodes: of the dataset's axis encoding, or of a layout. */
import type { Axis } from '../../model/layout';
import type { Camera } from '../camera';

const MIN_GAP = 18; // pixels between the names of two rings

/** Draws the lines and rings of axes. */
export function drawAxes(ctx: CanvasRenderingContext2D, axes: Axis[], camera: Camera, line: string): void {
  ctx.strokeStyle = line;
  for (const axis of axes) {
    if (axis.style === 'space') continue;
    ctx.lineWidth = axis.style === 'external' ? 1.5 : 1;
    ctx.setLineDash(axis.style === 'external' ? [] : [4, 5]);
    ctx.beginPath();
    const [cx, cy] = camera.toScreen(0, 0);
    const [px, py] = camera.toScreen(axis.value, axis.value);
    if (axis.kind === 'r') {
      ctx.arc(cx, cy, Math.max(axis.value, 0) * camera.zoom, 0, 2 * Math.PI);
    } else if (axis.kind === 'x') {
      ctx.moveTo(px, 0);
      ctx.lineTo(px, camera.height);
    } else {
      ctx.moveTo(0, py);
      ctx.lineTo(camera.width, py);
    }
    ctx.stroke();
  }
  ctx.setLineDash([]);
}

/** Draws names of axes, the outermost first; names that would overlap are left out. */
export function drawAxisNames(
  ctx: CanvasRenderingContext2D,
  axes: Axis[],
  camera: Camera,
  colors: { text: string; plate: string },
): void {
  ctx.font = '500 11px system-ui, sans-serif';
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  const taken: Record<Axis['kind'], number> = { r: Infinity, x: Infinity, y: Infinity };
  const [cx, cy] = camera.toScreen(0, 0);
  for (const axis of axes.toReversed()) {
    if (axis.style === 'space' || !axis.label) continue;
    const width = ctx.measureText(axis.label).width;
    const [px, py] = camera.toScreen(axis.value, axis.value);
    const ring = cy - axis.value * camera.zoom;
    const positions: Record<Axis['kind'], [number, number, number, number]> = {
      r: [cx, ring, ring, MIN_GAP],
      x: [px, camera.height - 52, px, width + 12],
      y: [14 + width / 2, py, py, MIN_GAP],
    };
    const [x, y, line, gap] = positions[axis.kind];
    if (Math.abs(taken[axis.kind] - line) < gap) continue;
    taken[axis.kind] = line;
    ctx.fillStyle = colors.plate;
    ctx.beginPath();
    ctx.roundRect(x - width / 2 - 6, y - 8, width + 12, 16, 8);
    ctx.fill();
    ctx.fillStyle = colors.text;
    ctx.fillText(axis.label, x, y + 0.5);
  }
  ctx.textAlign = 'left';
}
