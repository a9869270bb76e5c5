import { expect, test } from 'vitest';
import { EMPTY_FORM, reductionOf } from '../../../src/state/connectors/reduction';

const columns = [
  { name: 'source', type: 'string' },
  { name: 'destination', type: 'string' },
  { name: 'size', type: 'int64' },
  { name: 'seen', type: 'timestamp[us, tz=UTC]' },
];
const ends = { ...EMPTY_FORM, source: 'source', destination: 'destination' };

test('nothing is fetched anew before two ends or a condition are chosen', () => {
  expect(reductionOf(EMPTY_FORM, columns)).toBeUndefined();
  expect(reductionOf({ ...EMPTY_FORM, source: 'source' }, columns)).toBeUndefined();
  expect(reductionOf({ ...ends, destination: 'source' }, columns)).toBeUndefined();
});

test('one edge per pair is a group of both ends with a sum', () => {
  expect(reductionOf({ ...ends, sum: 'size' }, columns)).toEqual({
    group_by: ['source', 'destination'],
    sums: ['size'],
    filters: [],
  });
  expect(reductionOf({ ...ends, isPerPair: false }, columns)).toEqual({
    columns: ['source', 'destination'],
    filters: [],
  });
});

test('a value has the kind of its column', () => {
  const filter = (column: string, operator: string, value: string) =>
    reductionOf({ ...EMPTY_FORM, column, operator, value }, columns)?.filters?.[0];

  expect(filter('size', '>=', '100')).toEqual({ column: 'size', operator: '>=', value: 100 });
  expect(filter('source', '=', '100')).toEqual({ column: 'source', operator: '=', value: '100' });
  expect(filter('seen', '<', '2026-11-29')).toEqual({
    column: 'seen',
    operator: '<',
    value: { time: '2026-11-29' },
  });
  expect(filter('source', 'is empty', 'x')).toEqual({ column: 'source', operator: 'is empty' });
});
