import type { ViewArrays } from '../../model/view';

/** RGBA of each node, its opacity in the alpha; a copy. */
export function nodeColors({ node_color, node_opacity }: Pick<ViewArrays, 'node_color' | 'node_opacity'>): Uint8Array {
  const colors = node_color.slice();
  node_opacity?.forEach((opacity, row) => (colors[4 * row + 3] = opacity));
  return colors;
}
