import { expect, test } from 'vitest';
import { drawAxes, nameAxes, type DrawnAxis } from '../src/draw/axes';
import { extent, isEmpty, NO_SCENE } from '../src/draw/backdrop';
import { nameBoxes } from '../src/draw/boxes';
import { Camera } from '../src/draw/camera';
import land from '../src/draw/land.json';
import { northing } from '../src/draw/world';

const ring = (value: number, label: string): DrawnAxis => ({ kind: 'r', value, label, style: 'internal' });

function window(): Camera {
  const camera = new Camera();
  [camera.width, camera.height, camera.zoom] = [800, 600, 10];
  return camera;
}

/** A pen that remembers what it was told, seven pixels to a letter. */
function pen() {
  const told: unknown[][] = [];
  const says =
    (name: string) =>
    (...words: unknown[]) =>
      void told.push([name, ...words]);
  const named = Object.fromEntries(
    [
      'arc',
      'moveTo',
      'lineTo',
      'fillText',
      'strokeText',
      'beginPath',
      'stroke',
      'fill',
      'roundRect',
      'setLineDash',
    ].map((name) => [name, says(name)]),
  );
  const made = { ...named, measureText: (text: string) => ({ width: 7 * text.length }) };
  return {
    pen: made as unknown as CanvasRenderingContext2D,
    told: (name: string) => told.filter(([one]) => one === name).map(([, ...rest]) => rest),
  };
}

test('a view of everything holds the rings and the frames', () => {
  const scene = { axes: [ring(5, 'a')], boxes: [{ x0: -9, y0: 0, x1: 2, y1: 3, label: 'b' }], outline: '' as const };
  const camera = window();
  camera.fit(new Float32Array([0, 0, 1, 1]), () => true, extent(scene));
  expect(camera.toScreen(-9, 0)[0]).toBeGreaterThanOrEqual(0);
  expect(camera.toScreen(5, 0)[0]).toBeLessThanOrEqual(800);
  expect(camera.toScreen(0, -5)[1]).toBeLessThanOrEqual(600);
});

test('a scene is empty without axes, frames and a map', () => {
  expect(isEmpty(NO_SCENE)).toBe(true);
  expect(isEmpty({ ...NO_SCENE, outline: 'world' })).toBe(false);
});

test('rings are circles about the origin', () => {
  const { pen: hand, told } = pen();
  drawAxes(hand, [ring(3, 'a'), { ...ring(4, 'b'), style: 'space' }], window(), 'red');
  expect(told('arc')).toEqual([[400, 300, 30, 0, 2 * Math.PI]]);
});

test('names that would lie on one another are left out, the outermost first kept', () => {
  const { pen: hand, told } = pen();
  const names = { text: 'black', plate: 'white' };
  nameAxes(hand, [ring(3, 'three'), ring(9, 'nine'), ring(10, 'ten')], window(), names);
  expect(told('fillText').map(([text]) => text)).toEqual(['ten', 'three']);
});

test('a frame is named within its room, and one without room is not', () => {
  const { pen: hand, told } = pen();
  const boxes = [
    { x0: -30, y0: -20, x1: -20, y1: -5, label: 'a very long name of a group' },
    { x0: 0, y0: 0, x1: 3, y1: 3, label: 'tiny' },
  ];
  nameBoxes(hand, boxes, window(), { text: 'black', halo: 'white' });
  expect(told('fillText').map(([text]) => text)).toEqual(['a very long…']);
});

test('the world is a square, and places lie as the server puts them', () => {
  expect(northing(0)).toBe(0);
  expect(northing(90)).toBeCloseTo(180, 9);
  expect(northing(45)).toBeCloseTo((Math.log(1 + Math.SQRT2) * 180) / Math.PI, 9);
});

test('no shore runs across the sheet at the date line', () => {
  for (const steps of land.rings) {
    let [east, north] = [0, 0];
    for (let i = 0; i < steps.length; i += 2) {
      const isPole = north * land.unit < -84;
      [east, north] = [east + steps[i], north + steps[i + 1]];
      if (i && !isPole) expect(Math.abs(steps[i] * land.unit)).toBeLessThan(60);
      expect(Math.abs(east * land.unit)).toBeLessThanOrEqual(180);
    }
  }
});
