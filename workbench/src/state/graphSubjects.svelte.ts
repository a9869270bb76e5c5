/** The subjects of one graph page, joined: what one of them hears concerns others. */
import type { GraphState } from '../model/api.gen';
import type { ViewBlock } from '../model/view';
import { Filters } from './filters/filters.svelte';
import { Labels } from './labels/labels.svelte';
import { LayoutRequests } from './layout/layoutRequests.svelte';
import { LayoutRun } from './layout/layoutRun.svelte';
import { NodePositions } from './layout/nodePositions.svelte';
import { Metrics } from './metrics/metrics.svelte';
import { Pins } from './pins/pins.svelte';
import { Selection } from './selection/selection.svelte';
import { changedColumns } from './session/producers';
import { Session, type SessionListener } from './session/session.svelte';
import { Style } from './style/style.svelte';

export interface GraphSubjects {
  session: Session;
  positions: NodePositions;
  selection: Selection;
  filters: Filters;
  labels: Labels;
  style: Style;
  metrics: Metrics;
  layoutRun: LayoutRun;
  layoutRequests: LayoutRequests;
  pins: Pins;
}

export function createSubjects(id: string, query: URLSearchParams): GraphSubjects {
  const session = new Session(id, query);
  const positions = new NodePositions();
  const selection = new Selection();
  const pins = new Pins({
    isStored: () => session.graph?.can_edit ?? false,
    selected: () => selection.nodes,
    positionOf: (row) => positions.at(row),
    hold: (row, at) => positions.hold(row, at),
    setPosition: (row, at) => positions.setPosition(row, at),
    release: (row) => positions.release(row),
    flush: () => positions.flush(),
    send: (command, rows, at) => session.stream?.sendPins(command, rows, at, session.options.layout),
  });
  return {
    session,
    positions,
    selection,
    pins,
    filters: new Filters(id),
    labels: new Labels(session),
    style: new Style(session),
    metrics: new Metrics(session),
    layoutRun: new LayoutRun(session, positions, () => pins.reset()),
    layoutRequests: new LayoutRequests(id, (state) => void session.applyState(state)),
  };
}

/** Connects to the server; returns how to stop. */
export function startSubjects(subjects: GraphSubjects): () => void {
  const { session, filters, layoutRequests } = subjects;
  session.start(listenerOf(subjects));
  return () => {
    session.stop();
    filters.stop();
    layoutRequests.stop();
  };
}

function listenerOf(subjects: GraphSubjects): SessionListener {
  const { session, positions, selection, filters, labels, style, layoutRun, layoutRequests, pins } = subjects;
  return {
    onLoading: () => pins.reset(),
    onLoaded(view: ViewBlock, state: GraphState) {
      positions.reset(view.arrays.position);
      selection.reset(view);
      filters.reset(view);
      labels.reset(view);
      style.reset(view.header.edge_count);
      layoutRun.onLoaded(view.header, view.header.revision);
      pins.holdAll();
      void requestLayoutOfAddress(subjects, state);
    },
    onRepainted(view: ViewBlock) {
      labels.setTitles(view);
    },
    onState(state, previous) {
      layoutRequests.onState(state);
      layoutRun.onState(state.layout);
      if (!previous) return;
      filters.onColumnsChanged(changedColumns(previous, state)).catch((error: unknown) => {
        session.notice = (error as Error).message;
      });
    },
    onFrame: (frame, target) => layoutRun.onFrame(frame, target, layoutRequests.isWaiting),
    onPins: (rows, at) => pins.onPins(rows, at),
    onRefused: (command) => {
      if (command === 'pin' || command === 'unpin') pins.onRefused();
    },
  };
}

/**
 * The address may request a layout. It is applied at once to a graph of one's own that nobody arranged yet; otherwise
 * a link must not move nodes for everybody, and the layout panel offers it.
 */
async function requestLayoutOfAddress({ session, layoutRequests }: GraphSubjects, state: GraphState): Promise<void> {
  const requested = session.options.requestedLayout;
  const { layout, can_edit, is_mine } = state;
  if (!requested || !can_edit || requested === layout.name) return;
  if (!is_mine || layout.revision || layout.former) {
    layoutRequests.offered = requested;
    return;
  }
  await layoutRequests.apply(requested, {});
  session.notice = layoutRequests.error;
}
