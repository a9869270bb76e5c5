/** One graph in the window: what the server says about it, and the arrays that are drawn. */
import type { GraphState } from '../../model/api.gen';
import type { Frame } from '../../model/streamMessages';
import type { Legend, ViewBlock } from '../../model/view';
import { getState, getView } from '../../wire/graph';
import { Stream } from '../../wire/stream';
import { nodeColors } from './nodeColors';
import { pageTitle, withProgress, type Status } from './producers';
import { readUrlOptions, type UrlOptions } from './urlOptions';

export interface Encodings {
  /** RGBA of each node. */
  colors: Uint8Array;
  sizes: Float32Array;
  legend: Legend[];
}

/** The subjects that follow the session. */
export interface SessionListener {
  /** The arrays of another version of the graph are about to be loaded. */
  onLoading(): void;
  onLoaded(view: ViewBlock, state: GraphState): void;
  /** The same data has new colors, sizes or columns. */
  onRepainted(view: ViewBlock): void;
  /** Every state of a loaded graph; `previous` is the state before, of the same version. */
  onState(state: GraphState, previous: GraphState | undefined): void;
  onFrame(frame: Frame, positions: Float32Array): void;
  onPins(rows: number[], positions: number[]): void;
  onRefused(command: string): void;
}

export class Session {
  status: Status = $state('loading');
  error = $state('');
  /** A message for the person, until it is dismissed. */
  notice = $state('');
  graph: GraphState | undefined = $state.raw();
  /** Changes with the version of the data. */
  view: ViewBlock | undefined = $state.raw();
  /** Changes also when the same data gets new colors or sizes. */
  encodings: Encodings | undefined = $state.raw();
  options: UrlOptions = $state.raw(readUrlOptions(new URLSearchParams()));
  stream: Stream | undefined;

  private listener: SessionListener | undefined;
  private version = -1;
  private picture = -1;
  private isLoading = false;

  constructor(
    readonly id: string,
    private readonly query: URLSearchParams,
  ) {
    this.options = readUrlOptions(query);
  }

  start(listener: SessionListener): void {
    this.listener = listener;
    this.stream = new Stream(this.id, {
      onState: (state) => void this.applyState(state),
      onProgress: (update) => {
        if (this.graph) void this.applyState(withProgress(this.graph, update));
      },
      onFrame: (frame, positions) => listener.onFrame(frame, positions),
      onPins: (rows, positions) => listener.onPins(rows, positions),
      onRefused: (message, command) => {
        this.notice = message;
        listener.onRefused(command);
      },
      onLost: () => this.fail(new Error('This graph is no longer shared with you, or it was deleted.')),
    });
    getState(this.id).then(
      (state) => this.applyState(state),
      (error: unknown) => this.fail(error),
    );
  }

  stop(): void {
    this.stream?.close();
  }

  /** Requests the state now: something was changed past the socket. */
  requestState(): void {
    this.stream?.requestState();
  }

  fail(error: unknown): void {
    this.error = (error as Error).message;
    this.status = 'error';
  }

  async applyState(state: GraphState): Promise<void> {
    const previous = this.graph;
    this.graph = state;
    document.title = pageTitle(state, this.options.pageTitle);
    if (state.state === 'failed') this.fail(new Error(state.error));
    else if (state.state === 'empty') this.status = 'empty';
    else if (state.state === 'ready' && !this.isLoading) await this.applyReadyState(state, previous);
  }

  private async applyReadyState(state: GraphState, previous: GraphState | undefined): Promise<void> {
    if (state.version !== this.version) {
      await this.load(state);
      return;
    }
    this.listener?.onState(state, previous);
    if (state.picture !== this.picture) await this.repaint(state.picture);
  }

  private async load(state: GraphState): Promise<void> {
    this.isLoading = true;
    this.listener?.onLoading();
    try {
      this.options = readUrlOptions(this.query, state.url_defaults);
      const view = await getView(this.id);
      this.version = state.version;
      this.picture = view.header.picture;
      this.view = view;
      this.encodings = encodingsOf(view);
      this.listener?.onLoaded(view, state);
      this.status = 'ready';
    } catch (error) {
      this.fail(error);
      return;
    } finally {
      this.isLoading = false;
    }
    // States that came while the arrays were loaded may be of yet another version.
    const latest = this.graph ?? state;
    if (latest.version !== this.version) await this.applyState(latest);
    else this.listener?.onState(latest, undefined);
  }

  private async repaint(picture: number): Promise<void> {
    this.picture = picture; // before the request, so that states that come meanwhile do not repeat it
    try {
      const view = await getView(this.id);
      const isOutdated = view.header.version !== this.version || view.header.picture < this.picture;
      if (isOutdated) return;
      this.picture = view.header.picture;
      this.encodings = encodingsOf(view);
      this.listener?.onRepainted(view);
    } catch (error) {
      this.notice = (error as Error).message;
    }
  }
}

function encodingsOf({ header, arrays }: ViewBlock): Encodings {
  return { colors: nodeColors(arrays), sizes: arrays.node_size, legend: header.legend };
}
