import { expect, test } from 'vitest';
import type { GraphState, LayoutState } from '../../src/model/api.gen';
import { nodeColors } from '../../src/state/session/nodeColors';
import { changedColumns, pageTitle, phaseOf, withProgress, withRunDone } from '../../src/state/session/producers';

const state = (columns: string[], metrics: Record<string, string>) =>
  ({
    columns: { node: columns.map((name) => ({ name })), edge: [] },
    metrics: Object.entries(metrics).map(([column, status]) => ({ column, state: status })),
  }) as unknown as GraphState;
const layout = (name: LayoutState['state']) => ({ state: name }) as LayoutState;

test('columns with new values, and removed ones', () => {
  const previous = state(['id', 'rank', 'old'], { rank: 'running', core: 'done' });
  const current = state(['id', 'rank', 'core'], { rank: 'done', core: 'done', next: 'queued' });
  expect(changedColumns(previous, current)).toEqual({ updated: new Set(['rank']), removed: new Set(['old']) });
});

test('the page is converged once no layout runs and no node moves', () => {
  expect(phaseOf('loading', undefined, true)).toBe('loading');
  expect(phaseOf('error', layout('running'), true)).toBe('error');
  expect(phaseOf('ready', layout('running'), false)).toBe('drawn');
  expect(phaseOf('ready', layout('queued'), false)).toBe('drawn');
  expect(phaseOf('ready', layout('done'), true)).toBe('drawn');
  expect(phaseOf('ready', layout('paused'), false)).toBe('converged');
});

test("the window's title is the address's, else the dataset's, else the graph's name", () => {
  const named = (metadata: unknown) => ({ name: 'flows', metadata }) as GraphState;
  expect(pageTitle(named({ page: { title: 'Of {{ name }}' } }), undefined)).toBe('Of flows');
  expect(pageTitle(named({ page: { title: 'Of {{ name }}' } }), 'Mine')).toBe('Mine');
  expect([pageTitle(named({}), undefined), pageTitle(named([]), undefined)]).toEqual(['flows', 'flows']);
  expect(pageTitle({ name: '', metadata: {} } as GraphState, undefined)).toBe('Graph');
});

test('progress changes a part of a state, and the last frame ends the run', () => {
  const before = { name: 'a', progress: 0, message: '', layout: layout('running') } as GraphState;
  const during = withProgress(before, { progress: 0.5, message: 'half', layout: layout('running') });
  expect(during).toEqual({ name: 'a', progress: 0.5, message: 'half', layout: layout('running') });
  expect(withRunDone(during).layout).toEqual({ state: 'done', progress: 1, converged: true });
  expect(before.progress).toBe(0);
});

test('opacity goes into the alpha of a copy', () => {
  const arrays = { node_color: new Uint8Array([1, 2, 3, 255, 4, 5, 6, 255]), node_opacity: new Uint8Array([9, 8]) };
  expect([...nodeColors(arrays)]).toEqual([1, 2, 3, 9, 4, 5, 6, 8]);
  expect(arrays.node_color[3]).toBe(255);
});
