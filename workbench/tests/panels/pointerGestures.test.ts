import { beforeEach, expect, test } from 'vitest';
import { PointerGestures, type GestureHost, type Point } from '../../src/panels/canvas/pointerGestures';

let calls: unknown[][];
let hasNode: boolean;
let gestures: PointerGestures;

beforeEach(() => {
  calls = [];
  hasNode = false;
  const host = new Proxy({} as GestureHost, {
    get:
      (_, name: string) =>
      (...args: unknown[]) => {
        if (name === 'startDrag') return hasNode;
        calls.push([name, ...args]);
        return undefined;
      },
  });
  gestures = new PointerGestures(host);
});

const event = (changes: Partial<PointerEvent> = {}) =>
  ({
    pointerId: 1,
    button: 0,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    type: 'pointerup',
    ...changes,
  }) as PointerEvent;

function drag(from: Point, to: Point, changes: Partial<PointerEvent> = {}): void {
  gestures.down(event(changes), from);
  gestures.move(event(changes), to);
  gestures.up(event(changes), to);
}

test('a drag of the background pans, a drag of a node moves it', () => {
  drag([0, 0], [10, 5]);
  expect(calls).toEqual([['pan', 10, 5]]);
  calls = [];
  hasNode = true;
  drag([0, 0], [10, 5]);
  expect(calls).toEqual([['dragBy', 10, 5], ['endDrag']]);
});

test('a short way is a click', () => {
  drag([4, 4], [5, 5], { ctrlKey: true });
  expect(calls).toEqual([['click', [5, 5], true]]);
});

test('a drag with shift selects a box', () => {
  drag([0, 0], [10, 10], { shiftKey: true });
  expect(calls).toEqual([
    ['showBox', { x0: 0, y0: 0, x1: 0, y1: 0 }],
    ['showBox', { x0: 0, y0: 0, x1: 10, y1: 10 }],
    ['showBox', undefined],
    ['selectBox', { x0: 0, y0: 0, x1: 10, y1: 10 }, false],
  ]);
});

test('a second finger ends a drag, and pinches', () => {
  hasNode = true;
  gestures.down(event(), [0, 0]);
  gestures.down(event({ pointerId: 2 }), [10, 0]);
  gestures.move(event({ pointerId: 2 }), [20, 0]);
  expect(calls).toEqual([['cancelDrag'], ['zoomAt', [10, 0], 2], ['pan', 5, 0]]);
});

test('a gesture that the system cancels selects nothing', () => {
  hasNode = true;
  gestures.down(event(), [0, 0]);
  gestures.up(event({ type: 'pointercancel' }), [0, 0]);
  expect(calls).toEqual([['cancelDrag']]);
});
