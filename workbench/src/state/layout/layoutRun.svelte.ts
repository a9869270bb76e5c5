/** The layout of the graph: its runs, its frames, and what it draws beneath the nodes. */
import type { LayoutState } from '../../model/api.gen';
import type { LayoutMetadata } from '../../model/layout';
import type { Frame } from '../../model/streamMessages';
import { getLayout } from '../../wire/graph';
import { isRunning, withRunDone } from '../session/producers';
import type { Session } from '../session/session.svelte';
import type { NodePositions } from './nodePositions.svelte';

const DEFAULT_RUN_MS = 10_000;
const NO_METADATA: LayoutMetadata = { axes: [], boxes: [], outline: '' };

export class LayoutRun {
  metadata: LayoutMetadata = $state.raw(NO_METADATA);
  private revision = '';

  constructor(
    private readonly session: Session,
    private readonly positions: NodePositions,
    /** All nodes are about to move to another layout. */
    private readonly onLayoutApplied: () => void,
  ) {}

  get state(): LayoutState | undefined {
    return this.session.graph?.layout;
  }

  get isPlaying(): boolean {
    return isRunning(this.state);
  }

  /** Starts a run, pauses it where it runs, and resumes it where it is paused. */
  togglePlay(): void {
    const { stream, options } = this.session;
    if (this.isPlaying) stream?.command('pause');
    else if (this.state?.state === 'paused') stream?.command('resume');
    else stream?.play(options.play || DEFAULT_RUN_MS, { ...axisLocks(this.metadata), ...options.layout });
  }

  stop(): void {
    this.session.stream?.command('stop');
  }

  onLoaded(metadata: LayoutMetadata, revision: string): void {
    this.metadata = metadata;
    this.revision = revision;
  }

  onState(layout: LayoutState): void {
    if (!layout.arranging && layout.revision !== this.revision) void this.loadLayout(layout.revision);
  }

  /** Somebody applied a layout: the nodes move to it. */
  private async loadLayout(revision: string): Promise<void> {
    this.revision = revision;
    try {
      const { header, arrays } = await getLayout(this.session.id);
      if (arrays.position.length !== this.positions.current.length || header.revision !== this.revision) return;
      this.onLayoutApplied();
      this.metadata = header;
      this.positions.moveToLayout(arrays.position);
    } catch (error) {
      this.session.notice = (error as Error).message;
    }
  }

  /** `isAwaitingLayout` tells that a layout was requested, whose exact positions come by themselves. */
  onFrame(frame: Frame, target: Float32Array, isAwaitingLayout: boolean): void {
    const { session, positions } = this;
    const layout = this.state;
    if (target.length !== positions.current.length || !session.view || !session.graph) return;
    if (!layout || layout.state === 'fixed' || layout.arranging || isAwaitingLayout) return;
    // Boxes and maps mean nothing once nodes move; the server decides whether axes do.
    if (frame.progress > 0) this.metadata = withoutBoxes(this.metadata);
    positions.moveToFrame(target);
    if (frame.final) session.graph = withRunDone(session.graph);
  }
}

/** Options that keep nodes on their axes, whose meaning would be lost otherwise. */
export function axisLocks(metadata: LayoutMetadata): Record<string, boolean> {
  return Object.fromEntries(metadata.axes.map((axis) => [`locked${axis.kind.toUpperCase()}`, true]));
}

function withoutBoxes(metadata: LayoutMetadata): LayoutMetadata {
  return metadata.boxes.length || metadata.outline ? { ...NO_METADATA, axes: metadata.axes } : metadata;
}
