import { expect, test } from 'vitest';
import { axisLocks } from '../../src/state/layout/layoutRun.svelte';
import { areFar, NodePositions } from '../../src/state/layout/nodePositions.svelte';

test('small differences of positions are not far', () => {
  const positions = new Float32Array([100, 0, 0, 100]);
  expect(areFar(positions, new Float32Array([100.5, 0, 0, 100]))).toBe(false);
  expect(areFar(positions, new Float32Array([0, 100, 100, 0]))).toBe(true);
});

test('a run keeps nodes on the axes of their layout', () => {
  const axis = { value: 1, label: '', style: 'internal' as const };
  const axes = [
    { ...axis, kind: 'r' as const },
    { ...axis, kind: 'x' as const },
  ];
  expect(axisLocks({ axes, boxes: [], outline: '' })).toEqual({ lockedR: true, lockedX: true });
});

test('rows that were set are drawn together, and rows beyond the graph are ignored', () => {
  const positions = new NodePositions();
  const patches: number[][] = [];
  positions.listener = { onMoving: () => undefined, onPatched: (_, rows) => void patches.push([...rows]) };
  positions.reset(new Float32Array([0, 0, 1, 1]));
  positions.hold(0, [5, 6]);
  positions.setPosition(1, [7, 8]);
  positions.hold(2, [9, 9]);
  positions.flush();
  positions.flush();

  expect([...positions.current]).toEqual([5, 6, 7, 8]);
  expect(patches).toEqual([[0, 1], []]);
});
