import { expect, test } from 'vitest';
import { countsOf, describeBrush, leftOut, type Histogram } from '../src/state/filters';
import { Neighbours } from '../src/state/neighbours';

const ages: Histogram = {
  table: 'node',
  column: 'age',
  kind: 'number',
  labels: [],
  edges: [0, 10, 20, 30],
  counts: new Uint32Array([1, 2, 1]),
  codes: new Uint8Array([0, 1, 1, 2, 255]),
  brush: [1, 1],
};

test('a brush leaves out other bars and missing values', () => {
  expect([...leftOut([ages], 'node', 5)]).toEqual([1, 0, 0, 1, 1]);
  expect([...leftOut([ages], 'edge', 2)]).toEqual([0, 0]);
  expect(describeBrush(ages)).toBe('10 – 20');
});

test('bars count the rows that stay', () => {
  expect([...countsOf(ages, new Uint8Array([1, 0, 1, 0, 0]))]).toEqual([0, 1, 1]);
});

test('neighbours and their edges are found from both ends', () => {
  const found = new Neighbours(3, new Uint32Array([0, 1, 1, 2]));
  expect([...found.of(1)]).toEqual([0, 2]);
  expect([...found.edgesOf(1)]).toEqual([0, 1]);
  expect([...found.of(0)]).toEqual([1]);
});
