/** Neighbors and edges of each node, as compressed sparse rows (CSR). */
export class Neighbors {
  private readonly indptr: Uint32Array;
  private readonly nodes: Uint32Array;
  private readonly edges: Uint32Array;

  /** `ends` holds source and destination row of each edge. */
  constructor(nodeCount: number, ends: Uint32Array) {
    const edgeCount = ends.length / 2;
    this.indptr = new Uint32Array(nodeCount + 1);
    for (const row of ends) this.indptr[row + 1]!++;
    for (let row = 0; row < nodeCount; row++) this.indptr[row + 1]! += this.indptr[row]!;
    const next = this.indptr.slice(0, nodeCount);
    this.nodes = new Uint32Array(2 * edgeCount);
    this.edges = new Uint32Array(2 * edgeCount);
    const add = (row: number, other: number, edge: number) => {
      const index = next[row]!++;
      this.nodes[index] = other;
      this.edges[index] = edge;
    };
    for (let edge = 0; edge < edgeCount; edge++) {
      const [a, b] = [ends[2 * edge]!, ends[2 * edge + 1]!];
      add(a, b, edge);
      add(b, a, edge);
    }
  }

  /** Once for each edge. */
  of(row: number): Uint32Array {
    return this.nodes.subarray(this.indptr[row], this.indptr[row + 1]);
  }

  edgesOf(row: number): Uint32Array {
    return this.edges.subarray(this.indptr[row], this.indptr[row + 1]);
  }
}
