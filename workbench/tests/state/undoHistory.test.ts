import { expect, test } from 'vitest';
import { UndoHistory, type Change } from '../../src/state/pins/undoHistory';

const move = (from: number, to: number): Change => ({
  before: [{ row: 0, x: from, y: 0, isPinned: false }],
  after: [{ row: 0, x: to, y: 0, isPinned: true }],
});
const x = (positions: Change['before'] | undefined) => positions?.[0]?.x;

test('changes are undone and redone in order, and no further', () => {
  const history = new UndoHistory();
  history.add(move(0, 1));
  history.add(move(1, 2));

  expect([x(history.undo()), x(history.undo()), x(history.undo())]).toEqual([1, 0, undefined]);
  expect([x(history.redo()), x(history.redo()), x(history.redo())]).toEqual([1, 2, undefined]);
});

test('a new change ends what could be redone', () => {
  const history = new UndoHistory();
  history.add(move(0, 1));
  history.undo();
  history.add(move(0, 9));

  expect([x(history.redo()), x(history.undo())]).toEqual([undefined, 0]);
});

test('a refused change is gone for good', () => {
  const history = new UndoHistory();
  history.add(move(0, 1));

  expect([x(history.removeLast()), x(history.redo()), x(history.undo())]).toEqual([0, undefined, undefined]);
});

test('the last hundred changes are remembered', () => {
  const history = new UndoHistory();
  for (let i = 0; i < 150; i++) history.add(move(i, i + 1));
  let count = 0;
  while (history.undo()) count++;

  expect(count).toBe(100);
  history.clear();
  expect(history.redo()).toBeUndefined();
});
