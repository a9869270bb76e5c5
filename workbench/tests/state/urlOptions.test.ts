import { beforeAll, expect, test } from 'vitest';
import { readUrlOptions } from '../../src/state/session/urlOptions';

beforeAll(() => {
  Object.assign(globalThis, { CSS: { supports: (_: string, value: string) => value !== 'evil' } });
});

test('the address is read, unknown options are accepted', () => {
  const options = readUrlOptions(
    new URLSearchParams('play=0&info=false&pointSize=2.5&edgeOpacity=7&lockedR=True&splashAfter=1&bg=evil'),
  );
  expect(options.play).toBe(0);
  expect(options.info).toBe(false);
  expect(options.pointSize).toBe(2.5);
  expect(options.edgeOpacity).toBe(1);
  expect(options.layout).toEqual({ lockedR: true });
  expect(options.background).toBeUndefined();
});

test('defaults of the dataset apply where the address has no option', () => {
  const defaults = { play: 0, lockedR: true };
  expect(readUrlOptions(new URLSearchParams(''), defaults).play).toBe(0);
  expect(readUrlOptions(new URLSearchParams('play=5000'), defaults).play).toBe(5000);
});

test('a run takes the time of the address, no limit, or none', () => {
  const play = (options: string) => readUrlOptions(new URLSearchParams(`play=${options}`)).play;
  expect(['250', 'true', 'True', 'false', 'soon'].map(play)).toEqual([250, Infinity, Infinity, 0, undefined]);
});

test('a layout is requested by its name or by an alias', () => {
  const requested = (query: string) => readUrlOptions(new URLSearchParams(query)).requestedLayout;
  expect([requested('layout=tree'), requested('layout=force_directed'), requested('layout='), requested('')]).toEqual([
    'tree',
    'force',
    undefined,
    undefined,
  ]);
});
