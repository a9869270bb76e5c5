import { expect, test } from 'vitest';
import { automaticEdgeOpacity, renderStyle } from '../../src/state/style/renderStyle';

const options = { background: undefined, pointOpacity: 1, edgeCurvature: 1 };
const choices = { pointSize: 2, edgeOpacity: undefined, showsEdges: true, showsArrows: true };

test('the more edges there are, the fainter is each, within bounds', () => {
  const opacities = [0, 1000, 1e8].map((count) => Number(automaticEdgeOpacity(count, 'dark').toFixed(3)));
  expect(opacities).toEqual([0.5, 0.411, 0.045]);
  expect(automaticEdgeOpacity(0, 'light')).toBe(0.6);
});

test("a person's choice wins over the automatic opacity, and hidden edges over both", () => {
  expect(renderStyle(choices, options, 0, 'dark')).toEqual({
    background: undefined,
    pointScale: 2,
    pointOpacity: 1,
    edgeOpacity: 0.5,
    edgeBend: 0.3,
    showsArrows: true,
  });
  expect(renderStyle({ ...choices, edgeOpacity: 0.2 }, options, 0, 'dark').edgeOpacity).toBe(0.2);
  expect(renderStyle({ ...choices, edgeOpacity: 0.2, showsEdges: false }, options, 0, 'dark').edgeOpacity).toBe(0);
});
