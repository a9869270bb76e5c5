import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HistogramBlock } from '../../src/model/histogram';
import type { ViewBlock } from '../../src/model/view';
import { applyFilters, excludedRows, remainingCounts, type Filter } from '../../src/state/filters/applyFilters';
import type { FilterPort } from '../../src/state/filters/filterClient';
import { FilterEngine, type FilterRequest, type FilterResponse } from '../../src/state/filters/filterEngine';
import { Filters } from '../../src/state/filters/filters.svelte';
import * as wire from '../../src/wire/graph';

const ages: Filter = { table: 'node', bars: 3, codes: new Uint8Array([0, 1, 1, 2, 255]), brush: [1, 1] };

test('a brush excludes rows of other bars and missing values', () => {
  expect([...excludedRows([ages], 'node', 5)]).toEqual([1, 0, 0, 1, 1]);
  expect([...excludedRows([ages], 'edge', 2)]).toEqual([0, 0]);
});

test('a row remains while every brush includes it', () => {
  const second: Filter = { ...ages, codes: new Uint8Array([0, 0, 1, 1, 1]) };
  expect([...excludedRows([ages, second], 'node', 5)]).toEqual([1, 1, 0, 1, 1]);
});

test('bars count the rows that remain', () => {
  expect([...remainingCounts(ages, new Uint8Array([1, 0, 1, 0, 0]))]).toEqual([0, 1, 1]);
});

test('excluded edges are hidden, and nodes that then have none', () => {
  const graph = { nodeCount: 3, ends: new Uint32Array([0, 1, 1, 2]), edgeRow: new Uint32Array([1, 0]) };

  expect(applyFilters(graph, new Uint8Array(3), new Uint8Array([1, 0]))).toEqual({
    hiddenNodes: new Uint8Array([0, 0, 1]),
    hiddenEdges: new Uint8Array([0, 1]),
    nodeCount: 2,
    edgeCount: 1,
  });
});

test('without a brush on edges no edge is hidden by itself', () => {
  const graph = { nodeCount: 3, ends: new Uint32Array([0, 1, 1, 2]), edgeRow: new Uint32Array([0, 1]) };

  expect(applyFilters(graph, new Uint8Array([1, 0, 0]), undefined)).toEqual({
    hiddenNodes: new Uint8Array([1, 0, 0]),
    hiddenEdges: undefined,
    nodeCount: 2,
    edgeCount: 1,
  });
});

function engine(): FilterEngine {
  const made = new FilterEngine();
  made.handle({ type: 'graph', nodeCount: 3, ends: new Uint32Array([0, 1, 1, 2]), edgeRow: new Uint32Array([0, 1]) });
  made.handle({ type: 'add', key: 'n', table: 'node', codes: new Uint8Array([0, 1, 2]), bars: 3 });
  made.handle({ type: 'add', key: 'e', table: 'edge', codes: new Uint8Array([0, 1]), bars: 2 });
  return made;
}

test('flags of edges are sent only when a brush on edges changed', () => {
  const filters = engine();
  const hiddenEdges = (brushes: Record<string, [number, number]>) =>
    filters.handle({ type: 'apply', sequence: 0, brushes })?.hiddenEdges;

  expect(hiddenEdges({ n: [0, 1] })).toBeUndefined();
  expect(hiddenEdges({ n: [0, 1], e: [1, 1] })).toEqual(new Uint8Array([1, 0]));
  expect(hiddenEdges({ n: [0, 2], e: [1, 1] })).toBeUndefined();
  expect(hiddenEdges({ n: [0, 2], e: [0, 1] })).toEqual(new Uint8Array([0, 0]));
  expect(hiddenEdges({})).toBeNull();
});

test('a result that was transferred away does not change the next one', () => {
  const filters = engine();
  const apply = () => filters.handle({ type: 'apply', sequence: 0, brushes: { n: [1, 2] } })!;
  structuredClone(null, { transfer: [apply().hiddenNodes.buffer] });

  expect([...apply().hiddenNodes]).toEqual([1, 0, 0]);
});

test('the histograms of nodes count what remains', () => {
  const response = engine().handle({ type: 'apply', sequence: 4, brushes: { e: [0, 0] } });
  expect(response).toMatchObject({
    sequence: 4,
    nodeCount: 2,
    edgeCount: 1,
    remaining: { n: new Uint32Array([1, 1, 0]) },
  });
});

/** The engine of the worker, which answers when it is told. */
class ManualPort implements FilterPort {
  onmessage: ((event: MessageEvent<FilterResponse>) => void) | null = null;
  readonly sent: FilterRequest[] = [];
  private readonly engine = new FilterEngine();
  private readonly responses: FilterResponse[] = [];

  postMessage(request: FilterRequest): void {
    this.sent.push(request);
    const response = this.engine.handle(structuredClone(request));
    if (response) this.responses.push(response);
  }

  get applied(): Record<string, unknown>[] {
    return this.sent.flatMap((request) => (request.type === 'apply' ? [request.brushes] : []));
  }

  answer(): void {
    const data = this.responses.shift();
    if (data) this.onmessage?.({ data } as MessageEvent<FilterResponse>);
  }
}

const block: HistogramBlock = {
  header: { kind: 'number', labels: [], edges: [0, 1, 2, 3] },
  arrays: { counts: new Uint32Array([1, 1, 1]), codes: new Uint8Array([0, 1, 2]) },
};
const view = {
  header: { node_count: 3, edge_count: 2 },
  arrays: { edge_ends: new Uint32Array([0, 1, 1, 2]), edge_row: new Uint32Array([0, 1]) },
} as ViewBlock;
let port: ManualPort;
let filters: Filters;

beforeEach(() => {
  vi.spyOn(wire, 'getHistogram').mockImplementation(() => Promise.resolve(block));
  port = new ManualPort();
  filters = new Filters('a1', () => port);
  filters.reset(view);
});
afterEach(() => void vi.restoreAllMocks());

test('a brush hides nodes once the worker has answered', async () => {
  await filters.addHistogram('node', 'age');
  port.answer();
  filters.setBrush(filters.histograms[0]!, [1, 2]);
  expect(filters.result.nodeCount).toBe(3);
  port.answer();

  expect(filters.result).toEqual({
    hiddenNodes: new Uint8Array([1, 0, 0]),
    hiddenEdges: undefined,
    nodeCount: 2,
    edgeCount: 1,
  });
  expect(Object.values(filters.remaining)).toEqual([new Uint32Array([0, 1, 1])]);
});

test('a brush of the same bars asks for nothing', async () => {
  await filters.addHistogram('node', 'age');
  const requests = () => port.sent.length;
  filters.setBrush(filters.histograms[0]!, [1, 2]);
  const before = requests();
  filters.setBrush(filters.histograms[0]!, [1, 2]);
  port.answer();
  port.answer();
  port.answer();

  expect(requests()).toBe(before + 1);
  expect(port.applied.length).toBe(2);
});

test('while the worker is busy the latest brush waits, and those between are dropped', async () => {
  await filters.addHistogram('node', 'age');
  port.answer();
  for (const last of [0, 1, 2]) filters.setBrush(filters.histograms[0]!, [0, last]);
  expect(port.applied.length).toBe(2);
  port.answer();
  port.answer();

  expect(port.applied.map((brushes) => Object.values(brushes))).toEqual([[], [[0, 0]], [[0, 2]]]);
  expect(filters.result.nodeCount).toBe(3);
});

test('node brushes leave the flags of edges the same array', async () => {
  await filters.addHistogram('edge', 'weight');
  filters.setBrush(filters.histograms[0]!, [1, 1]);
  port.answer();
  port.answer();
  const { hiddenEdges } = filters.result;
  await filters.addHistogram('node', 'age');
  filters.setBrush(filters.histograms[1]!, [0, 1]);
  port.answer();
  port.answer();

  expect(hiddenEdges).toEqual(new Uint8Array([1, 0]));
  expect(filters.result.hiddenEdges).toBe(hiddenEdges);
});

test('an answer about another graph is ignored', async () => {
  await filters.addHistogram('node', 'age');
  filters.setBrush(filters.histograms[0]!, [0, 0]);
  filters.reset(view);
  port.answer();
  port.answer();

  expect(filters.histograms).toEqual([]);
  expect(filters.result.nodeCount).toBe(3);
});

test('a histogram of a column with new values is loaded again, that of a removed one goes', async () => {
  await filters.addHistogram('node', 'rank');
  await filters.addHistogram('node', 'old');
  await filters.addHistogram('edge', 'rank');
  const keys = filters.histograms.map(({ key }) => key);
  await filters.onColumnsChanged({ updated: new Set(['rank']), removed: new Set(['old']) });

  expect(filters.histograms.map(({ table, column }) => [table, column])).toEqual([
    ['edge', 'rank'],
    ['node', 'rank'],
  ]);
  expect(keys).not.toContain(filters.histograms[1]!.key);
});
