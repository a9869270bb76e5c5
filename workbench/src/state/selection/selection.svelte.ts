/** What is selected and hovered. */
import type { ViewBlock } from '../../model/view';
import { Neighbors } from './neighbors';

const MAX_FOCUS_ROWS = 3;
const MAX_NEIGHBOR_LABELS = 60; // of each focused node

export class Selection {
  nodes: number[] = $state.raw([]);
  /** The drawn edge that is selected. */
  edge: number | undefined = $state();
  hovered: number | undefined = $state();
  private view: ViewBlock | undefined = $state.raw();
  private neighbors: Neighbors | undefined;

  reset(view: ViewBlock): void {
    this.view = view;
    this.neighbors = undefined;
    this.select([]);
    this.hovered = undefined;
  }

  get isEmpty(): boolean {
    return this.nodes.length === 0 && this.edge === undefined;
  }

  /** Whether anything is highlighted, so that the rest is dimmed. */
  get isFocused(): boolean {
    return !this.isEmpty || this.hovered !== undefined;
  }

  select(rows: number[]): void {
    this.nodes = rows;
    this.edge = undefined;
  }

  toggle(row: number): void {
    this.select(toggled(this.nodes, row));
  }

  add(rows: number[]): void {
    this.select(union(this.nodes, rows));
  }

  selectEdge(edge: number): void {
    this.nodes = [];
    this.edge = edge;
  }

  /** The row of the selected edge in the edges table. */
  get edgeRow(): number | undefined {
    return this.edge === undefined ? undefined : this.view?.arrays.edge_row[this.edge];
  }

  /** Source and destination row of the selected edge, or none. */
  get edgeEnds(): number[] {
    if (this.edge === undefined || !this.view) return [];
    return [...this.view.arrays.edge_ends.subarray(2 * this.edge, 2 * this.edge + 2)];
  }

  /** Once for each edge. */
  neighborsOf(row: number): Uint32Array {
    return this.index?.of(row) ?? new Uint32Array(0);
  }

  /** Each other node once. */
  neighborRows(row: number): number[] {
    return [...new Set(this.neighborsOf(row))].filter((other) => other !== row);
  }

  degreeOf(row: number): number {
    return this.neighborsOf(row).length;
  }

  /** Rows of the edges table. */
  edgeRowsOf(row: number): number[] {
    const { view, index } = this;
    return view && index ? Array.from(index.edgesOf(row), (edge) => view.arrays.edge_row[edge]!) : [];
  }

  /** Rows whose labels are drawn in any case. */
  get emphasized(): number[] {
    return this.hovered === undefined ? this.nodes : union(this.nodes, [this.hovered]);
  }

  /** Neighbors of what is hovered, else of the first selected nodes. */
  get focusNeighbors(): number[] {
    const focus = this.hovered !== undefined ? [this.hovered] : this.nodes.slice(0, MAX_FOCUS_ROWS);
    return focus.flatMap((row) => [...this.neighborsOf(row).subarray(0, MAX_NEIGHBOR_LABELS)]);
  }

  private get index(): Neighbors | undefined {
    if (this.view) this.neighbors ??= new Neighbors(this.view.header.node_count, this.view.arrays.edge_ends);
    return this.neighbors;
  }
}

export function toggled(rows: readonly number[], row: number): number[] {
  return rows.includes(row) ? rows.filter((other) => other !== row) : [...rows, row];
}

export function union(rows: readonly number[], more: readonly number[]): number[] {
  return [...new Set([...rows, ...more])];
}
