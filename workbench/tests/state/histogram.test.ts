import { expect, test } from 'vitest';
import {
  brushByKey,
  createHistogram,
  describeBar,
  describeBrush,
  formatValue,
  isFiltered,
  withBrush,
  withHistogram,
  withoutBrushes,
  withoutHistogram,
  type Histogram,
} from '../../src/state/filters/histogram';

const arrays = { counts: new Uint32Array([1, 2, 1]), codes: new Uint8Array([0, 1, 1, 2]) };
const make = (column: string) =>
  createHistogram('node', column, { header: { kind: 'number', labels: [], edges: [0, 10, 20, 30] }, arrays });
const ages = make('age');
const names: Histogram = { ...make('name'), kind: 'category', labels: ['a', 'b', 'c'] };

test('at most eight histograms remain, the newest', () => {
  const histograms = 'abcdefghi'.split('').reduce<Histogram[]>((all, name) => withHistogram(all, make(name)), []);
  expect(histograms.map(({ column }) => column).join('')).toBe('bcdefghi');
  expect(
    withoutHistogram(histograms, histograms[0]!)
      .map(({ column }) => column)
      .join(''),
  ).toBe('cdefghi');
});

test('a brush replaces the one before, and leaves other histograms alone', () => {
  const histograms = withBrush([ages, names], ages, [0, 1]);
  expect(histograms.map(({ brush }) => brush)).toEqual([[0, 1], undefined]);
  expect(histograms[1]).toBe(names);
  expect(withBrush(histograms, ages, [0, 1])).toBe(histograms);
  expect(isFiltered(histograms)).toBe(true);
  expect(isFiltered(withoutBrushes(histograms))).toBe(false);
});

test('bars and brushes are described by their bounds or labels', () => {
  expect(describeBrush(ages)).toBe('');
  expect(describeBrush({ ...ages, brush: [1, 1] })).toBe('10 – 20');
  expect(describeBrush({ ...names, brush: [1, 1] })).toBe('b');
  expect(describeBrush({ ...names, brush: [0, 2] })).toBe('a … c');
  expect([describeBar(ages, 2), describeBar(names, 2)]).toEqual(['20 – 30', 'c']);
});

test('numbers are rounded, very large and very small ones are in powers of ten, times in UTC', () => {
  const numbers = [1.23456, 123456, 0.00012, 0].map((value) => formatValue('number', value));
  expect(numbers).toEqual(['1.235', '1.23e+5', '1.20e-4', '0']);
  expect(formatValue('time', 86_400)).toBe('1970-01-02 00:00');
});

test('keys set, move and extend a brush within the bars', () => {
  expect(brushByKey(undefined, 'ArrowRight', false, 5)).toEqual([0, 0]);
  expect(brushByKey([0, 1], 'ArrowRight', false, 5)).toEqual([1, 2]);
  expect(brushByKey([0, 1], 'ArrowRight', true, 5)).toEqual([0, 2]);
  expect(brushByKey([0, 0], 'ArrowLeft', false, 5)).toEqual([0, 0]);
  expect(brushByKey([2, 2], 'ArrowLeft', true, 5)).toEqual([2, 2]);
  expect(brushByKey([3, 4], 'ArrowRight', true, 5)).toEqual([3, 4]);
  expect(brushByKey([3, 4], 'Home', false, 5)).toEqual([0, 0]);
  expect(brushByKey(undefined, 'End', false, 5)).toEqual([4, 4]);
  expect(brushByKey([1, 2], 'x', false, 5)).toBeUndefined();
});
