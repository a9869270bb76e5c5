/** How the graph is drawn for this viewer alone. */
import type { RenderStyle } from '../../model/renderStyle';
import type { Session } from '../session/session.svelte';
import { renderStyle } from './renderStyle';
import { theme } from './theme.svelte';

const MAX_EDGES_WITH_ARROWS = 20_000;

export class Style {
  pointSize = $state(1);
  edgeOpacity: number | undefined = $state();
  showsEdges = $state(true);
  showsArrows = $state(false);

  constructor(private readonly session: Session) {}

  /** Starts with the options of the address. */
  reset(edgeCount: number): void {
    const { options } = this.session;
    this.pointSize = options.pointSize;
    this.edgeOpacity = options.edgeOpacity;
    this.showsArrows = options.showArrows ?? edgeCount <= MAX_EDGES_WITH_ARROWS;
  }

  resetChoices(): void {
    this.pointSize = 1;
    this.edgeOpacity = undefined;
  }

  get render(): RenderStyle {
    const { options, view } = this.session;
    return renderStyle(this, options, view?.header.edge_count ?? 0, theme.name);
  }
}
