import { expect, test } from 'vitest';
import type { Axis } from '../../src/model/layout';
import { drawAxes, drawAxisNames } from '../../src/render/backdrop/axes';
import { EMPTY_METADATA, extent, isEmpty } from '../../src/render/backdrop/backdrop';
import { drawBoxNames } from '../../src/render/backdrop/boxes';
import land from '../../src/render/backdrop/land.json';
import { northing } from '../../src/render/backdrop/world';
import { Camera } from '../../src/render/camera';

const ring = (value: number, label: string): Axis => ({ kind: 'r', value, label, style: 'internal' });

function camera800x600(): Camera {
  const camera = new Camera();
  [camera.width, camera.height, camera.zoom] = [800, 600, 10];
  return camera;
}

/** A drawing context that records its calls; a letter is seven pixels wide. */
function recorder() {
  const calls: unknown[][] = [];
  const ctx = new Proxy(
    { measureText: (text: string) => ({ width: 7 * text.length }) },
    {
      get: (target, name) =>
        name === 'measureText' ? target.measureText : (...args: unknown[]) => void calls.push([name, ...args]),
    },
  );
  return {
    ctx: ctx as unknown as CanvasRenderingContext2D,
    callsOf: (name: string) => calls.filter(([called]) => called === name).map(([, ...args]) => args),
  };
}

test('a view of everything includes rings and boxes', () => {
  const metadata = { axes: [ring(5, 'a')], boxes: [{ x0: -9, y0: 0, x1: 2, y1: 3, label: 'b' }], outline: '' as const };
  const camera = camera800x600();
  camera.fit(new Float32Array([0, 0, 1, 1]), undefined, extent(metadata));
  expect(camera.toScreen(-9, 0)[0]).toBeGreaterThanOrEqual(0);
  expect(camera.toScreen(5, 0)[0]).toBeLessThanOrEqual(800);
  expect(camera.toScreen(0, -5)[1]).toBeLessThanOrEqual(600);
});

test('metadata is empty without axes, boxes and a map', () => {
  expect(isEmpty(EMPTY_METADATA)).toBe(true);
  expect(isEmpty({ ...EMPTY_METADATA, outline: 'world' })).toBe(false);
});

test('rings are circles about the origin', () => {
  const { ctx, callsOf } = recorder();
  drawAxes(ctx, [ring(3, 'a'), { ...ring(4, 'b'), style: 'space' }], camera800x600(), 'red');
  expect(callsOf('arc')).toEqual([[400, 300, 30, 0, 2 * Math.PI]]);
});

test('names that would overlap are left out, the outermost is drawn first', () => {
  const { ctx, callsOf } = recorder();
  const names = { text: 'black', plate: 'white' };
  drawAxisNames(ctx, [ring(3, 'three'), ring(9, 'nine'), ring(10, 'ten')], camera800x600(), names);
  expect(callsOf('fillText').map(([text]) => text)).toEqual(['ten', 'three']);
});

test('the name of a box is truncated to its width, or left out', () => {
  const { ctx, callsOf } = recorder();
  const boxes = [
    { x0: -30, y0: -20, x1: -20, y1: -5, label: 'a very long name of a group' },
    { x0: 0, y0: 0, x1: 3, y1: 3, label: 'tiny' },
  ];
  drawBoxNames(ctx, boxes, camera800x600(), { text: 'black', halo: 'white' });
  expect(callsOf('fillText').map(([text]) => text)).toEqual(['a very long…']);
});

test('the world is a square in Web Mercator', () => {
  expect(northing(0)).toBe(0);
  expect(northing(90)).toBeCloseTo(180, 9);
  expect(northing(45)).toBeCloseTo((Math.log(1 + Math.SQRT2) * 180) / Math.PI, 9);
});

test('no coastline crosses the map at the date line', () => {
  for (const steps of land.rings) {
    let [east, north] = [0, 0];
    for (let i = 0; i < steps.length; i += 2) {
      const isPole = north * land.unit < -84;
      [east, north] = [east + steps[i]!, north + steps[i + 1]!];
      if (i && !isPole) expect(Math.abs(steps[i]! * land.unit)).toBeLessThan(60);
      expect(Math.abs(east * land.unit)).toBeLessThanOrEqual(180);
    }
  }
});
