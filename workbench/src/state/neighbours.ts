/** Who is joined to whom, found once and asked often. */
export class Neighbours {
  private readonly start: Uint32Array;
  private readonly other: Uint32Array;
  private readonly via: Uint32Array;

  constructor(n: number, ends: Uint32Array) {
    const m = ends.length / 2;
    this.start = new Uint32Array(n + 1);
    for (let i = 0; i < ends.length; i++) this.start[ends[i] + 1]++;
    for (let i = 0; i < n; i++) this.start[i + 1] += this.start[i];
    const next = this.start.slice(0, n);
    this.other = new Uint32Array(2 * m);
    this.via = new Uint32Array(2 * m);
    for (let e = 0; e < m; e++) {
      const a = ends[2 * e];
      const b = ends[2 * e + 1];
      this.other[next[a]] = b;
      this.via[next[a]++] = e;
      this.other[next[b]] = a;
      this.via[next[b]++] = e;
    }
  }

  of(row: number): Uint32Array {
    return this.other.subarray(this.start[row], this.start[row + 1]);
  }

  edgesOf(row: number): Uint32Array {
    return this.via.subarray(this.start[row], this.start[row + 1]);
  }
}
