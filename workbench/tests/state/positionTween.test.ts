import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LAYOUT_CHANGE_MS, PositionTween } from '../../src/state/layout/positionTween';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The x of the first node after each of the waits. */
function walk(tween: PositionTween, ...waits: number[]): number[] {
  return waits.map((ms) => {
    vi.advanceTimersByTime(ms);
    tween.step();
    return Math.round(tween.positions[0]!);
  });
}

test('the first frame is reached in a quarter of a second', () => {
  const tween = new PositionTween(new Float32Array([0, 0]));
  tween.moveTo(new Float32Array([100, 0]));

  expect(walk(tween, 0, 120, 60, 60)).toEqual([0, 50, 75, 100]);
  expect([tween.isMoving, tween.step()]).toEqual([false, false]);
});

test('a node arrives when the next frame does, whatever the time between frames', () => {
  for (const apart of [100, 400, 1000]) {
    const tween = new PositionTween(new Float32Array([0, 0]));
    tween.moveTo(new Float32Array([0, 0]));
    walk(tween, apart);
    tween.moveTo(new Float32Array([100, 0]));

    expect(walk(tween, apart / 2)).toEqual([50]);
    walk(tween, apart / 2);
    tween.moveTo(new Float32Array([200, 0]));
    expect(walk(tween, apart / 2)).toEqual([150]);
  }
});

test('frames that come at once, or after a pause, make it neither jump nor crawl', () => {
  const tween = new PositionTween(new Float32Array([0, 0]));
  tween.moveTo(new Float32Array([50, 0]));
  tween.moveTo(new Float32Array([100, 0]));
  expect(walk(tween, 40, 40)).toEqual([50, 100]);
  walk(tween, 60_000);
  tween.moveTo(new Float32Array([0, 0]));

  expect(walk(tween, 120, 120)).toEqual([50, 0]);
});

test('the array it starts with is not changed', () => {
  const first = new Float32Array([1, 2]);
  const tween = new PositionTween(first);
  tween.moveTo(new Float32Array([9, 9]));
  walk(tween, 1000);

  expect([[...first], [...tween.positions]]).toEqual([
    [1, 2],
    [9, 9],
  ]);
});

test('another layout is reached in 700 ms, slowly at both ends and never beyond', () => {
  const tween = new PositionTween(new Float32Array([0, 0]));
  tween.moveTo(new Float32Array([1000, 0]), LAYOUT_CHANGE_MS);

  expect(walk(tween, 70, 280, 280, 70)).toEqual([28, 500, 972, 1000]);
});

test('a held node stays, and moves again with the next frame after it is released', () => {
  const tween = new PositionTween(new Float32Array([0, 0, 5, 5]));
  tween.hold(0, 3, 4);
  tween.moveTo(new Float32Array([100, 100, 6, 6]));
  walk(tween, 1000);
  expect([...tween.positions]).toEqual([3, 4, 6, 6]);

  tween.release(0);
  tween.moveTo(new Float32Array([100, 100, 6, 6]));
  walk(tween, 2000);
  expect([...tween.positions]).toEqual([100, 100, 6, 6]);
});
