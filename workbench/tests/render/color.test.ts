import { expect, test } from 'vitest';
import { cssColor, parseHex } from '../../src/render/color';

test('a hexadecimal color is red, green and blue from 0 to 1', () => {
  expect(parseHex('#ff0033')).toEqual([1, 0, 0.2]);
});

test('anything else is black', () => {
  expect([parseHex('rgba(1, 2, 3, 0.5)'), parseHex(''), parseHex('#12')]).toEqual([
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test('a color is written as CSS with its opacity', () => {
  expect(cssColor([1, 0, 0.2])).toBe('rgb(255 0 51 / 1)');
  expect(cssColor([0, 0, 0], 0.85)).toBe('rgb(0 0 0 / 0.85)');
});
