/** Labels of nodes: their titles, how many, and whether they are drawn. */
import type { ViewBlock } from '../../model/view';
import { getTitles } from '../../wire/graph';
import type { Session } from '../session/session.svelte';
import { Titles } from './titles.svelte';

export const DEFAULT_MAX_LABELS = 60;

export class Labels {
  titles: Titles = $state.raw(new Titles(() => Promise.resolve({})));
  importance: Uint32Array = $state.raw(new Uint32Array(0));
  isEnabled = $state(true);
  max = $state(DEFAULT_MAX_LABELS);

  constructor(private readonly session: Session) {}

  /** Starts with the options of the address. */
  reset(view: ViewBlock): void {
    const { options } = this.session;
    this.isEnabled = options.showLabels;
    this.max = options.pointsOfInterestMax;
    this.setTitles(view);
  }

  setTitles({ header, arrays }: ViewBlock): void {
    this.importance = arrays.importance;
    this.titles = new Titles((rows) => getTitles(this.session.id, rows), arrays.importance, header.titles);
  }

  /** Whether labels are drawn: the address may forbid it. */
  get isDrawn(): boolean {
    return this.isEnabled && this.session.options.showPointsOfInterest;
  }
}
