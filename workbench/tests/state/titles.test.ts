import { beforeEach, expect, test, vi } from 'vitest';
import { Titles } from '../../src/state/labels/titles.svelte';

let requests: number[][];
let respond: (titles: Record<string, string>) => void;
let fail: (error: Error) => void;
let titles: Titles;

beforeEach(() => {
  requests = [];
  const load = (rows: number[]) => {
    requests.push(rows);
    return new Promise<Record<string, string>>((resolve, reject) => ([respond, fail] = [resolve, reject]));
  };
  titles = new Titles(load, [5, 6], ['five', 'six']);
});

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

test('titles that came with the graph are not requested', async () => {
  expect(await titles.ofAll([6, 5])).toEqual(['six', 'five']);
  expect(requests).toEqual([]);
});

test('a title that is being loaded is waited for, and requested once', async () => {
  const first = titles.of(1);
  await turn();
  const second = titles.of(1);
  await turn();
  respond({ 1: 'one' });

  expect(await Promise.all([first, second])).toEqual(['one', 'one']);
  expect(requests).toEqual([[1]]);
});

test('a request that failed rejects, and is sent again', async () => {
  const failing = titles.of(1);
  await turn();
  fail(new Error('no answer'));
  await expect(failing).rejects.toThrow('no answer');
  const again = titles.of(1);
  await turn();
  respond({ 1: 'one' });

  expect(await again).toBe('one');
});

test('titles that are needed in one turn share a request', async () => {
  const each = Promise.all([1, 2, 3].map((row) => titles.of(row)));
  await turn();
  respond({ 1: 'one', 3: 'three' });

  expect(await each).toEqual(['one', '', 'three']);
  expect(requests).toEqual([[1, 2, 3]]);
});

test('a request takes at most 200 rows', async () => {
  void titles.prefetch(Array.from({ length: 450 }, (_, row) => 100 + row));
  await turn();

  expect(requests.map((rows) => rows.length)).toEqual([200, 200, 50]);
});

test('labels ask again only some seconds after a failure', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(10_000);
  const failing = titles.prefetch([1]);
  await turn();
  fail(new Error('no answer'));
  await failing;
  await titles.prefetch([1]);
  expect(requests).toEqual([[1]]);
  now.mockReturnValue(16_000);
  void titles.prefetch([1]);
  await turn();

  expect(requests).toEqual([[1], [1]]);
  now.mockRestore();
});
