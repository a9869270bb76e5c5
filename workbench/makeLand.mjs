// Makes src/render/backdrop/land.json, the outline of the world beneath a map, of the land-110m.json in the npm package
// world-atlas (ISC), which is Natural Earth's 1:110m land (public domain, naturalearthdata.com):
//   npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
//   node makeLand.mjs package/land-110m.json
import { readFileSync, writeFileSync } from 'node:fs';

const UNIT = 0.01; // degrees: a kilometre, less than the outline itself is off
const { arcs, transform, objects } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

/** The points of an arc in degrees; TopoJSON keeps steps of a grid, and counts backward arcs from -1. */
function points(index) {
  let [x, y] = [0, 0];
  const found = arcs[index < 0 ? ~index : index].map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [x * transform.scale[0] + transform.translate[0], y * transform.scale[1] + transform.translate[1]];
  });
  return index < 0 ? found.reverse() : found;
}

/** A ring that goes on past the antimeridian instead of jumping; one around a pole is closed through it. */
function unrolled(ring) {
  const out = [];
  let turn = 0;
  for (const [x, y] of ring) {
    const before = out.at(-1);
    if (before && x + turn - before[0] > 180) turn -= 360;
    if (before && x + turn - before[0] < -180) turn += 360;
    out.push([x + turn, y]);
  }
  const [first, last] = [out[0], out.at(-1)];
  if (Math.abs(first[0] - last[0]) > 180) out.push([last[0], -90], [first[0], -90]);
  return out;
}

/** The part of a ring on one side of a meridian: Sutherland and Hodgman, 1974. */
function cut(ring, meridian, side) {
  const isIn = ([x]) => side * (x - meridian) <= 0;
  return ring.flatMap((to, i) => {
    const from = ring.at(i - 1);
    const out = [];
    if (isIn(from) !== isIn(to)) {
      const share = (meridian - from[0]) / (to[0] - from[0]);
      out.push([meridian, from[1] + share * (to[1] - from[1])]);
    }
    if (isIn(to)) out.push(to);
    return out;
  });
}

/** What of it lies on the sheet from 180 degrees west to 180 degrees east. */
function onSheet(ring) {
  const whole = unrolled(ring);
  return [-360, 0, 360]
    .map((by) =>
      cut(
        cut(
          whole.map(([x, y]) => [x + by, y]),
          180,
          1,
        ),
        -180,
        -1,
      ),
    )
    .filter((part) => part.length >= 3);
}

/** Steps in units, x and y one after another, without those that round to nothing. */
function steps(ring) {
  let [x, y] = [0, 0];
  const out = [];
  for (const [east, north] of ring) {
    const [dx, dy] = [Math.round(east / UNIT) - x, Math.round(north / UNIT) - y];
    if (out.length && dx === 0 && dy === 0) continue;
    out.push(dx, dy);
    x += dx;
    y += dy;
  }
  return out;
}

const arcsOf = objects.land.geometries.flatMap((one) => (one.type === 'Polygon' ? [one.arcs] : one.arcs)).flat();
const land = {
  source: 'Natural Earth 1:110m land, version 4.1.0, public domain; by world-atlas 2.0.2; see makeLand.mjs',
  unit: UNIT,
  rings: arcsOf
    .map((ring) => ring.flatMap((arc, i) => points(arc).slice(i ? 1 : 0)))
    .flatMap(onSheet)
    .map(steps)
    .filter((ring) => ring.length >= 8),
};
writeFileSync(new URL('src/render/backdrop/land.json', import.meta.url), `${JSON.stringify(land)}\n`);
