/** The outline of the world in Web Mercator, in degrees of the equator, as a map's nodes stand. */
import type { Camera } from './camera';
import land from './land.json';

const FARTHEST = 85.05112877980659;
const STEP = 30; // degrees between the lines of the net

let outline: Path2D | undefined;
let net: Path2D | undefined;

export function drawWorld(
  pen: CanvasRenderingContext2D,
  camera: Camera,
  density: number,
  ink: { land: string; shore: string; net: string },
): void {
  const scale = camera.zoom * density;
  const [x, y] = camera.toScreen(0, 0);
  pen.save();
  pen.setTransform(scale, 0, 0, -scale, x * density, y * density);
  pen.lineJoin = 'round';
  pen.lineWidth = 1 / camera.zoom;
  pen.strokeStyle = ink.net;
  pen.stroke((net ??= lines()));
  outline ??= shores(land);
  pen.fillStyle = ink.land;
  pen.fill(outline, 'evenodd');
  pen.strokeStyle = ink.shore;
  pen.stroke(outline);
  pen.restore();
}

export function northing(latitude: number): number {
  const phi = (Math.min(Math.max(latitude, -FARTHEST), FARTHEST) * Math.PI) / 180;
  return (Math.atanh(Math.sin(phi)) * 180) / Math.PI;
}

/** Rings are steps of so many degrees, east and north one after another. */
export function shores({ unit, rings }: { unit: number; rings: number[][] }): Path2D {
  const path = new Path2D();
  for (const ring of rings) {
    let [east, north] = [0, 0];
    for (let i = 0; i < ring.length; i += 2) {
      east += ring[i];
      north += ring[i + 1];
      const at: [number, number] = [east * unit, northing(north * unit)];
      if (i) path.lineTo(...at);
      else path.moveTo(...at);
    }
    path.closePath();
  }
  return path;
}

function lines(): Path2D {
  const path = new Path2D();
  for (let at = -180; at <= 180; at += STEP) {
    path.moveTo(at, -180);
    path.lineTo(at, 180);
  }
  for (const at of [-FARTHEST, -60, -30, 0, 30, 60, FARTHEST]) {
    path.moveTo(-180, northing(at));
    path.lineTo(180, northing(at));
  }
  return path;
}
