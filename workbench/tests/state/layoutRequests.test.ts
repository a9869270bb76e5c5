import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { GraphState, LayoutState } from '../../src/model/api.gen';
import { LayoutRequests } from '../../src/state/layout/layoutRequests.svelte';
import * as graphWire from '../../src/wire/graph';
import * as wire from '../../src/wire/layouts';
import { RequestError } from '../../src/wire/request';

const IDLE: LayoutState = {
  name: 'force', options: {}, notes: [], revision: '', arranging: false, former: '', error: null,
  state: 'done', progress: 1, converged: true,
}; // prettier-ignore
let requests: LayoutRequests;

const receive = (changed: Partial<LayoutState>) => requests.onState({ layout: { ...IDLE, ...changed } } as GraphState);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(wire, 'applyLayout').mockResolvedValue(new Response());
  vi.spyOn(wire, 'undoLayout').mockResolvedValue(new Response());
  vi.spyOn(graphWire, 'getState').mockResolvedValue({} as GraphState);
  requests = new LayoutRequests('a1', () => undefined);
  receive({});
});

afterEach(() => {
  requests.stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('a layout is waited for until its revision arrives', async () => {
  await requests.apply('tree', { direction: 'up' });
  expect(wire.applyLayout).toHaveBeenCalledWith('a1', 'tree', { direction: 'up' });
  receive({});
  expect(requests.isWaiting).toBe(true);
  receive({ arranging: true, state: 'running' });
  expect(requests.isWaiting).toBe(true);
  receive({ name: 'tree', revision: 'r1', former: 'force' });
  expect([requests.isWaiting, requests.error, requests.current?.name]).toEqual([false, '', 'tree']);
});

test('a layout that fails reports why, once', async () => {
  receive({ error: { job: 'old', message: 'of yesterday' } });
  expect(requests.error).toBe('');
  await requests.apply('geographic', {});
  receive({ arranging: true, state: 'queued' });
  receive({ error: { job: 'new', message: 'no latitude' } });
  expect([requests.isWaiting, requests.error]).toEqual([false, 'no latitude']);
});

test('a layout that somebody stops is not waited for', async () => {
  await requests.apply('tree', {});
  receive({ arranging: true, state: 'running' });
  receive({});
  expect([requests.isWaiting, requests.error]).toEqual([false, '']);
});

test('a refusal is shown and nothing is waited for', async () => {
  vi.mocked(wire.applyLayout).mockRejectedValue(new RequestError(400, 'Choose the column for this layout.'));
  await requests.apply('ring', {});
  expect([requests.isWaiting, requests.error]).toEqual([false, 'Choose the column for this layout.']);
});

test('without a socket the state is polled until the result arrives', async () => {
  await requests.apply('tree', {});
  await vi.advanceTimersByTimeAsync(2200);
  expect(graphWire.getState).toHaveBeenCalledTimes(3);
  receive({ revision: 'r1' });
  await vi.advanceTimersByTimeAsync(5000);
  expect(graphWire.getState).toHaveBeenCalledTimes(3);
});

test('there is nothing to undo before a layout was applied', async () => {
  await requests.undo();
  expect(wire.undoLayout).not.toHaveBeenCalled();
  receive({ name: 'tree', revision: 'r1', former: 'force' });
  await requests.undo();
  expect(wire.undoLayout).toHaveBeenCalledTimes(1);
  receive({ name: 'force', revision: '', former: 'tree' });
  expect(requests.isWaiting).toBe(false);
});
