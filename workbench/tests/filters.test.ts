import { expect, test } from 'vitest';
import { DIMMED, HIDDEN, HOVERED, NEIGHBOUR, PINNED, SELECTED } from '../src/draw/shaders';
import { countsOf, describeBrush, keep, leftOut, type Histogram } from '../src/state/filters';
import { mark } from '../src/state/flags';
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

test('brushed edges go, and nodes that then have none', () => {
  const ends = new Uint32Array([0, 1, 1, 2]);
  const brushed: Histogram = { ...ages, table: 'edge', codes: new Uint8Array([0, 1]), brush: [1, 1] };
  const kept = keep([brushed], 3, ends, new Uint32Array([1, 0]));

  expect([...kept.hiddenNodes]).toEqual([0, 0, 1]);
  expect([...kept.hiddenEdges!]).toEqual([0, 1]);
  expect([kept.nodes, kept.edges]).toEqual([2, 1]);
  expect(keep([], 3, ends, new Uint32Array([1, 0])).hiddenEdges).toBeUndefined();
});

test('a hovered node is bright, its neighbours shown, the rest dimmed', () => {
  const flags = new Uint8Array(4);
  const around = (row: number) => (row === 0 ? [1] : []);
  const marks = { hidden: new Uint8Array([0, 0, 0, 1]), selected: [], edgeEnds: [], pinned: [], around };
  mark(flags, { ...marks, hovered: 0 });
  expect([...flags]).toEqual([HOVERED, NEIGHBOUR, DIMMED, HIDDEN]);
  mark(flags, { ...marks, hovered: undefined });
  expect([...flags]).toEqual([0, 0, 0, HIDDEN]);
  mark(flags, { ...marks, hovered: undefined, edgeEnds: [1, 2] });
  expect([...flags]).toEqual([DIMMED, SELECTED, SELECTED, HIDDEN]);
});

test('what is pinned stays marked, whatever else a node is', () => {
  const flags = new Uint8Array(4);
  const marks = { hidden: new Uint8Array([0, 0, 0, 1]), edgeEnds: [], around: () => [1] };
  mark(flags, { ...marks, selected: [], hovered: 0, pinned: [0, 1, 2, 3] });
  expect([...flags]).toEqual([HOVERED, NEIGHBOUR, DIMMED, HIDDEN].map((one) => one | PINNED));
});
