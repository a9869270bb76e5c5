/** How the nodes are arranged, and what is asked of the server about it. */
import * as api from '../wire/api';

const LOOK_MS = 700; // the socket is mostly sooner

export class Arranging {
  /** What the menu offers; empty until somebody opens it. */
  layouts: api.Layout[] = $state.raw([]);
  /** Asked for, and not there yet. */
  isWaiting = $state(false);
  error = $state('');
  now: api.LayoutState | undefined = $state.raw();

  private before: api.LayoutState | undefined;
  private looking: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly id: string,
    private readonly onstate: (state: api.GraphState) => void,
  ) {}

  async list(): Promise<void> {
    if (this.layouts.length) return;
    try {
      this.layouts = await api.getLayouts();
    } catch (error) {
      this.error = (error as Error).message;
    }
  }

  titleOf(name: string): string {
    return this.layouts.find((one) => one.name === name)?.title ?? name;
  }

  arrange(layout: string, options: Record<string, api.LayoutValue>): Promise<void> {
    return this.wait(() => api.arrange(this.id, layout, options));
  }

  undo(): Promise<void> {
    if (!this.now?.former) return Promise.resolve();
    return this.wait(() => api.undoArranging(this.id));
  }

  /** Every state of the graph, whoever changed it. */
  hear({ layout }: api.GraphState): void {
    const { now } = this;
    this.now = layout;
    if (layout.arranging) return;
    const failed = layout.error && layout.error.job !== now?.error?.job ? layout.error.message : '';
    const isOld = !failed && !now?.arranging && layout.revision === this.before?.revision;
    if (this.isWaiting && isOld) return;
    if (this.isWaiting && failed) this.error = failed;
    this.done();
  }

  stop(): void {
    this.done();
  }

  private async wait(ask: () => Promise<unknown>): Promise<void> {
    this.error = '';
    this.before = this.now;
    this.isWaiting = true;
    try {
      await ask();
      this.look();
    } catch (error) {
      this.error = (error as Error).message;
      this.done();
    }
  }

  /** Asks itself until it heard: a socket may be down. */
  private look(): void {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => {
      if (!this.isWaiting) return;
      api.getState(this.id).then(this.onstate, () => undefined);
      this.look();
    }, LOOK_MS);
  }

  private done(): void {
    this.isWaiting = false;
    clearTimeout(this.looking);
  }
}
