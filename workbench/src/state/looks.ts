/** What a new state or picture of the same data changes. */
import type { GraphState, Measured } from '../wire/api';

/** RGBA of each node, its opacity in the alpha. */
export function colorsOf(arrays: Record<string, ArrayLike<number>>): Uint8Array {
  const color = Uint8Array.from(arrays.node_color);
  const opacity = arrays.node_opacity;
  if (opacity) for (let i = 0; i < opacity.length; i++) color[4 * i + 3] = opacity[i];
  return color;
}

/** The columns whose values came anew, and those that went away. */
export function changedColumns(former: GraphState, state: GraphState): { again: Set<string>; gone: Set<string> } {
  const before = new Map(former.metrics.map((one) => [one.column, one]));
  const isDone = (one: Measured | undefined) => one?.state === 'done';
  const again = state.metrics.filter((one) => isDone(one) && !isDone(before.get(one.column)));
  const names = new Set(state.columns.node.map((column) => column.name));
  const gone = former.columns.node.filter((column) => !names.has(column.name));
  return {
    again: new Set(again.map((one) => one.column)),
    gone: new Set(gone.map((column) => column.name)),
  };
}
