import { expect, test } from 'vitest';
import { changedColumns, colorsOf } from '../src/state/looks';
import type { GraphState } from '../src/wire/api';

const state = (columns: string[], metrics: Record<string, string>) =>
  ({
    columns: { node: columns.map((name) => ({ name })), edge: [] },
    metrics: Object.entries(metrics).map(([column, said]) => ({ column, state: said })),
  }) as unknown as GraphState;

test('columns that came anew, and that went away', () => {
  const former = state(['id', 'rank', 'old'], { rank: 'running', core: 'done' });
  const now = state(['id', 'rank', 'core'], { rank: 'done', core: 'done', next: 'queued' });
  expect(changedColumns(former, now)).toEqual({ again: new Set(['rank']), gone: new Set(['old']) });
});

test('opacity goes into the alpha, and the picture that came is left alone', () => {
  const arrays = { node_color: new Uint8Array([1, 2, 3, 255, 4, 5, 6, 255]), node_opacity: new Uint8Array([9, 8]) };
  expect([...colorsOf(arrays)]).toEqual([1, 2, 3, 9, 4, 5, 6, 8]);
  expect(arrays.node_color[3]).toBe(255);
});
