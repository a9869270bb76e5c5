/** The outline of the world in Web Mercator, in degrees of the equator, as the map layout positions nodes. */
import type { Camera } from '../camera';
import land from './land.json';

const MAX_LATITUDE = 85.05112877980659;
const GRATICULE_STEP = 30; // degrees between the lines of the graticule

let outline: Path2D | undefined;
let graticule: Path2D | undefined;

export function drawWorld(
  ctx: CanvasRenderingContext2D,
  camera: Camera,
  density: number,
  colors: { land: string; coast: string; graticule: string },
): void {
  const scale = camera.zoom * density;
  const [x, y] = camera.toScreen(0, 0);
  ctx.save();
  ctx.setTransform(scale, 0, 0, -scale, x * density, y * density);
  ctx.lineJoin = 'round';
  ctx.lineWidth = 1 / camera.zoom;
  ctx.strokeStyle = colors.graticule;
  ctx.stroke((graticule ??= graticuleLines()));
  outline ??= coastlines(land);
  ctx.fillStyle = colors.land;
  ctx.fill(outline, 'evenodd');
  ctx.strokeStyle = colors.coast;
  ctx.stroke(outline);
  ctx.restore();
}

export function northing(latitude: number): number {
  const phi = (Math.min(Math.max(latitude, -MAX_LATITUDE), MAX_LATITUDE) * Math.PI) / 180;
  return (Math.atanh(Math.sin(phi)) * 180) / Math.PI;
}

/** Rings are steps of so many degrees, east and north one after another. */
export function coastlines({ unit, rings }: { unit: number; rings: number[][] }): Path2D {
  const path = new Path2D();
  for (const ring of rings) {
    let [east, north] = [0, 0];
    for (let i = 0; i < ring.length; i += 2) {
      east += ring[i]!;
      north += ring[i + 1]!;
      const degrees: [number, number] = [east * unit, northing(north * unit)];
      if (i) path.lineTo(...degrees);
      else path.moveTo(...degrees);
    }
    path.closePath();
  }
  return path;
}

function graticuleLines(): Path2D {
  const path = new Path2D();
  for (let degrees = -180; degrees <= 180; degrees += GRATICULE_STEP) {
    path.moveTo(degrees, -180);
    path.lineTo(degrees, 180);
  }
  for (const degrees of [-MAX_LATITUDE, -60, -30, 0, 30, 60, MAX_LATITUDE]) {
    path.moveTo(-180, northing(degrees));
    path.lineTo(180, northing(degrees));
  }
  return path;
}
