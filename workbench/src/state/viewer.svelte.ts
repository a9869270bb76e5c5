/** One graph in the window: its state, its picture, what is selected, hovered and filtered. */
import { Camera } from '../draw/camera';
import { nearestEdge } from '../draw/hits';
import { drawAxes } from '../draw/axes';
import { drawAtlas } from '../draw/icons';
import { Labels } from '../draw/labels';
import { Renderer, type Look } from '../draw/renderer';
import { DIMMED, HIDDEN, HOVERED, NEIGHBOUR, SELECTED } from '../draw/shaders';
import * as api from '../wire/api';
import { Stream, type Frame } from '../wire/stream';
import { leftOut, type Histogram } from './filters';
import { Neighbours } from './neighbours';
import { readOptions, type Options } from './options';
import { theme } from './theme.svelte';

const MOVING_MS = 180;
const GLIDE_MS = 240;
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
  titles = new Map<number, string>();

  private renderer: Renderer | undefined;
  private labels: Labels | undefined;
  private stream: Stream | undefined;
  private positions: Float32Array = new Float32Array(0);
  private target: Float32Array | undefined;
  private origin: Float32Array | undefined;
  private glideStart = 0;
  private sizes: Float32Array = new Float32Array(0);
  private ends: Uint32Array = new Uint32Array(0);
  private edgeRow: Uint32Array = new Uint32Array(0);
  private importance: Uint32Array = new Uint32Array(0);
  private states: Uint8Array = new Uint8Array(0);
  private hiddenNodes: Uint8Array = new Uint8Array(0);
  private neighbours: Neighbours | undefined;
  private version = -1;
  private edge: number | undefined;
  private isQueued = false;
  private lastMove = 0;
  private hasMovedView = false;
  private askedTitles = new Set<number>();

  constructor(id: string, query: URLSearchParams) {
    this.id = id;
    this.query = query;
    this.options = readOptions(query);
  }

  start(canvas: HTMLCanvasElement, above: HTMLCanvasElement): void {
    try {
      this.renderer = new Renderer(canvas, this.camera);
    } catch (error) {
      this.fail(String((error as Error).message));
      return;
    }
    this.labels = new Labels(above);
    new ResizeObserver(() => this.resized()).observe(canvas);
    this.stream = new Stream(this.id, {
      state: (state) => void this.take(state),
      frame: (frame, positions) => this.takeFrame(frame, positions),
      refused: (message) => (this.notice = message),
      lost: () => this.fail('This graph is no longer shared with you, or it was deleted.'),
    });
    api.getState(this.id).then(
      (state) => this.take(state),
      (error: Error) => this.fail(error.message),
    );
  }

  stop(): void {
    this.stream?.close();
  }

  private fail(message: string): void {
    this.error = message;
    this.setPhase('error');
  }

  private setPhase(phase: Phase): void {
    this.phase = phase;
    document.documentElement.dataset.state = phase;
  }

  private async take(state: api.GraphState): Promise<void> {
    this.graph = state;
    document.title = this.title(state);
    if (state.state === 'failed') return this.fail(state.error);
    if (state.state === 'empty') return this.setPhase('empty');
    if (state.state !== 'ready') return;
    if (state.version !== this.version) {
      this.version = state.version;
      try {
        await this.load(state);
      } catch (error) {
        this.fail((error as Error).message);
        return;
      }
    }
    this.settle();
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
    const { header, arrays } = await api.getPicture(this.id);
    this.header = header;
    this.positions = arrays.position as Float32Array;
    this.sizes = arrays.node_size as Float32Array;
    this.ends = arrays.edge_ends as Uint32Array;
    this.edgeRow = arrays.edge_row as Uint32Array;
    this.importance = arrays.importance as Uint32Array;
    this.showsArrows = this.options.showArrows ?? header.edge_count <= 20000;
    this.titles = new Map(header.titles.map((title, i) => [this.importance[i], title]));
    this.askedTitles.clear();
    this.neighbours = undefined;
    this.histograms = [];
    this.selected = [];
    const color = (arrays.node_color as Uint8Array).slice();
    const opacity = arrays.node_opacity as Uint8Array | undefined;
    if (opacity) for (let i = 0; i < opacity.length; i++) color[4 * i + 3] = opacity[i];
    const renderer = this.renderer!;
    renderer.setColumns({
      n: header.node_count,
      m: header.edge_count,
      position: this.positions,
      color,
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
    this.camera.fit(this.positions);
    this.setPhase('drawn');
    this.paint();
    document.documentElement.dataset.firstFrame = '1';
  }

  private settle(): void {
    if (this.phase !== 'drawn' && this.phase !== 'converged') return;
    const layout = this.graph!.layout;
    const isRunning = layout.state === 'running' || layout.state === 'queued';
    if (isRunning) this.setPhase('drawn');
    else if (!this.target) this.setPhase('converged');
  }

  get isPlaying(): boolean {
    const state = this.graph?.layout.state;
    return state === 'running' || state === 'queued';
  }

  play(): void {
    if (this.isPlaying) this.stream?.pause();
    else this.stream?.play(this.options.play && this.options.play > 0 ? this.options.play : 10000, this.options.layout);
  }

  private takeFrame(frame: Frame, positions: Float32Array): void {
    if (positions.length !== this.positions.length || !this.header) return;
    if (this.graph?.layout.state === 'fixed') return;
    this.origin = this.positions.slice();
    this.target = positions;
    this.glideStart = performance.now();
    this.redraw();
    if (frame.final && this.graph) {
      this.graph = { ...this.graph, layout: { state: 'done', progress: 1, converged: true } };
    }
  }

  /** Moves the nodes a part of the way to the last frame; true while there is way left. */
  private glide(): boolean {
    if (!this.target || !this.origin) return false;
    const share = Math.min(1, (performance.now() - this.glideStart) / GLIDE_MS);
    if (share >= 1) {
      this.positions = this.target;
      this.target = this.origin = undefined;
    } else {
      const mixed = new Float32Array(this.positions.length);
      for (let i = 0; i < mixed.length; i++) {
        mixed[i] = this.origin[i] + (this.target[i] - this.origin[i]) * share;
      }
      this.positions = mixed;
    }
    this.renderer!.setPositions(this.positions);
    if (!this.hasMovedView) this.camera.fit(this.positions);
    if (!this.target) this.settle();
    return this.target !== undefined;
  }

  get look(): Look {
    const css = getComputedStyle(document.documentElement);
    const ground = parse(this.options.bg ?? css.getPropertyValue('--ground'));
    const m = this.header?.edge_count ?? 0;
    const automatic = Math.min(Math.max(13 / Math.sqrt(m + 1), 0.045), theme.name === 'dark' ? 0.5 : 0.6);
    return {
      ground,
      accent: parse(css.getPropertyValue('--accent')),
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
      const isGliding = this.glide();
      this.paint();
      if (isGliding || performance.now() - this.lastMove < MOVING_MS) this.redraw();
    });
  }

  private resized(): void {
    if (this.renderer?.resize() && this.header) {
      if (!this.hasMovedView) this.camera.fit(this.positions);
      this.redraw();
    }
  }

  private paint(): void {
    const { renderer, labels, camera } = this;
    if (!renderer || !labels || !this.header) return;
    renderer.resize();
    const look = this.look;
    const isMoving = this.target !== undefined || performance.now() - this.lastMove < MOVING_MS;
    renderer.brightEdge = this.edge ?? -1;
    renderer.isFocused =
      this.selected.length > 0 || this.hovered !== undefined || this.edge !== undefined;
    renderer.draw(look, isMoving);
    labels.clear(camera, renderer.density);
    const pen = labels.canvas.getContext('2d')!;
    const css = getComputedStyle(document.documentElement);
    const text = css.getPropertyValue('--label').trim();
    drawAxes(pen, this.header.axes, camera, { line: css.getPropertyValue('--axis'), text });
    if (this.showsLabels && this.options.showPointsOfInterest) this.paintLabels(look, text);
  }

  private paintLabels(look: Look, text: string): void {
    const scale = this.renderer!.nodeScale(look) / 2;
    const chosen = new Set(this.selected);
    if (this.hovered !== undefined) chosen.add(this.hovered);
    const rows = chosen.size
      ? [...chosen, ...this.focusNeighbours(), ...this.importance]
      : this.labelRows();
    const halo = `rgb(${look.ground.map((part) => Math.round(part * 255)).join(' ')} / 0.85)`;
    const missing = this.labels!.draw(
      {
        rows,
        titles: this.titles,
        positions: this.positions,
        radius: (row) => this.sizes[row] * scale,
        isShown: (row) => !(this.states[row] & (HIDDEN | DIMMED)),
        isStrong: (row) => chosen.has(row),
        most: this.options.pointsOfInterestMax + chosen.size,
      },
      this.camera,
      { text, halo },
    );
    if (missing.length) void this.fetchTitles(missing);
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

  private async fetchTitles(rows: number[]): Promise<void> {
    const wanted = rows.filter((row) => !this.askedTitles.has(row));
    if (!wanted.length) return;
    for (const row of wanted) this.askedTitles.add(row);
    const found = await api.getTitles(this.id, wanted);
    for (const [row, title] of Object.entries(found)) this.titles.set(Number(row), title);
    this.redraw();
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

  /** Brings hidden, dimmed, selected and hovered into the bits that the shaders read. */
  private restate(): void {
    const { states, hiddenNodes } = this;
    const focus = this.hovered !== undefined ? [this.hovered] : this.selected;
    const rest = focus.length ? DIMMED : 0;
    for (let row = 0; row < states.length; row++) states[row] = hiddenNodes[row] ? HIDDEN : rest;
    for (const row of focus) {
      if (focus.length <= 200) {
        for (const one of this.around(row)) states[one] = (states[one] & HIDDEN) | NEIGHBOUR;
      }
    }
    if (this.edge !== undefined && this.hovered === undefined) {
      states.forEach((flags, row) => (states[row] = flags || DIMMED));
      for (const row of this.edgeEnds) states[row] = (states[row] & HIDDEN) | SELECTED;
    }
    for (const row of this.selected) states[row] = (states[row] & HIDDEN) | SELECTED;
    if (this.hovered !== undefined) {
      states[this.hovered] = (states[this.hovered] & HIDDEN) | HOVERED;
    }
    this.renderer?.setStates(states);
    this.redraw();
  }

  async titleOf(row: number): Promise<string> {
    if (!this.titles.has(row)) await this.fetchTitles([row]);
    return this.titles.get(row) ?? '';
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
    this.camera.fit(this.positions, (row) => !this.hiddenNodes[row]);
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

  /** Hides what brushes leave out: edges by their own rows, and nodes that then have none. */
  private applyFilters(): void {
    const { node_count: n, edge_count: m } = this.header!;
    const nodes = leftOut(this.histograms, 'node', n);
    const byRow = leftOut(this.histograms, 'edge', m);
    const brushesEdges = this.histograms.some((one) => one.table === 'edge' && one.brush);
    const edges = new Uint8Array(m);
    const has = new Uint8Array(n);
    let shownEdges = 0;
    for (let e = 0; e < m; e++) {
      const [a, b] = [this.ends[2 * e], this.ends[2 * e + 1]];
      if (byRow[this.edgeRow[e]]) edges[e] = 1;
      else if (!nodes[a] && !nodes[b]) {
        has[a] = has[b] = 1;
        shownEdges++;
      }
    }
    if (brushesEdges) for (let row = 0; row < n; row++) if (!has[row]) nodes[row] = 1;
    this.hiddenNodes = nodes;
    this.shownEdges = shownEdges;
    this.shownNodes = n - nodes.reduce((sum, one) => sum + one, 0);
    this.renderer!.hideEdges(brushesEdges ? edges : undefined);
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
    pen.drawImage(canvas, 0, 0);
    pen.drawImage(this.labels!.canvas, 0, 0, whole.width, whole.height);
    return new Promise((resolve) => whole.toBlob((blob) => resolve(blob!), 'image/png'));
  }
}

const parsed = new Map<string, [number, number, number]>();

/** Red, green and blue in 0..1 of a CSS colour. */
function parse(color: string): [number, number, number] {
  const known = parsed.get(color);
  if (known) return known;
  const pen = document.createElement('canvas').getContext('2d')!;
  pen.fillStyle = color.trim() || '#000';
  const hex = pen.fillStyle.startsWith('#') ? pen.fillStyle : '#000000';
  const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  parsed.set(color, parts as [number, number, number]);
  return parts as [number, number, number];
}
