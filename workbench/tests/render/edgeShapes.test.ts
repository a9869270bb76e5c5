import { expect, test } from 'vitest';
import type { ViewArrays } from '../../src/model/view';
import { edgeShapes } from '../../src/render/webgl/renderer';

test('curvature, width and opacity of edges become bytes, absent ones their defaults', () => {
  const arrays = { edge_curve: new Float32Array([-2, 2]), edge_opacity: new Uint8Array([10, 20]) };
  expect([...edgeShapes(arrays as ViewArrays, 2)]).toEqual([0, 16, 10, 255, 255, 16, 20, 255]);
});
