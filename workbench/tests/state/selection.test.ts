import { expect, test } from 'vitest';
import { HIDDEN, HOVERED, NEIGHBOR, PINNED, SELECTED } from '../../src/model/nodeFlags';
import type { ViewBlock } from '../../src/model/view';
import { Neighbors } from '../../src/state/selection/neighbors';
import { NodeFlags, type NodeFlagInput } from '../../src/state/selection/nodeFlags';
import { Selection, toggled, union } from '../../src/state/selection/selection.svelte';

/** 0 - 1 - 2, an edge from 1 to itself, and another from 0 to 1. */
const view = {
  header: { node_count: 4 },
  arrays: {
    edge_ends: new Uint32Array([0, 1, 1, 2, 1, 1, 0, 1]),
    edge_row: new Uint32Array([3, 2, 1, 0]),
  },
} as ViewBlock;

function selection(): Selection {
  const made = new Selection();
  made.reset(view);
  return made;
}

test('neighbors and edges are listed from both ends', () => {
  const neighbors = new Neighbors(3, new Uint32Array([0, 1, 1, 2]));
  expect([...neighbors.of(1)]).toEqual([0, 2]);
  expect([...neighbors.edgesOf(1)]).toEqual([0, 1]);
  expect([...neighbors.of(0)]).toEqual([1]);
});

test('each neighbor is listed once, the node itself not; edges by their rows in the table', () => {
  const selected = selection();
  expect(selected.neighborRows(1)).toEqual([0, 2]);
  expect(selected.degreeOf(0)).toBe(2);
  expect(selected.edgeRowsOf(0)).toEqual([3, 0]);
});

test('nodes are toggled and added without repeats', () => {
  expect([toggled([1, 2], 2), toggled([1], 2), union([1, 2], [2, 3])]).toEqual([[1], [1, 2], [1, 2, 3]]);
});

test('an edge takes the place of selected nodes, and they take its place', () => {
  const selected = selection();
  selected.select([0, 2]);
  selected.selectEdge(1);
  expect([selected.nodes, selected.edgeRow, selected.edgeEnds]).toEqual([[], 2, [1, 2]]);
  selected.toggle(0);
  expect([selected.nodes, selected.edgeRow, selected.edgeEnds]).toEqual([[0], undefined, []]);
});

test('labels are emphasized for what is selected and hovered, then for its neighbors', () => {
  const selected = selection();
  selected.select([0]);
  expect([selected.emphasized, selected.focusNeighbors]).toEqual([[0], [1, 1]]);
  selected.hovered = 2;
  expect([selected.emphasized, selected.focusNeighbors]).toEqual([[0, 2], [1]]);
});

test('another graph has no selection', () => {
  const selected = selection();
  selected.selectEdge(0);
  selected.hovered = 1;
  expect(selected.isFocused).toBe(true);
  selected.reset(view);
  expect([selected.isEmpty, selected.isFocused]).toEqual([true, false]);
});

const input: NodeFlagInput = {
  hidden: new Uint8Array([0, 0, 0, 1]),
  selected: [],
  hovered: undefined,
  edgeEnds: [],
  pinned: [],
  neighborsOf: (row) => (row === 0 ? [1] : []),
};

function flagsOf(change: Partial<NodeFlagInput>): number[] {
  const nodeFlags = new NodeFlags();
  nodeFlags.update({ ...input, ...change });
  return [...nodeFlags.flags];
}

test('a hovered node and its neighbors are marked, the rest is not', () => {
  expect(flagsOf({ hovered: 0 })).toEqual([HOVERED, NEIGHBOR, 0, HIDDEN]);
  expect(flagsOf({})).toEqual([0, 0, 0, HIDDEN]);
  expect(flagsOf({ edgeEnds: [1, 2] })).toEqual([0, SELECTED, SELECTED, HIDDEN]);
});

test('pinned nodes stay marked, whatever else they are', () => {
  const flags = flagsOf({ hovered: 0, pinned: [0, 1, 2, 3] });
  expect(flags).toEqual([HOVERED, NEIGHBOR, 0, HIDDEN].map((flag) => flag | PINNED));
});

test('pins of rows that the graph does not have are ignored', () => {
  expect(flagsOf({ pinned: [9] })).toEqual([0, 0, 0, HIDDEN]);
});

test('an update changes and names only the rows whose bits differ', () => {
  const nodeFlags = new NodeFlags();
  expect(nodeFlags.update(input)).toBeUndefined();
  const { flags } = nodeFlags;
  const changed = (change: Partial<NodeFlagInput>) => new Set(nodeFlags.update({ ...input, ...change }));
  expect(changed({ hovered: 0, pinned: [2] })).toEqual(new Set([0, 1, 2]));
  expect([...flags]).toEqual([HOVERED, NEIGHBOR, PINNED, HIDDEN]);
  expect(changed({ hovered: 1, pinned: [2] })).toEqual(new Set([0, 1]));
  expect([...flags]).toEqual([0, HOVERED, PINNED, HIDDEN]);
  expect(nodeFlags.update({ ...input, hovered: 1, pinned: [2] })).toEqual([]);
  expect(nodeFlags.update({ ...input, hidden: new Uint8Array([1, 0, 0, 0]), hovered: 1 })).toBeUndefined();
  expect([...nodeFlags.flags]).toEqual([HIDDEN, HOVERED, 0, 0]);
});
