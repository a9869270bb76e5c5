/** Which edge lies under a point of the window; nodes are found by the renderer. */
import type { Camera } from './camera';

const REACH = 5;

export function nearestEdge(
  x: number,
  y: number,
  ends: Uint32Array,
  positions: Float32Array,
  camera: Camera,
  isHidden: (row: number) => boolean,
): number | undefined {
  const [px, py] = camera.toLayout(x, y);
  let best = (REACH / camera.zoom) ** 2;
  let found: number | undefined;
  for (let e = 0; e < ends.length / 2; e++) {
    const a = ends[2 * e];
    const b = ends[2 * e + 1];
    const ax = positions[2 * a];
    const ay = positions[2 * a + 1];
    const dx = positions[2 * b] - ax;
    const dy = positions[2 * b + 1] - ay;
    const length = dx * dx + dy * dy;
    if (length === 0) continue;
    const t = Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / length));
    const away = (px - ax - t * dx) ** 2 + (py - ay - t * dy) ** 2;
    if (away < best && !isHidden(a) && !isHidden(b)) {
      best = away;
      found = e;
    }
  }
  return found;
}
