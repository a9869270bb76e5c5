import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Glide } from '../src/state/glide';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Where one node that starts at 0 stands after each of the waits. */
function walk(glide: Glide, ...waits: number[]): number[] {
  return waits.map((ms) => {
    vi.advanceTimersByTime(ms);
    glide.step();
    return Math.round(glide.positions[0]);
  });
}

test('a first frame is reached in a quarter of a second', () => {
  const glide = new Glide(new Float32Array([0, 0]));
  glide.to(new Float32Array([100, 0]));

  expect(walk(glide, 0, 120, 60, 60)).toEqual([0, 50, 75, 100]);
  expect([glide.isMoving, glide.step()]).toEqual([false, false]);
});

test('a node arrives as the next frame does, however far they are apart', () => {
  for (const apart of [100, 400, 1000]) {
    const glide = new Glide(new Float32Array([0, 0]));
    glide.to(new Float32Array([0, 0]));
    walk(glide, apart);
    glide.to(new Float32Array([100, 0]));

    expect(walk(glide, apart / 2)).toEqual([50]);
    walk(glide, apart / 2);
    glide.to(new Float32Array([200, 0]));
    expect(walk(glide, apart / 2)).toEqual([150]);
  }
});

test('frames that come in a heap, or after a rest, do not make it jump or crawl', () => {
  const glide = new Glide(new Float32Array([0, 0]));
  glide.to(new Float32Array([50, 0]));
  glide.to(new Float32Array([100, 0]));
  expect(walk(glide, 40, 40)).toEqual([50, 100]);
  walk(glide, 60_000);
  glide.to(new Float32Array([0, 0]));

  expect(walk(glide, 120, 120)).toEqual([50, 0]);
});

test('the picture it began with stays what it was', () => {
  const first = new Float32Array([1, 2]);
  const glide = new Glide(first);
  glide.to(new Float32Array([9, 9]));
  walk(glide, 1000);

  expect([[...first], [...glide.positions]]).toEqual([
    [1, 2],
    [9, 9],
  ]);
});
