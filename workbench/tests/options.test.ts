import { beforeAll, expect, test } from 'vitest';
import { readOptions } from '../src/state/options';

beforeAll(() => {
  Object.assign(globalThis, { CSS: { supports: (_: string, value: string) => value !== 'evil' } });
});

test('the address is read, unknown options are accepted', () => {
  const said = readOptions(
    new URLSearchParams('play=0&info=false&pointSize=2.5&edgeOpacity=7&lockedR=True&splashAfter=1&bg=evil'),
  );
  expect(said.play).toBe(0);
  expect(said.info).toBe(false);
  expect(said.pointSize).toBe(2.5);
  expect(said.edgeOpacity).toBe(1);
  expect(said.layout).toEqual({ lockedR: true });
  expect(said.bg).toBeUndefined();
});

test('the dataset has a say where the address has none', () => {
  const defaults = { play: 0, lockedR: true };
  expect(readOptions(new URLSearchParams(''), defaults).play).toBe(0);
  expect(readOptions(new URLSearchParams('play=5000'), defaults).play).toBe(5000);
});

test('a run is as long as the address says, without end, or none', () => {
  const play = (said: string) => readOptions(new URLSearchParams(`play=${said}`)).play;
  expect(['250', 'true', 'True', 'false', 'soon'].map(play)).toEqual([250, Infinity, Infinity, 0, undefined]);
});

test('a layout is asked for by its name, or by another that is in use', () => {
  const asked = (query: string) => readOptions(new URLSearchParams(query)).arrangement;
  expect([asked('layout=tree'), asked('layout=force_directed'), asked('layout='), asked('')]).toEqual([
    'tree',
    'force',
    undefined,
    undefined,
  ]);
});
