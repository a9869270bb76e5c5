import { expect, test } from 'vitest';
import { Camera } from '../../src/render/camera';
import { nearestEdge } from '../../src/render/nearestEdge';
import { nearbyRows, rowsInBox } from '../../src/render/screenRows';

test('a click selects the nearest visible edge within a few pixels', () => {
  const camera = new Camera();
  Object.assign(camera, { width: 100, height: 100, zoom: 10 });
  const positions = new Float32Array([-4, 0, 4, 0, -4, 2, 4, 2]);
  const ends = new Uint32Array([0, 1, 2, 3]);
  const none = () => false;

  expect(nearestEdge(50, 52, ends, positions, camera, none)).toBe(0);
  expect(nearestEdge(50, 31, ends, positions, camera, none)).toBe(1);
  expect(nearestEdge(50, 41, ends, positions, camera, none)).toBeUndefined();
  expect(nearestEdge(50, 50, ends, positions, camera, (_edge, source) => source === 0)).toBeUndefined();
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

function cameraOf(width: number, height: number): Camera {
  const camera = new Camera();
  Object.assign(camera, { width, height });
  return camera;
}

test('after a narrow filter the view shows the rows that remain', () => {
  const count = 200_000;
  const positions = new Float32Array(2 * count).map((_, i) => i);
  const hidden = new Uint8Array(count).fill(1);
  // Rows that a sample of every tenth row leaves out.
  for (const row of [100_001, 100_003]) hidden[row] = 0;
  const camera = cameraOf(1000, 1000);
  camera.fit(positions, hidden);

  expect([camera.x, camera.y]).toEqual([200_004, 200_005]);
  expect(camera.isOnScreen(200_002, 200_003)).toBe(true);
  expect(camera.isOnScreen(0, 1)).toBe(false);
});

test('a view of nothing stays as it is', () => {
  const camera = cameraOf(100, 100);
  camera.fit(new Float32Array([1, 1]), new Uint8Array([1]));
  expect([camera.x, camera.y, camera.zoom]).toEqual([0, 0, 1]);
});

test('far outliers of a large graph are left out of the view', () => {
  const positions = new Float32Array(2 * 5000).map((_, i) => i % 100);
  positions[0] = 1e9;
  const camera = cameraOf(100, 100);
  camera.fit(positions);
  expect(camera.x).toBeLessThan(100);
});

test('distances of the screen become distances of the layout, whose y axis points up', () => {
  const camera = cameraOf(100, 100);
  camera.zoom = 4;
  expect(camera.toLayoutDistance(8, 8)).toEqual([2, -2]);
  camera.pan(8, 8);
  expect([camera.x, camera.y]).toEqual([-2, 2]);
});

test('a node that is focused is in the center, at least three times as large as in a view of everything', () => {
  const camera = cameraOf(100, 100);
  Object.assign(camera, { zoom: 2, fitZoom: 2 });
  camera.focus(7, 9);
  expect([camera.x, camera.y, camera.zoom]).toEqual([7, 9, 6]);
  camera.zoom = 50;
  camera.focus(0, 0);
  expect(camera.zoom).toBe(50);
});

test('a box selects visible nodes inside it, whatever corner it began at', () => {
  const camera = cameraOf(100, 100);
  const positions = new Float32Array([0, 0, 10, 10, 40, 40, 20, 20]);
  const isHidden = (row: number) => row === 3;
  expect(rowsInBox({ x0: 80, y0: 80, x1: 40, y1: 20 }, camera, positions, isHidden)).toEqual([0, 1]);
});

test('nodes on the screen are listed by size', () => {
  const camera = cameraOf(100, 100);
  const positions = new Float32Array([0, 0, 10, 10, 400, 400]);
  expect(nearbyRows(camera, positions, new Float32Array([1, 5, 9]))).toEqual([1, 0]);
});
