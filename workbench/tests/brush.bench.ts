/** What a step of a brush costs the worker on a million edges: `npm run bench`. */
import { bench, describe } from 'vitest';
import { FilterEngine } from '../src/state/filters/filterEngine';

const NODES = 250_000;
const EDGES = 1_000_000;
const BARS = 50;

// A fixed generator, so that runs compare.
let seed = 1;
const random = (below: number) => (seed = (seed * 16807) % 2147483647) % below;

const engine = new FilterEngine();
engine.handle({
  type: 'graph',
  nodeCount: NODES,
  ends: Uint32Array.from({ length: 2 * EDGES }, () => random(NODES)),
  edgeRow: Uint32Array.from({ length: EDGES }, (_, edge) => edge),
});
const codes = (count: number) => Uint8Array.from({ length: count }, () => random(BARS));
engine.handle({ type: 'add', key: 'n', table: 'node', codes: codes(NODES), bars: BARS });
engine.handle({ type: 'add', key: 'e', table: 'edge', codes: codes(EDGES), bars: BARS });
let step = 0;
const next = (): [number, number] => [5, 10 + (step++ % 30)];

describe('a step of a brush on 1,000,000 edges', () => {
  bench('on nodes', () => void engine.handle({ type: 'apply', sequence: 0, brushes: { n: next() } }));
  bench('on edges', () => void engine.handle({ type: 'apply', sequence: 0, brushes: { e: next() } }));
});
