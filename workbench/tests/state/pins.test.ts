import { beforeEach, expect, test, vi } from 'vitest';
import type { Point } from '../../src/state/layout/nodePositions.svelte';
import { PositionTween } from '../../src/state/layout/positionTween';
import { Pins } from '../../src/state/pins/pins.svelte';

let isStored = true;
let selected: number[] = [];
let sent: unknown[] = [];
let tween: PositionTween;
let pins: Pins;

beforeEach(() => {
  [isStored, selected, sent] = [true, [], []];
  tween = new PositionTween(new Float32Array([0, 0, 1, 0, 2, 0]));
  pins = new Pins({
    isStored: () => isStored,
    selected: () => selected,
    positionOf: (row: number): Point => [tween.positions[2 * row]!, tween.positions[2 * row + 1]!],
    hold: (row, [x, y]) => tween.hold(row, x, y),
    setPosition: (row, [x, y]) => tween.setPosition(row, x, y),
    release: (row) => tween.release(row),
    flush: () => undefined,
    send: (...message) => sent.push(message),
  });
});

/** A frame of the server arrives, and its tween ends. */
function frame(...positions: number[]): void {
  vi.useFakeTimers();
  tween.moveTo(new Float32Array(positions));
  vi.advanceTimersByTime(1000);
  tween.step();
  vi.useRealTimers();
}

test('a dragged node stays where it was dropped, whatever the layout says', () => {
  pins.startDrag(1);
  pins.dragBy(3, 0);
  frame(9, 9, 9, 9, 9, 9);
  pins.dragBy(0, 4);
  expect(sent).toEqual([]);
  pins.endDrag();
  frame(8, 8, 8, 8, 8, 8);

  expect([...tween.positions]).toEqual([8, 8, 4, 4, 8, 8]);
  expect([...pins.byRow]).toEqual([[1, [4, 4]]]);
  expect(sent).toEqual([['pin', [1], [4, 4]]]);
});

test('a selection moves as one; a node outside it moves alone', () => {
  selected = [0, 2];
  pins.startDrag(2);
  pins.dragBy(0, 1);
  pins.endDrag();
  pins.startDrag(1);
  pins.dragBy(0, -1);
  pins.endDrag();

  expect([...tween.positions]).toEqual([0, 1, 1, -1, 2, 1]);
  expect(sent).toEqual([
    ['pin', [0, 2], [0, 1, 2, 1]],
    ['pin', [1], [1, -1]],
  ]);
});

test('a click moves nothing, and a cancelled drag changes nothing', () => {
  pins.startDrag(0);
  pins.endDrag();
  pins.startDrag(0);
  pins.dragBy(5, 5);
  pins.cancelDrag();
  pins.endDrag();

  expect([...tween.positions]).toEqual([0, 0, 1, 0, 2, 0]);
  expect([pins.byRow.size, sent]).toEqual([0, []]);
});

test('each move is undone and redone, with its pin', () => {
  pins.moveBy([0], 5, 0);
  pins.moveBy([0], 0, 5);
  pins.undo();
  pins.undo();
  pins.undo();
  expect([...tween.positions.slice(0, 2), pins.byRow.size]).toEqual([0, 0, 0]);
  frame(7, 7, 1, 0, 2, 0);
  expect([...tween.positions.slice(0, 2)]).toEqual([7, 7]);
  pins.redo();
  pins.redo();
  pins.redo();

  expect([...tween.positions.slice(0, 2)]).toEqual([5, 5]);
  expect(sent.slice(2)).toEqual([
    ['pin', [0], [5, 0]],
    ['unpin', [0], [0, 0]],
    ['pin', [0], [5, 0]],
    ['pin', [0], [5, 5]],
  ]);
});

test('all pins are removed at once, and restored at once', () => {
  pins.pin([0, 2]);
  pins.unpinAll();
  expect([pins.byRow.size, sent.at(-1)]).toEqual([0, ['unpin', [0, 2], [0, 0, 2, 0]]]);
  pins.undo();

  expect([...pins.byRow.keys()]).toEqual([0, 2]);
});

test("a viewer's pins stay in the page, beside the graph's own", () => {
  isStored = false;
  pins.moveBy([0], 5, 0);
  pins.onPins([1], [1, 1]);
  frame(9, 9, 9, 9, 9, 9);

  expect(sent).toEqual([]);
  expect([...tween.positions]).toEqual([5, 0, 1, 1, 9, 9]);
});

test('an older message of the server does not undo the last change', () => {
  pins.moveBy([0], 5, 0);
  pins.onPins([], []);
  expect([...pins.byRow]).toEqual([[0, [5, 0]]]);
  pins.onPins([0, 1], [5, 0, 3, 3]);
  expect([...pins.byRow.keys()]).toEqual([0, 1]);
  pins.onPins([1], [3, 3]);

  expect([...pins.byRow]).toEqual([[1, [3, 3]]]);
  expect([...tween.positions]).toEqual([5, 0, 3, 3, 2, 0]);
});

test('what the server refuses is undone', () => {
  pins.moveBy([0], 5, 0);
  pins.onRefused();
  pins.undo();

  expect([...tween.positions.slice(0, 2), pins.byRow.size]).toEqual([0, 0, 0]);
});
