import { expect, test } from 'vitest';
import { Camera } from '../src/draw/camera';
import { nearestEdge } from '../src/draw/hits';

test('a click finds the nearest visible edge within a few pixels', () => {
  const camera = new Camera();
  Object.assign(camera, { width: 100, height: 100, zoom: 10 });
  const positions = new Float32Array([-4, 0, 4, 0, -4, 2, 4, 2]);
  const ends = new Uint32Array([0, 1, 2, 3]);
  const all = () => false;

  expect(nearestEdge(50, 52, ends, positions, camera, all)).toBe(0);
  expect(nearestEdge(50, 31, ends, positions, camera, all)).toBe(1);
  expect(nearestEdge(50, 41, ends, positions, camera, all)).toBeUndefined();
  expect(nearestEdge(50, 50, ends, positions, camera, (row) => row === 0)).toBeUndefined();
});

test('zooming keeps the point under the pointer', () => {
  const camera = new Camera();
  Object.assign(camera, { width: 200, height: 100, zoom: 3, fitZoom: 3, x: 5, y: -2 });
  const before = camera.toLayout(30, 80);
  camera.zoomAt(30, 80, 1.7);
  const after = camera.toLayout(30, 80);

  expect(after[0]).toBeCloseTo(before[0], 6);
  expect(after[1]).toBeCloseTo(before[1], 6);
});
