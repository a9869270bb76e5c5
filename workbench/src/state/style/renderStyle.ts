import type { RenderStyle } from '../../model/renderStyle';
import type { UrlOptions } from '../session/urlOptions';

export interface StyleChoices {
  pointSize: number;
  /** Nothing is the opacity that suits the number of edges. */
  edgeOpacity: number | undefined;
  showsEdges: boolean;
  showsArrows: boolean;
}

const CURVATURE_SCALE = 0.3;

/** What is drawn of a person's choices, the address's options and the size of the graph. */
export function renderStyle(
  choices: StyleChoices,
  options: Pick<UrlOptions, 'background' | 'pointOpacity' | 'edgeCurvature'>,
  edgeCount: number,
  theme: 'dark' | 'light',
): RenderStyle {
  const edgeOpacity = choices.edgeOpacity ?? automaticEdgeOpacity(edgeCount, theme);
  return {
    background: options.background,
    pointScale: choices.pointSize,
    pointOpacity: options.pointOpacity,
    edgeOpacity: choices.showsEdges ? edgeOpacity : 0,
    edgeBend: options.edgeCurvature * CURVATURE_SCALE,
    showsArrows: choices.showsArrows,
  };
}

/** The more edges, the fainter each. */
export function automaticEdgeOpacity(edgeCount: number, theme: 'dark' | 'light'): number {
  return Math.min(Math.max(13 / Math.sqrt(edgeCount + 1), 0.045), theme === 'dark' ? 0.5 : 0.6);
}
