/** How nodes and edges are drawn, colors of the theme apart. */
export interface RenderStyle {
  /** A CSS color in place of the theme's background. */
  background: string | undefined;
  pointScale: number;
  pointOpacity: number;
  edgeOpacity: number;
  /** Curvature of every edge, as a share of its length. */
  edgeBend: number;
  showsArrows: boolean;
}
