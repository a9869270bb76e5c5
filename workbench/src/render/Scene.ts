/** A graph in the window: canvases, camera and the loop that draws frames. */
import { EMPHASIZED, HIDDEN } from '../model/nodeFlags';
import type { LayoutMetadata } from '../model/layout';
import type { RenderStyle } from '../model/renderStyle';
import type { ViewBlock } from '../model/view';
import { Backdrop, drawBackdropNames, EMPTY_METADATA, extent, isEmpty } from './backdrop/backdrop';
import { Camera } from './camera';
import { exportPng } from './exportPng';
import { drawAtlas } from './icons';
import { Labels } from './labels';
import type { SceneCanvases, SceneHighlight, SceneHost, SceneLabels } from './sceneInput';
import { nearbyRows, rowsInBox, type ScreenBox } from './screenRows';
import { nearestEdge } from './nearestEdge';
import { readThemeColors, type ThemeColors } from './themeColors';
import { Renderer, type DrawStyle } from './webgl/renderer';

const MOVING_MS = 180; // after which a view that was moved is drawn in full again
const MIN_MAGNIFICATION_FOR_NEARBY_LABELS = 3;
const NO_HIGHLIGHT = { changedRows: undefined, selectedEdge: undefined, isFocused: false };

export class Scene {
  readonly camera = new Camera();
  private readonly renderer: Renderer;
  private readonly backdrop: Backdrop;
  private readonly labels: Labels;
  private readonly resizes: ResizeObserver;
  private view: ViewBlock | undefined;
  private positions: Float32Array = new Float32Array(0);
  private sizes: Float32Array = new Float32Array(0);
  private highlight: SceneHighlight = { ...NO_HIGHLIGHT, flags: new Uint8Array(0) };
  private hiddenEdges: Uint8Array | undefined;
  private metadata: LayoutMetadata = EMPTY_METADATA;
  private labelled: SceneLabels | undefined;
  private style: RenderStyle | undefined;
  private colors: ThemeColors | undefined;
  private isFrameRequested = false;
  private movedAt = -Infinity;
  private hasMovedView = false;

  /** @throws Error where the browser has no WebGL2. */
  constructor(
    canvases: SceneCanvases,
    private readonly host: SceneHost,
  ) {
    this.renderer = new Renderer(canvases.graph, this.camera);
    this.backdrop = new Backdrop(canvases.backdrop, () => this.redraw());
    this.labels = new Labels(canvases.labels);
    this.resizes = new ResizeObserver(() => this.onResize());
    this.resizes.observe(canvases.graph);
  }

  stop(): void {
    this.resizes.disconnect();
    this.view = undefined;
  }

  /** Draws another graph. `positions` change in place from then on. */
  setView(view: ViewBlock, positions: Float32Array, metadata: LayoutMetadata): void {
    const { header, arrays } = view;
    this.view = view;
    this.positions = positions;
    this.hiddenEdges = undefined;
    this.highlight = { ...NO_HIGHLIGHT, flags: new Uint8Array(header.node_count) };
    this.metadata = metadata;
    this.renderer.setArrays({ ...arrays, position: positions }, header.node_count, header.edge_count);
    if (header.icons.length) void this.loadIcons(view);
    this.renderer.resize();
    this.hasMovedView = false;
    this.fitCamera();
  }

  private async loadIcons(view: ViewBlock): Promise<void> {
    const atlas = await drawAtlas(view.header.icons);
    if (view !== this.view) return;
    this.renderer.setAtlas(atlas);
    this.redraw();
  }

  /** RGBA and size of each node. */
  setEncodings(colors: Uint8Array, sizes: Float32Array): void {
    this.sizes = sizes;
    this.renderer.setEncodings(colors, sizes);
    this.redraw();
  }

  /** What the layout draws beneath the nodes. */
  setMetadata(metadata: LayoutMetadata): void {
    this.metadata = metadata;
    this.redraw();
  }

  setHighlight(highlight: SceneHighlight): void {
    this.highlight = highlight;
    this.renderer.selectedEdge = highlight.selectedEdge ?? -1;
    this.renderer.isFocused = highlight.isFocused;
    this.renderer.setNodeFlags(highlight.flags, highlight.changedRows);
    this.redraw();
  }

  setHiddenEdges(hidden: Uint8Array | undefined): void {
    if (hidden === this.hiddenEdges) return;
    this.hiddenEdges = hidden;
    this.renderer.setHiddenEdges(hidden);
    this.redraw();
  }

  setLabels(labels: SceneLabels): void {
    this.labelled = labels;
    this.redraw();
  }

  setStyle(style: RenderStyle): void {
    if (style.background !== this.style?.background) this.colors = undefined;
    this.style = style;
    this.redraw();
  }

  /** The page's theme changed: its colors are read again. */
  onThemeChange(): void {
    this.colors = undefined;
    this.redraw();
  }

  /** A few positions changed. */
  onPositionsPatched(positions: Float32Array, rows: Iterable<number>): void {
    if (positions !== this.positions) return;
    this.renderer.patchPositions(this.positions, rows);
    this.redraw();
  }

  /** The view follows the nodes again, as it did before a person moved it. */
  followNodes(): void {
    this.hasMovedView = false;
  }

  redraw(): void {
    if (this.isFrameRequested) return;
    this.isFrameRequested = true;
    requestAnimationFrame(() => {
      this.isFrameRequested = false;
      if (!this.view) return;
      if (this.host.step()) {
        this.renderer.setPositions(this.positions);
        if (!this.hasMovedView) this.fitCamera();
      }
      this.paint();
      if (this.isMoving) this.redraw();
    });
  }

  private get isMoving(): boolean {
    return this.host.isMoving() || performance.now() - this.movedAt < MOVING_MS;
  }

  private onResize(): void {
    if (!this.renderer.resize() || !this.view) return;
    if (!this.hasMovedView) this.fitCamera();
    this.redraw();
  }

  private fitCamera(hidden?: Uint8Array): void {
    this.camera.fit(this.positions, hidden, extent(this.metadata));
  }

  private get theme(): ThemeColors {
    this.colors ??= readThemeColors(this.style?.background);
    return this.colors;
  }

  private get drawStyle(): DrawStyle | undefined {
    const { backgroundColor, accentColor } = this.theme;
    return this.style && { ...this.style, backgroundColor, accentColor };
  }

  /** Draws a frame now. */
  paint(): void {
    const { renderer, labels, camera, theme, metadata, drawStyle } = this;
    if (!this.view || !drawStyle) return;
    renderer.resize();
    this.backdrop.draw(metadata, camera, renderer.density, theme);
    renderer.draw(drawStyle, this.isMoving, !isEmpty(metadata));
    labels.clear(camera, renderer.density);
    if (this.labelled?.isEnabled) this.paintLabels(this.labelled, drawStyle);
    drawBackdropNames(labels.ctx, metadata, camera, { text: theme.mutedLabel, halo: theme.halo });
  }

  private paintLabels(labelled: SceneLabels, style: DrawStyle): void {
    const { camera, positions, sizes, theme } = this;
    const { flags, isFocused } = this.highlight;
    const scale = this.renderer.nodeScale(style) / 2;
    const emphasized = new Set(labelled.emphasized);
    const missing = this.labels.draw(
      {
        rows: emphasized.size
          ? [...emphasized, ...labelled.neighbors, ...Array.from(labelled.importance)]
          : this.labelRows(labelled.importance),
        titles: labelled.titles,
        positions,
        radius: (row) => sizes[row]! * scale,
        isVisible: (row) => !(flags[row]! & HIDDEN) && (!isFocused || Boolean(flags[row]! & EMPHASIZED)),
        isEmphasized: (row) => emphasized.has(row),
        max: labelled.max + emphasized.size,
      },
      camera,
      { text: theme.label, halo: theme.halo },
    );
    if (missing.length) this.host.onMissingTitles(missing);
  }

  /** The most important rows of the graph; of a large one that is magnified, those on the screen. */
  private labelRows(importance: ArrayLike<number>): ArrayLike<number> {
    const isMagnified = this.camera.magnification >= MIN_MAGNIFICATION_FOR_NEARBY_LABELS;
    if (!isMagnified || this.sizes.length <= importance.length) return importance;
    return nearbyRows(this.camera, this.positions, this.sizes);
  }

  /** The node at a point of the canvas, in CSS pixels. */
  nodeAt(x: number, y: number): number | undefined {
    const { drawStyle } = this;
    return this.view && drawStyle ? this.renderer.pick(x, y, drawStyle) : undefined;
  }

  edgeAt(x: number, y: number): number | undefined {
    if (!this.view) return undefined;
    const { flags } = this.highlight;
    const isHidden = (edge: number, a: number, b: number) =>
      Boolean(this.hiddenEdges?.[edge]) || Boolean((flags[a]! | flags[b]!) & HIDDEN);
    return nearestEdge(x, y, this.view.arrays.edge_ends, this.positions, this.camera, isHidden);
  }

  rowsInBox(box: ScreenBox): number[] {
    const { flags } = this.highlight;
    return rowsInBox(box, this.camera, this.positions, (row) => Boolean(flags[row]! & HIDDEN));
  }

  pan(dx: number, dy: number): void {
    this.camera.pan(dx, dy);
    this.onViewMoved();
  }

  zoomAt(x: number, y: number, factor: number): void {
    this.camera.zoomAt(x, y, factor);
    this.onViewMoved();
  }

  zoomCenter(factor: number): void {
    this.zoomAt(this.camera.width / 2, this.camera.height / 2, factor);
  }

  private onViewMoved(): void {
    this.hasMovedView = true;
    this.movedAt = performance.now();
    this.redraw();
  }

  /** Shows all nodes that are not hidden. */
  fit(): void {
    this.fitCamera(this.highlight.flags.map((flag) => flag & HIDDEN));
    this.hasMovedView = false;
    this.redraw();
  }

  /** Centers a node. */
  focus(row: number): void {
    this.hasMovedView = true;
    this.camera.focus(this.positions[2 * row]!, this.positions[2 * row + 1]!);
    this.redraw();
  }

  /** The graph with its backdrop and labels. */
  exportPng(): Promise<Blob> {
    this.paint();
    return exportPng([this.backdrop.canvas, this.renderer.canvas, this.labels.canvas]);
  }
}
