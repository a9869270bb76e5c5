/** Keys of the graph page. */
import type { Scene } from '../render/Scene';
import type { GraphSubjects } from '../state/graphSubjects.svelte';
import { theme } from '../state/style/theme.svelte';

export type PanelName = 'layouts' | 'histograms' | 'metrics' | 'style' | 'share' | 'help';

export interface PageActions {
  toggle(panel: PanelName): void;
  focusSearch(): void;
  savePng(): void;
}

const ZOOM = 1.4;

/** What a key does; nothing where it does nothing. */
export function actionOfKey(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  subjects: GraphSubjects,
  scene: Scene,
  page: PageActions,
): (() => void) | undefined {
  const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
  return hasModifier ? editAction(event, subjects, scene) : viewAction(event, subjects, scene, page);
}

/** Moves of nodes, undo and redo. */
function editAction(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey'>,
  { selection, pins, layoutRequests, session }: GraphSubjects,
  scene: Scene,
): (() => void) | undefined {
  const key = event.key.toLowerCase();
  const step = event.shiftKey ? 40 : 10;
  const moves: Record<string, [number, number]> = {
    arrowleft: [-step, 0],
    arrowright: [step, 0],
    arrowup: [0, -step],
    arrowdown: [0, step],
  };
  const move = moves[key];
  if (event.altKey) {
    if (!move || !selection.nodes.length) return undefined;
    return () => pins.moveBy(selection.nodes, ...scene.camera.toLayoutDistance(...move));
  }
  if (key === 'y' || (key === 'z' && event.shiftKey)) return () => pins.redo();
  if (key !== 'z') return undefined;
  return () => {
    if (!pins.undo() && session.graph?.can_edit) void layoutRequests.undo();
  };
}

function viewAction(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
  { selection, pins, labels, style, session, layoutRun }: GraphSubjects,
  scene: Scene,
  page: PageActions,
): (() => void) | undefined {
  const step = event.shiftKey ? 160 : 50;
  const canEdit = session.graph?.can_edit ?? false;
  const canShare = session.graph?.can_share ?? false;
  const actions: Record<string, () => void> = {
    f: () => scene.fit(),
    '+': () => scene.zoomCenter(ZOOM),
    '=': () => scene.zoomCenter(ZOOM),
    '-': () => scene.zoomCenter(1 / ZOOM),
    ArrowLeft: () => scene.pan(step, 0),
    ArrowRight: () => scene.pan(-step, 0),
    ArrowUp: () => scene.pan(0, step),
    ArrowDown: () => scene.pan(0, -step),
    '/': () => page.focusSearch(),
    ' ': () => {
      if (canEdit) layoutRun.togglePlay();
    },
    g: () => page.toggle('layouts'),
    h: () => page.toggle('histograms'),
    c: () => page.toggle('metrics'),
    o: () => page.toggle('style'),
    l: () => (labels.isEnabled = !labels.isEnabled),
    a: () => (style.showsArrows = !style.showsArrows),
    s: () => {
      if (canShare) page.toggle('share');
    },
    p: () => page.savePng(),
    t: () => theme.toggle(),
    '?': () => page.toggle('help'),
    k: () => pins.pin(selection.nodes),
    u: () => pins.unpin(selection.nodes),
    U: () => pins.unpinAll(),
    Escape: () => {
      if (pins.isDragging) pins.cancelDrag();
      else selection.select([]);
    },
  };
  return Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
}
