import type { Camera } from './camera';

const REACH = 5; // CSS pixels

/** The nearest edge within a few pixels of a point of the screen, both of whose nodes are visible. */
export function nearestEdge(
  screenX: number,
  screenY: number,
  ends: Uint32Array,
  positions: Float32Array,
  camera: Camera,
  isHidden: (edge: number, source: number, destination: number) => boolean,
): number | undefined {
  const [px, py] = camera.toLayout(screenX, screenY);
  let least = (REACH / camera.zoom) ** 2;
  let nearest: number | undefined;
  for (let edge = 0; edge < ends.length / 2; edge++) {
    const a = ends[2 * edge]!;
    const b = ends[2 * edge + 1]!;
    const ax = positions[2 * a]!;
    const ay = positions[2 * a + 1]!;
    const dx = positions[2 * b]! - ax;
    const dy = positions[2 * b + 1]! - ay;
    const length = dx * dx + dy * dy;
    if (length === 0) continue;
    const t = Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / length));
    const distance = (px - ax - t * dx) ** 2 + (py - ay - t * dy) ** 2;
    if (distance < least && !isHidden(edge, a, b)) {
      least = distance;
      nearest = edge;
    }
  }
  return nearest;
}
