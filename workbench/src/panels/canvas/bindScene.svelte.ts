/** Draws the subjects of a graph page in a scene, and again what changes of them. */
import { untrack } from 'svelte';
import type { Scene } from '../../render/Scene';
import type { SceneHost } from '../../render/sceneInput';
import type { GraphSubjects } from '../../state/graphSubjects.svelte';
import { NodeFlags } from '../../state/selection/nodeFlags';
import { theme } from '../../state/style/theme.svelte';

export function sceneHost({ positions, labels }: GraphSubjects): SceneHost {
  return {
    step: () => positions.step(),
    isMoving: () => positions.isMoving,
    onMissingTitles: (rows) => void labels.titles.prefetch(rows),
  };
}

/** To be called while a component is set up: the effects end with it. */
export function bindScene(scene: Scene, subjects: GraphSubjects): void {
  const { session, positions, selection, filters, labels, style, layoutRun, pins } = subjects;
  positions.listener = {
    onMoving(isFar) {
      if (isFar) scene.followNodes();
      scene.redraw();
    },
    onPatched: (array, rows) => scene.onPositionsPatched(array, rows),
  };
  $effect(() => {
    const { view } = session;
    if (view) untrack(() => scene.setView(view, positions.current, layoutRun.metadata));
  });
  $effect(() => {
    if (session.encodings) scene.setEncodings(session.encodings.colors, session.encodings.sizes);
  });
  $effect(() => scene.setMetadata(layoutRun.metadata));
  const nodeFlags = new NodeFlags();
  $effect(() => {
    const changedRows = nodeFlags.update({
      hidden: filters.result.hiddenNodes,
      selected: selection.nodes,
      hovered: selection.hovered,
      edgeEnds: selection.edgeEnds,
      pinned: pins.byRow.keys(),
      neighborsOf: (row) => selection.neighborsOf(row),
    });
    scene.setHighlight({
      flags: nodeFlags.flags,
      changedRows,
      selectedEdge: selection.edge,
      isFocused: selection.isFocused,
    });
  });
  $effect(() => scene.setHiddenEdges(filters.result.hiddenEdges));
  $effect(() => {
    void labels.titles.revision;
    scene.setLabels({
      titles: labels.titles.byRow,
      importance: labels.importance,
      isEnabled: labels.isDrawn,
      max: labels.max,
      emphasized: selection.emphasized,
      neighbors: selection.focusNeighbors,
    });
  });
  $effect(() => scene.setStyle(style.render));
  $effect(() => {
    void theme.name;
    scene.onThemeChange();
  });
  $effect(() => {
    if (!session.view) return;
    scene.paint();
    document.documentElement.dataset.firstFrame = '1';
  });
}
