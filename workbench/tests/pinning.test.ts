import { beforeEach, expect, test, vi } from 'vitest';
import { Glide } from '../src/state/glide';
import { Pinning, type Point } from '../src/state/pinning.svelte';

let isKept = true;
let selected: number[] = [];
let sent: unknown[] = [];
let glide: Glide;
let pinning: Pinning;

beforeEach(() => {
  [isKept, selected, sent] = [true, [], []];
  glide = new Glide(new Float32Array([0, 0, 1, 0, 2, 0]));
  pinning = new Pinning({
    isKept: () => isKept,
    selected: () => selected,
    where: (row: number): Point => [glide.positions[2 * row], glide.positions[2 * row + 1]],
    hold: (row, [x, y]) => glide.hold(row, x, y),
    put: (row, [x, y]) => glide.put(row, x, y),
    release: (row) => glide.release(row),
    changed: () => undefined,
    send: (...said) => sent.push(said),
  });
});

/** A frame of the server has come, and its way is over. */
function frame(...positions: number[]): void {
  vi.useFakeTimers();
  glide.to(new Float32Array(positions));
  vi.advanceTimersByTime(1000);
  glide.step();
  vi.useRealTimers();
}

test('a node that is dragged stays where it was dropped, whatever the layout says', () => {
  pinning.grab(1);
  pinning.dragBy(3, 0);
  frame(9, 9, 9, 9, 9, 9);
  pinning.dragBy(0, 4);
  expect(sent).toEqual([]);
  pinning.drop();
  frame(8, 8, 8, 8, 8, 8);

  expect([...glide.positions]).toEqual([8, 8, 4, 4, 8, 8]);
  expect([...pinning.pins]).toEqual([[1, [4, 4]]]);
  expect(sent).toEqual([['pin', [1], [4, 4]]]);
});

test('a selection moves as one; a node outside it moves alone', () => {
  selected = [0, 2];
  pinning.grab(2);
  pinning.dragBy(0, 1);
  pinning.drop();
  pinning.grab(1);
  pinning.dragBy(0, -1);
  pinning.drop();

  expect([...glide.positions]).toEqual([0, 1, 1, -1, 2, 1]);
  expect(sent).toEqual([
    ['pin', [0, 2], [0, 1, 2, 1]],
    ['pin', [1], [1, -1]],
  ]);
});

test('a click moves nothing, and a drag that is called off is nothing', () => {
  pinning.grab(0);
  pinning.drop();
  pinning.grab(0);
  pinning.dragBy(5, 5);
  pinning.cancel();
  pinning.drop();

  expect([...glide.positions]).toEqual([0, 0, 1, 0, 2, 0]);
  expect([pinning.pins.size, sent]).toEqual([0, []]);
});

test('each move is taken back and done again, with its pin', () => {
  pinning.moveBy([0], 5, 0);
  pinning.moveBy([0], 0, 5);
  pinning.undo();
  pinning.undo();
  pinning.undo();
  expect([...glide.positions.slice(0, 2), pinning.pins.size]).toEqual([0, 0, 0]);
  frame(7, 7, 1, 0, 2, 0);
  expect([...glide.positions.slice(0, 2)]).toEqual([7, 7]);
  pinning.redo();
  pinning.redo();
  pinning.redo();

  expect([...glide.positions.slice(0, 2)]).toEqual([5, 5]);
  expect(sent.slice(2)).toEqual([
    ['pin', [0], [5, 0]],
    ['unpin', [0], [0, 0]],
    ['pin', [0], [5, 0]],
    ['pin', [0], [5, 5]],
  ]);
});

test('all are let go at once, and come back at once', () => {
  pinning.pin([0, 2]);
  pinning.unpinAll();
  expect([pinning.pins.size, sent.at(-1)]).toEqual([0, ['unpin', [0, 2], [0, 0, 2, 0]]]);
  pinning.undo();

  expect([...pinning.pins.keys()]).toEqual([0, 2]);
});

test("who may only look keeps pins in the page, beside the graph's own", () => {
  isKept = false;
  pinning.moveBy([0], 5, 0);
  pinning.hear([1], [1, 1]);
  frame(9, 9, 9, 9, 9, 9);

  expect(sent).toEqual([]);
  expect([...glide.positions]).toEqual([5, 0, 1, 1, 9, 9]);
});

test('an older word of the server does not undo what was just done', () => {
  pinning.moveBy([0], 5, 0);
  pinning.hear([], []);
  expect([...pinning.pins]).toEqual([[0, [5, 0]]]);
  pinning.hear([0, 1], [5, 0, 3, 3]);
  expect([...pinning.pins.keys()]).toEqual([0, 1]);
  pinning.hear([1], [3, 3]);

  expect([...pinning.pins]).toEqual([[1, [3, 3]]]);
  expect([...glide.positions]).toEqual([5, 0, 3, 3, 2, 0]);
});

test('what the server refuses goes back', () => {
  pinning.moveBy([0], 5, 0);
  pinning.refused();
  pinning.undo();

  expect([...glide.positions.slice(0, 2), pinning.pins.size]).toEqual([0, 0, 0]);
});
