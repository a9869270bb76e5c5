/** A quick drawing of a small graph: positions by springs and repulsion (Fruchterman and Reingold, 1991). */
const ROUNDS = 120;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/** x and y of each node, between 0 and 1; the same graph always gets the same drawing. */
export function sketchPositions(nodeCount: number, edges: readonly (readonly number[])[]): Float64Array {
  const positions = new Float64Array(2 * nodeCount);
  for (let node = 0; node < nodeCount; node++) {
    const radius = Math.sqrt((node + 0.5) / nodeCount);
    positions[2 * node] = radius * Math.cos(node * GOLDEN_ANGLE);
    positions[2 * node + 1] = radius * Math.sin(node * GOLDEN_ANGLE);
  }
  const spacing = Math.sqrt(Math.PI / Math.max(nodeCount, 1));
  const forces = new Float64Array(2 * nodeCount);
  for (let round = 0; round < ROUNDS; round++) {
    forces.fill(0);
    repel(positions, forces, spacing);
    for (const [a = 0, b = 0] of edges) attract(positions, forces, a, b, spacing);
    const maxStep = 0.2 * (1 - round / ROUNDS);
    for (let node = 0; node < nodeCount; node++) {
      const [x, y] = [2 * node, 2 * node + 1];
      // Gravity keeps components together.
      const fx = forces[x]! - positions[x]! * spacing;
      const fy = forces[y]! - positions[y]! * spacing;
      const length = Math.hypot(fx, fy) || 1;
      const step = Math.min(length, maxStep) / length;
      positions[x]! += fx * step;
      positions[y]! += fy * step;
    }
  }
  return normalized(positions);
}

function repel(positions: Float64Array, forces: Float64Array, spacing: number): void {
  for (let a = 0; a < positions.length; a += 2) {
    for (let b = a + 2; b < positions.length; b += 2) {
      const dx = positions[a]! - positions[b]!;
      const dy = positions[a + 1]! - positions[b + 1]!;
      const force = (spacing * spacing) / Math.max(dx * dx + dy * dy, 1e-6);
      forces[a]! += dx * force;
      forces[a + 1]! += dy * force;
      forces[b]! -= dx * force;
      forces[b + 1]! -= dy * force;
    }
  }
}

function attract(positions: Float64Array, forces: Float64Array, a: number, b: number, spacing: number): void {
  const dx = positions[2 * a]! - positions[2 * b]!;
  const dy = positions[2 * a + 1]! - positions[2 * b + 1]!;
  const force = Math.hypot(dx, dy) / spacing;
  forces[2 * a]! -= dx * force;
  forces[2 * a + 1]! -= dy * force;
  forces[2 * b]! += dx * force;
  forces[2 * b + 1]! += dy * force;
}

/** Into the unit square, by one scale for both axes, in its middle. */
function normalized(positions: Float64Array): Float64Array {
  const ranges = [0, 1].map((offset) => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = offset; i < positions.length; i += 2) {
      low = Math.min(low, positions[i]!);
      high = Math.max(high, positions[i]!);
    }
    return { middle: (low + high) / 2, span: high - low };
  });
  const span = Math.max(...ranges.map((range) => range.span));
  for (let i = 0; i < positions.length; i++) {
    positions[i] = span > 0 ? (positions[i]! - ranges[i % 2]!.middle) / span + 0.5 : 0.5;
  }
  return positions;
}
