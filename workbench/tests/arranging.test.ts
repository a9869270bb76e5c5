import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Arranging } from '../src/state/arranging.svelte';
import type { GraphState, LayoutState } from '../src/wire/api';
import * as api from '../src/wire/api';

const STILL: LayoutState = {
  name: 'force', options: {}, notes: [], revision: '', arranging: false, former: '', error: null,
  state: 'done', progress: 1, converged: true,
}; // prettier-ignore
let arranging: Arranging;

const say = (said: Partial<LayoutState>) => arranging.hear({ layout: { ...STILL, ...said } } as GraphState);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(api, 'arrange').mockResolvedValue(new Response());
  vi.spyOn(api, 'undoArranging').mockResolvedValue(new Response());
  vi.spyOn(api, 'getState').mockResolvedValue({} as GraphState);
  arranging = new Arranging('a1', () => undefined);
  say({});
});

afterEach(() => {
  arranging.stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('an arrangement is waited for until its revision is heard', async () => {
  await arranging.arrange('tree', { direction: 'up' });
  expect(api.arrange).toHaveBeenCalledWith('a1', 'tree', { direction: 'up' });
  say({});
  expect(arranging.isWaiting).toBe(true);
  say({ arranging: true, state: 'running' });
  expect(arranging.isWaiting).toBe(true);
  say({ name: 'tree', revision: 'r1', former: 'force' });
  expect([arranging.isWaiting, arranging.error, arranging.now?.name]).toEqual([false, '', 'tree']);
});

test('one that fails says why, once', async () => {
  say({ error: { job: 'old', message: 'of yesterday' } });
  expect(arranging.error).toBe('');
  await arranging.arrange('geographic', {});
  say({ arranging: true, state: 'queued' });
  say({ error: { job: 'new', message: 'no latitude' } });
  expect([arranging.isWaiting, arranging.error]).toEqual([false, 'no latitude']);
});

test('one that somebody stops is not waited for', async () => {
  await arranging.arrange('tree', {});
  say({ arranging: true, state: 'running' });
  say({});
  expect([arranging.isWaiting, arranging.error]).toEqual([false, '']);
});

test('a refusal is shown and nothing is waited for', async () => {
  vi.mocked(api.arrange).mockRejectedValue(new api.Refusal(400, 'Choose the column for this layout.'));
  await arranging.arrange('ring', {});
  expect([arranging.isWaiting, arranging.error]).toEqual([false, 'Choose the column for this layout.']);
});

test('without a socket it looks by itself until it has heard', async () => {
  await arranging.arrange('tree', {});
  await vi.advanceTimersByTimeAsync(2200);
  expect(api.getState).toHaveBeenCalledTimes(3);
  say({ revision: 'r1' });
  await vi.advanceTimersByTimeAsync(5000);
  expect(api.getState).toHaveBeenCalledTimes(3);
});

test('there is nothing to undo before anything was arranged', async () => {
  await arranging.undo();
  expect(api.undoArranging).not.toHaveBeenCalled();
  say({ name: 'tree', revision: 'r1', former: 'force' });
  await arranging.undo();
  expect(api.undoArranging).toHaveBeenCalledTimes(1);
  say({ name: 'force', revision: '', former: 'tree' });
  expect(arranging.isWaiting).toBe(false);
});
