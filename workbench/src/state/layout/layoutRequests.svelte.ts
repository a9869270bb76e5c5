/** The layouts that can be applied, and the request that is under way. */
import type { GraphState, Layout, LayoutState, ParameterValues } from '../../model/api.gen';
import { getState } from '../../wire/graph';
import * as wire from '../../wire/layouts';

const POLL_MS = 700; // the socket is usually sooner

export class LayoutRequests {
  /** Empty until they are loaded. */
  layouts: Layout[] = $state.raw([]);
  /** Whether a request is under way. */
  isWaiting = $state(false);
  error = $state('');
  current: LayoutState | undefined = $state.raw();
  /** The layout that the address requests, where the graph has another. */
  offered: string | undefined = $state();

  private before: LayoutState | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly id: string,
    private readonly onPolled: (state: GraphState) => void,
  ) {}

  async loadLayouts(): Promise<void> {
    if (this.layouts.length) return;
    try {
      this.layouts = await wire.getLayouts();
    } catch (error) {
      this.error = (error as Error).message;
    }
  }

  titleOf(name: string): string {
    return this.layouts.find((layout) => layout.name === name)?.title ?? name;
  }

  apply(layout: string, options: ParameterValues): Promise<void> {
    return this.request(() => wire.applyLayout(this.id, layout, options));
  }

  undo(): Promise<void> {
    if (!this.current?.former) return Promise.resolve();
    return this.request(() => wire.undoLayout(this.id));
  }

  /** Every state of the graph, whoever changed it. */
  onState({ layout }: GraphState): void {
    const previous = this.current;
    this.current = layout;
    if (layout.arranging) return;
    const failure = layout.error && layout.error.job !== previous?.error?.job ? layout.error.message : '';
    const isUnchanged = !failure && !previous?.arranging && layout.revision === this.before?.revision;
    if (this.isWaiting && isUnchanged) return;
    if (this.isWaiting && failure) this.error = failure;
    this.finish();
  }

  stop(): void {
    this.finish();
  }

  private async request(send: () => Promise<unknown>): Promise<void> {
    this.error = '';
    this.before = this.current;
    this.isWaiting = true;
    try {
      await send();
      this.poll();
    } catch (error) {
      this.error = (error as Error).message;
      this.finish();
    }
  }

  /** Requests the state until the result is known: the socket may be down. */
  private poll(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (!this.isWaiting) return;
      getState(this.id).then(this.onPolled, () => undefined);
      this.poll();
    }, POLL_MS);
  }

  private finish(): void {
    this.isWaiting = false;
    clearTimeout(this.timer);
  }
}
