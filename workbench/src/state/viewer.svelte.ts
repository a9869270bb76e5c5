/** One graph in the window: its state, its picture, what is selected, hovered and filtered. */
import { Camera } from '../draw/camera';
import { nearestEdge } from '../draw/hits';
import { Backdrop, extent, isEmpty, nameScene, NO_SCENE, type Scene, type SceneInk } from '../draw/backdrop';
import { rgbOf } from '../draw/color';
import { drawAtlas } from '../draw/icons';
import { Labels } from '../draw/labels';
import { Renderer, type Look } from '../draw/renderer';
import { DIMMED, HIDDEN } from '../draw/shaders';
import * as api from '../wire/api';
import { Stream, type Frame } from '../wire/stream';
import { Arranging } from './arranging.svelte';
import { keep, type Histogram } from './filters';
import { mark } from './flags';
import { Glide, LONG_MS } from './glide';
import { changedColumns, colorsOf } from './looks';
import { Neighbours } from './neighbours';
import { readOptions, type Options } from './options';
import { Pinning, type Point } from './pinning.svelte';
import { theme } from './theme.svelte';
import { Titles } from './titles';

const MOVING_MS = 180;
const MOST_HISTOGRAMS = 8;

export type Phase = 'loading' | 'drawn' | 'converged' | 'empty' | 'error';

export class Viewer {
  readonly id: string;
  readonly query: URLSearchParams;
  readonly camera = new Camera();
  options: Options;
  phase: Phase = $state('loading');
  error = $state('');
  notice = $state('');
  graph: api.GraphState | undefined = $state.raw();
  header: api.PictureHeader | undefined = $state.raw();
  selected: number[] = $state.raw([]);
  /** The upload row of the one edge that is selected. */
  selectedEdge: number | undefined = $state();
  hovered: number | undefined = $state();
  pointer: [number, number] = $state.raw([0, 0]);
  hoverTitle = $state('');
  histograms: Histogram[] = $state.raw([]);
  shownNodes = $state(0);
  shownEdges = $state(0);
  showsLabels = $state(true);
  showsArrows = $state(false);
  pointSize = $state(1);
  edgeOpacity: number | undefined = $state();
  showsEdges = $state(true);
  titles = new Titles('', [], [], () => undefined);
  readonly pinning = new Pinning(this.board());
  readonly arranging: Arranging;
  /** The layout that the address asks for, where the graph stands otherwise. */
  wish: string | undefined = $state();

  private renderer: Renderer | undefined;
  private backdrop: Backdrop | undefined;
  private labels: Labels | undefined;
  private scene: Scene = NO_SCENE;
  private revision = '';
  private stream: Stream | undefined;
  private glide = new Glide(new Float32Array(0));
  private sizes: Float32Array = new Float32Array(0);
  private ends: Uint32Array = new Uint32Array(0);
  private edgeRow: Uint32Array = new Uint32Array(0);
  private importance: Uint32Array = new Uint32Array(0);
  private states: Uint8Array = new Uint8Array(0);
  private hiddenNodes: Uint8Array = new Uint8Array(0);
  private neighbours: Neighbours | undefined;
  private version = -1;
  private picture = -1;
  private edge: number | undefined;
  private isQueued = false;
  private lastMove = 0;
  private hasMovedView = false;

  constructor(id: string, query: URLSearchParams) {
    this.id = id;
    this.query = query;
    this.options = readOptions(query);
    this.arranging = new Arranging(id, (state) => void this.take(state));
  }

  start(below: HTMLCanvasElement, canvas: HTMLCanvasElement, above: HTMLCanvasElement): void {
    try {
      this.renderer = new Renderer(canvas, this.camera);
    } catch (error) {
      this.fail(String((error as Error).message));
      return;
    }
    this.backdrop = new Backdrop(below, () => this.redraw());
    this.labels = new Labels(above);
    new ResizeObserver(() => this.resized()).observe(canvas);
    this.stream = new Stream(this.id, {
      state: (state) => void this.take(state),
      progress: ({ progress, message, layout }) => {
        if (this.graph) void this.take({ ...this.graph, progress, message, layout });
      },
      frame: (frame, positions) => this.takeFrame(frame, positions),
      pins: (rows, positions) => this.pinning.hear(rows, positions),
      refused: (message, deed) => {
        this.notice = message;
        if (deed === 'pin' || deed === 'unpin') this.pinning.refused();
      },
      lost: () => this.fail('This graph is no longer shared with you, or it was deleted.'),
    });
    api.getState(this.id).then(
      (state) => this.take(state),
      (error: Error) => this.fail(error.message),
    );
  }

  stop(): void {
    this.stream?.close();
    this.arranging.stop();
  }

  private fail(message: string): void {
    this.error = message;
    this.setPhase('error');
  }

  private get positions(): Float32Array {
    return this.glide.positions;
  }

  private setPhase(phase: Phase): void {
    this.phase = phase;
    document.documentElement.dataset.state = phase;
  }

  private async take(state: api.GraphState): Promise<void> {
    const former = this.graph;
    this.graph = state;
    document.title = this.title(state);
    if (state.state === 'failed') return this.fail(state.error);
    if (state.state === 'empty') return this.setPhase('empty');
    if (state.state !== 'ready') return;
    const isNew = state.version !== this.version;
    if (isNew) {
      this.version = state.version;
      this.picture = state.picture;
      try {
        await this.load(state);
        this.heed(state);
      } catch (error) {
        this.fail((error as Error).message);
        return;
      }
    }
    this.arranging.hear(state);
    if (!state.layout.arranging && state.layout.revision !== this.revision) void this.rearrange(state.layout.revision);
    if (!isNew && former) await this.follow(former, state);
    this.settle();
  }

  /** The address may ask for a layout. A graph that nobody arranged yet is its owner's to arrange so; elsewhere
   * a link alone moves nothing for everybody: the menu opens and offers it. */
  private heed({ layout, can_edit, is_mine }: api.GraphState): void {
    const wish = this.options.arrangement;
    if (!wish || !can_edit || wish === layout.name) return;
    if (is_mine && !layout.revision && !layout.former) {
      void this.arranging.arrange(wish, {}).then(() => (this.notice = this.arranging.error));
    } else this.wish = wish;
  }

  /** Somebody arranged the nodes: they glide to where they stand now, with what is drawn beneath them. */
  private async rearrange(revision: string): Promise<void> {
    this.revision = revision;
    try {
      const { header, arrays } = await api.getArrangement(this.id);
      const positions = arrays.position as Float32Array;
      if (positions.length !== this.positions.length || header.revision !== this.revision) return;
      for (const row of this.pinning.pins.keys()) this.glide.release(row);
      this.pinning.forget();
      this.scene = header;
      if (areFar(this.positions, positions)) {
        this.hasMovedView = false;
        this.glide.to(positions, matchMedia('(prefers-reduced-motion: reduce)').matches ? 1 : LONG_MS);
      } else this.glide.to(positions);
      this.restate();
    } catch (error) {
      this.notice = (error as Error).message;
    }
  }

  /** Takes over new colours, sizes and columns of the same data; the view stays where it is. */
  private async follow(former: api.GraphState, state: api.GraphState): Promise<void> {
    try {
      if (state.picture !== this.picture) await this.repaint(state.picture);
      const { again, gone } = changedColumns(former, state);
      for (const one of this.histograms) {
        if (one.table !== 'node' || !(gone.has(one.column) || again.has(one.column))) continue;
        this.dropHistogram(one);
        if (again.has(one.column)) await this.addHistogram('node', one.column);
      }
    } catch (error) {
      this.notice = (error as Error).message;
    }
  }

  private async repaint(picture: number): Promise<void> {
    this.picture = picture; // at once: states that come meanwhile ask for no other
    const { header, arrays } = await api.getPicture(this.id);
    if (header.version !== this.header?.version || header.picture < this.picture) return; // a newer one is on its way
    this.picture = header.picture;
    this.header = header;
    this.sizes = arrays.node_size as Float32Array;
    this.importance = arrays.importance as Uint32Array;
    this.titles = new Titles(this.id, this.importance, header.titles, () => this.redraw());
    this.renderer!.setLooks(colorsOf(arrays), this.sizes);
    this.redraw();
  }

  private title(state: api.GraphState): string {
    const said = this.options.pageTitle ?? state.metadata?.page?.title ?? state.name;
    return (said || 'Graph').replace(/\{\{\s*name\s*\}\}/g, state.name);
  }

  private async load(state: api.GraphState): Promise<void> {
    this.options = readOptions(this.query, state.url_defaults);
    this.showsLabels = this.options.showLabels;
    this.pointSize = this.options.pointSize;
    this.edgeOpacity = this.options.edgeOpacity;
    this.pinning.forget();
    const { header, arrays } = await api.getPicture(this.id);
    this.header = header;
    this.scene = header;
    this.revision = header.revision;
    this.picture = header.picture;
    this.glide = new Glide(arrays.position as Float32Array);
    this.sizes = arrays.node_size as Float32Array;
    this.ends = arrays.edge_ends as Uint32Array;
    this.edgeRow = arrays.edge_row as Uint32Array;
    this.importance = arrays.importance as Uint32Array;
    this.showsArrows = this.options.showArrows ?? header.edge_count <= 20000;
    this.titles = new Titles(this.id, this.importance, header.titles, () => this.redraw());
    this.neighbours = undefined;
    this.histograms = [];
    this.selected = [];
    const renderer = this.renderer!;
    renderer.setColumns({
      n: header.node_count,
      m: header.edge_count,
      position: this.positions,
      color: colorsOf(arrays),
      size: this.sizes,
      icon: arrays.node_icon as Uint16Array | undefined,
      ends: this.ends,
      edgeColor: arrays.edge_color as Uint8Array | undefined,
      edgeColorEnd: arrays.edge_color_destination as Uint8Array | undefined,
      curve: arrays.edge_curve as Float32Array | undefined,
      width: arrays.edge_width as Float32Array | undefined,
      edgeOpacity: arrays.edge_opacity as Uint8Array | undefined,
      badge: arrays.badge as Uint32Array | undefined,
    });
    if (header.icons.length) {
      void drawAtlas(header.icons).then((atlas) => {
        renderer.setAtlas(atlas);
        this.redraw();
      });
    }
    this.states = new Uint8Array(header.node_count);
    this.hiddenNodes = new Uint8Array(header.node_count);
    this.shownNodes = header.node_count;
    this.shownEdges = header.edge_count;
    renderer.resize();
    this.hasMovedView = false;
    this.fitCamera();
    this.setPhase('drawn');
    this.pinning.holdAll();
    this.paint();
    document.documentElement.dataset.firstFrame = '1';
  }

  /** What pinning sees and moves of this picture. */
  private board() {
    const moved = new Set<number>();
    const isThere = (row: number) => 2 * row < this.positions.length;
    return {
      isKept: () => this.graph?.can_edit ?? false,
      selected: () => this.selected,
      where: (row: number): Point => [this.positions[2 * row], this.positions[2 * row + 1]],
      hold: (row: number, [x, y]: Point) => {
        if (!isThere(row)) return;
        this.glide.hold(row, x, y);
        moved.add(row);
      },
      put: (row: number, [x, y]: Point) => {
        if (!isThere(row)) return;
        this.glide.put(row, x, y);
        moved.add(row);
      },
      release: (row: number) => this.glide.release(row),
      changed: () => {
        this.renderer?.patchPositions(this.positions, moved);
        moved.clear();
        this.restate();
      },
      send: (kind: 'pin' | 'unpin', rows: number[], positions: number[]) =>
        this.stream?.place(kind, rows, positions, this.options.layout),
    };
  }

  /** The node under a point of the window, taken in hand. */
  grab(x: number, y: number, isTouch: boolean): boolean {
    const found = this.nodeAt(x, y);
    // A finger pans far more often than it means a node: it first selects, then moves.
    if (found === undefined || (isTouch && !this.selected.includes(found))) return false;
    this.pinning.grab(found);
    return true;
  }

  nodeAt(x: number, y: number): number | undefined {
    return this.header ? this.renderer?.pick(x, y, this.look) : undefined;
  }

  /** By pixels of the window. */
  dragBy(dx: number, dy: number): void {
    this.pinning.dragBy(dx / this.camera.zoom, -dy / this.camera.zoom);
  }

  /** The last move of nodes by hand, else the last arrangement, is taken back. */
  undo(): void {
    if (!this.pinning.undo() && this.graph?.can_edit) void this.arranging.undo();
  }

  nudge(dx: number, dy: number): void {
    this.pinning.moveBy(this.selected, dx / this.camera.zoom, -dy / this.camera.zoom);
  }

  private settle(): void {
    if (this.phase !== 'drawn' && this.phase !== 'converged') return;
    const layout = this.graph!.layout;
    const isRunning = layout.state === 'running' || layout.state === 'queued';
    if (isRunning) this.setPhase('drawn');
    else if (!this.glide.isMoving) this.setPhase('converged');
  }

  get isPlaying(): boolean {
    const state = this.graph?.layout.state;
    return state === 'running' || state === 'queued';
  }

  /** Plays the layout, pauses it where it plays, and goes on where it is paused. */
  play(): void {
    if (this.isPlaying) this.stream?.tell('pause');
    else if (this.graph?.layout.state === 'paused') this.stream?.tell('resume');
    else this.stream?.play(this.options.play || 10000, this.runOptions);
  }

  stopPlaying(): void {
    this.stream?.tell('stop');
  }

  /** Axes keep their meaning while the nodes move. */
  private get runOptions(): Record<string, number | boolean> {
    const locks: Record<string, boolean> = {};
    for (const axis of this.scene.axes) locks[`locked${axis.kind.toUpperCase()}`] = true;
    return { ...locks, ...this.options.layout };
  }

  /** What was just asked of the server shows without delay. */
  hurry(): void {
    this.stream?.hurry();
  }

  private takeFrame(frame: Frame, positions: Float32Array): void {
    if (positions.length !== this.positions.length || !this.header) return;
    const layout = this.graph?.layout;
    // An arrangement comes with exact positions, once it is there.
    if (!layout || layout.state === 'fixed' || layout.arranging || this.arranging.isWaiting) return;
    // Frames and maps mean nothing once nodes move; whether axes do, the server knows.
    if (frame.progress > 0) this.scene = { ...NO_SCENE, axes: this.scene.axes };
    this.glide.to(positions);
    this.redraw();
    if (frame.final && this.graph) {
      this.graph = { ...this.graph, layout: { ...layout, state: 'done', progress: 1, converged: true } };
    }
  }

  /** Moves the nodes a part of the way to the last frame; true while there is way left. */
  private move(): boolean {
    if (!this.glide.step()) return false;
    this.renderer!.setPositions(this.positions);
    if (!this.hasMovedView) this.fitCamera();
    if (!this.glide.isMoving) this.settle();
    return this.glide.isMoving;
  }

  get look(): Look {
    const css = getComputedStyle(document.documentElement);
    const ground = rgbOf(this.options.bg ?? css.getPropertyValue('--ground'));
    const m = this.header?.edge_count ?? 0;
    const automatic = Math.min(Math.max(13 / Math.sqrt(m + 1), 0.045), theme.name === 'dark' ? 0.5 : 0.6);
    return {
      ground,
      accent: rgbOf(css.getPropertyValue('--accent')),
      pointScale: this.pointSize,
      pointOpacity: this.options.pointOpacity,
      edgeOpacity: this.showsEdges ? (this.edgeOpacity ?? automatic) : 0,
      edgeBend: this.options.edgeCurvature * 0.3,
      arrows: this.showsArrows,
    };
  }

  redraw(): void {
    if (this.isQueued) return;
    this.isQueued = true;
    requestAnimationFrame(() => {
      this.isQueued = false;
      const isGliding = this.move();
      this.paint();
      if (isGliding || performance.now() - this.lastMove < MOVING_MS) this.redraw();
    });
  }

  private resized(): void {
    if (this.renderer?.resize() && this.header) {
      if (!this.hasMovedView) this.fitCamera();
      this.redraw();
    }
  }

  private fitCamera(visible?: (row: number) => boolean): void {
    this.camera.fit(this.positions, visible, extent(this.scene));
  }

  private paint(): void {
    const { renderer, labels, camera } = this;
    if (!renderer || !labels || !this.header) return;
    renderer.resize();
    const look = this.look;
    const isMoving = this.glide.isMoving || performance.now() - this.lastMove < MOVING_MS;
    renderer.brightEdge = this.edge ?? -1;
    renderer.isFocused = this.selected.length > 0 || this.hovered !== undefined || this.edge !== undefined;
    this.backdrop!.draw(this.scene, camera, renderer.density, this.sceneInk(look));
    renderer.draw(look, isMoving, !isEmpty(this.scene));
    labels.clear(camera, renderer.density);
    const css = getComputedStyle(document.documentElement);
    const text = css.getPropertyValue('--label').trim();
    const halo = `rgb(${look.ground.map((part) => Math.round(part * 255)).join(' ')} / 0.85)`;
    const pen = labels.canvas.getContext('2d')!;
    if (this.showsLabels && this.options.showPointsOfInterest) this.paintLabels(look, text, halo);
    nameScene(pen, this.scene, camera, { soft: css.getPropertyValue('--soft'), halo });
  }

  private sceneInk(look: Look): SceneInk {
    const css = getComputedStyle(document.documentElement);
    const color = (name: string) => css.getPropertyValue(`--${name}`).trim();
    return {
      ground: `rgb(${look.ground.map((part) => Math.round(part * 255)).join(' ')})`,
      axis: color('axis'),
      frame: color('frame'),
      box: color('box'),
      land: color('land'),
      shore: color('shore'),
      net: color('net'),
    };
  }

  private paintLabels(look: Look, text: string, halo: string): void {
    const scale = this.renderer!.nodeScale(look) / 2;
    const chosen = new Set(this.selected);
    if (this.hovered !== undefined) chosen.add(this.hovered);
    const rows = chosen.size ? [...chosen, ...this.focusNeighbours(), ...this.importance] : this.labelRows();
    const missing = this.labels!.draw(
      {
        rows,
        titles: this.titles.byRow,
        positions: this.positions,
        radius: (row) => this.sizes[row] * scale,
        isShown: (row) => !(this.states[row] & (HIDDEN | DIMMED)),
        isStrong: (row) => chosen.has(row),
        most: this.options.pointsOfInterestMax + chosen.size,
      },
      this.camera,
      { text, halo },
    );
    if (missing.length) void this.titles.fetch(missing);
  }

  /** The most important rows overall; near, also those that only the window shows. */
  private labelRows(): ArrayLike<number> {
    if (this.camera.magnification < 3 || this.header!.node_count <= this.importance.length) {
      return this.importance;
    }
    const near: number[] = [];
    const { camera, positions } = this;
    for (let row = 0; row < this.states.length && near.length < 400; row++) {
      const [x, y] = camera.toScreen(positions[2 * row], positions[2 * row + 1]);
      if (x > 0 && y > 0 && x < camera.width && y < camera.height) near.push(row);
    }
    near.sort((a, b) => this.sizes[b] - this.sizes[a]);
    return near;
  }

  private focusNeighbours(): number[] {
    const focus = this.hovered !== undefined ? [this.hovered] : this.selected.slice(0, 3);
    return focus.flatMap((row) => [...this.around(row)].slice(0, 60));
  }

  private around(row: number): Uint32Array {
    this.neighbours ??= new Neighbours(this.header!.node_count, this.ends);
    return this.neighbours.of(row);
  }

  degreeOf(row: number): number {
    return this.around(row).length;
  }

  neighbourRows(row: number): number[] {
    return [...new Set(this.around(row))].filter((one) => one !== row);
  }

  edgeRowsOf(row: number): number[] {
    this.around(row);
    return [...this.neighbours!.edgesOf(row)].map((edge) => this.edgeRow[edge]);
  }

  private restate(): void {
    mark(this.states, {
      hidden: this.hiddenNodes,
      selected: this.selected,
      hovered: this.hovered,
      edgeEnds: this.edgeEnds,
      pinned: this.pinning.pins.keys(),
      around: (row) => this.around(row),
    });
    this.renderer?.setStates(this.states);
    this.redraw();
  }

  titleOf(row: number): Promise<string> {
    return this.titles.of(row);
  }

  hover(x: number, y: number): void {
    this.pointer = [x, y];
    const found = this.header ? this.renderer?.pick(x, y, this.look) : undefined;
    if (found === this.hovered) return;
    this.hovered = found;
    this.hoverTitle = '';
    if (found !== undefined) {
      void this.titleOf(found).then((title) => {
        if (this.hovered === found) this.hoverTitle = title;
      });
    }
    this.restate();
  }

  click(x: number, y: number, adds: boolean): void {
    const found = this.header ? this.renderer?.pick(x, y, this.look) : undefined;
    if (found === undefined) {
      const edge = adds || !this.header ? undefined : this.edgeAt(x, y);
      if (edge !== undefined) this.selectEdge(edge);
      else if (!adds) this.select([]);
    } else if (adds) {
      const has = this.selected.includes(found);
      this.select(has ? this.selected.filter((row) => row !== found) : [...this.selected, found]);
    } else this.select([found]);
  }

  private edgeAt(x: number, y: number): number | undefined {
    return nearestEdge(x, y, this.ends, this.positions, this.camera, (row) => this.hiddenNodes[row] > 0);
  }

  private selectEdge(edge: number): void {
    this.selected = [];
    this.edge = edge;
    this.selectedEdge = this.edgeRow[edge];
    this.restate();
  }

  /** The rows of the nodes that the selected edge joins. */
  get edgeEnds(): number[] {
    return this.edge === undefined ? [] : [this.ends[2 * this.edge], this.ends[2 * this.edge + 1]];
  }

  select(rows: number[]): void {
    this.selected = rows;
    this.edge = this.selectedEdge = undefined;
    this.restate();
  }

  selectBox(x0: number, y0: number, x1: number, y1: number, adds: boolean): void {
    const { camera, positions } = this;
    const [left, right] = [Math.min(x0, x1), Math.max(x0, x1)];
    const [top, bottom] = [Math.min(y0, y1), Math.max(y0, y1)];
    const found = new Set(adds ? this.selected : []);
    for (let row = 0; row < this.states.length; row++) {
      if (this.hiddenNodes[row]) continue;
      const [x, y] = camera.toScreen(positions[2 * row], positions[2 * row + 1]);
      if (x >= left && x <= right && y >= top && y <= bottom) found.add(row);
    }
    this.select([...found]);
  }

  jump(row: number): void {
    this.select([row]);
    this.hasMovedView = true;
    this.camera.x = this.positions[2 * row];
    this.camera.y = this.positions[2 * row + 1];
    this.camera.zoom = Math.max(this.camera.zoom, this.camera.fitZoom * 3);
    this.redraw();
  }

  private moved(): void {
    this.hasMovedView = true;
    this.lastMove = performance.now();
    this.redraw();
  }

  pan(dx: number, dy: number): void {
    this.camera.pan(dx, dy);
    this.moved();
  }

  zoom(x: number, y: number, factor: number): void {
    this.camera.zoomAt(x, y, factor);
    this.moved();
  }

  zoomMiddle(factor: number): void {
    this.zoom(this.camera.width / 2, this.camera.height / 2, factor);
  }

  fit(): void {
    this.fitCamera((row) => !this.hiddenNodes[row]);
    this.hasMovedView = false;
    this.redraw();
  }

  async addHistogram(table: api.Table, column: string): Promise<void> {
    if (this.histograms.some((one) => one.table === table && one.column === column)) return;
    const { header, arrays } = await api.getHistogram(this.id, table, column);
    const made: Histogram = {
      table,
      column,
      kind: header.kind,
      labels: header.labels,
      edges: header.edges,
      counts: arrays.counts as Uint32Array,
      codes: arrays.codes as Uint8Array,
      brush: undefined,
    };
    this.histograms = [...this.histograms, made].slice(-MOST_HISTOGRAMS);
  }

  dropHistogram(one: Histogram): void {
    this.histograms = this.histograms.filter((other) => other !== one);
    this.applyFilters();
  }

  brush(one: Histogram, brush: [number, number] | undefined): void {
    one.brush = brush;
    this.histograms = [...this.histograms];
    this.applyFilters();
  }

  clearFilters(): void {
    for (const one of this.histograms) one.brush = undefined;
    this.histograms = [...this.histograms];
    this.applyFilters();
  }

  private applyFilters(): void {
    const kept = keep(this.histograms, this.header!.node_count, this.ends, this.edgeRow);
    this.hiddenNodes = kept.hiddenNodes;
    this.shownNodes = kept.nodes;
    this.shownEdges = kept.edges;
    this.renderer!.hideEdges(kept.hiddenEdges);
    this.restate();
  }

  get hidden(): Uint8Array {
    return this.hiddenNodes;
  }

  /** The picture with its labels, as a PNG. */
  async export(): Promise<Blob> {
    this.paint();
    const { canvas } = this.renderer!;
    const whole = document.createElement('canvas');
    whole.width = canvas.width;
    whole.height = canvas.height;
    const pen = whole.getContext('2d')!;
    pen.drawImage(this.backdrop!.canvas, 0, 0, whole.width, whole.height);
    pen.drawImage(canvas, 0, 0);
    pen.drawImage(this.labels!.canvas, 0, 0, whole.width, whole.height);
    return new Promise((resolve) => whole.toBlob((blob) => resolve(blob!), 'image/png'));
  }
}

/** Whether nodes on the whole stand elsewhere, and not only more exactly. */
function areFar(from: Float32Array, to: Float32Array): boolean {
  let [moved, size] = [0, 0];
  for (let i = 0; i < to.length; i++) {
    moved += Math.abs(to[i] - from[i]);
    size += Math.abs(to[i]);
  }
  return moved > 0.01 * size;
}
