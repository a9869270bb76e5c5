/** The bits of every node that the shaders read. */
export const HIDDEN = 1;
export const SELECTED = 2;
export const HOVERED = 4;
export const NEIGHBOR = 16;
export const PINNED = 32;
/** Nodes that stay bright while something is focused. */
export const EMPHASIZED = SELECTED | HOVERED | NEIGHBOR;
