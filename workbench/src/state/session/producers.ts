/** What follows from the states that the server sends. */
import type { GraphState, LayoutState, MetricStatus, ProgressUpdate } from '../../model/api.gen';

export type Status = 'loading' | 'ready' | 'empty' | 'error';
/** The page's `data-state`: drawn while nodes move, converged once they do not. */
export type Phase = 'loading' | 'drawn' | 'converged' | 'empty' | 'error';

export function phaseOf(status: Status, layout: LayoutState | undefined, isMoving: boolean): Phase {
  if (status !== 'ready') return status;
  return isMoving || isRunning(layout) ? 'drawn' : 'converged';
}

export function isRunning(layout: LayoutState | undefined): boolean {
  return layout?.state === 'running' || layout?.state === 'queued';
}

/** The window's title: the address's, else the dataset's, else the graph's name. */
export function pageTitle(state: GraphState, requestedTitle: string | undefined): string {
  // A sender may have any JSON as its metadata.
  const metadata = state.metadata as { page?: { title?: unknown } | null } | undefined;
  const declared = metadata?.page?.title;
  const title = requestedTitle ?? (typeof declared === 'string' ? declared : state.name);
  return (title || 'Graph').replace(/\{\{\s*name\s*\}\}/g, state.name);
}

export function withProgress(state: GraphState, { progress, message, layout }: ProgressUpdate): GraphState {
  return { ...state, progress, message, layout };
}

/** A state after the last frame of a run. */
export function withRunDone(state: GraphState): GraphState {
  return { ...state, layout: { ...state.layout, state: 'done', progress: 1, converged: true } };
}

export interface ChangedColumns {
  /** Columns with new values. */
  updated: Set<string>;
  removed: Set<string>;
}

/** The columns of the nodes that a new state of the same data changes. */
export function changedColumns(previous: GraphState, state: GraphState): ChangedColumns {
  const statusBefore = new Map(previous.metrics.map((metric) => [metric.column, metric]));
  const isDone = (metric: MetricStatus | undefined) => metric?.state === 'done';
  const updated = state.metrics.filter((metric) => isDone(metric) && !isDone(statusBefore.get(metric.column)));
  const names = new Set(state.columns.node.map((column) => column.name));
  const removed = previous.columns.node.filter((column) => !names.has(column.name));
  return {
    updated: new Set(updated.map((metric) => metric.column)),
    removed: new Set(removed.map((column) => column.name)),
  };
}
