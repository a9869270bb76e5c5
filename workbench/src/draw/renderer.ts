/** Draws a graph with WebGL2. Columns come in, pixels come out; nothing here knows of panels. */
import type { Camera } from './camera';
import { Program, Whole } from './program';
import { ARROW, BADGE, LINE, PICK, POINT, QUAD, WIDTH } from './shaders';

export interface Look {
  ground: [number, number, number];
  accent: [number, number, number];
  pointScale: number;
  pointOpacity: number;
  edgeOpacity: number;
  edgeBend: number;
  arrows: boolean;
}
export interface Columns {
  n: number;
  m: number;
  position: Float32Array;
  color: Uint8Array;
  size: Float32Array;
  icon?: Uint16Array;
  ends: Uint32Array;
  edgeColor?: Uint8Array;
  edgeColorEnd?: Uint8Array;
  curve?: Float32Array;
  width?: Float32Array;
  edgeOpacity?: Uint8Array;
  badge?: Uint32Array;
}

const UNITS = [
  'position', 'color', 'size', 'state', 'icon', 'atlas', 'ends', 'edgeColor', 'edgeColorEnd', 'edgeShape', 'pick',
] as const; // prettier-ignore
type Unit = (typeof UNITS)[number];
const MOVING_EDGES = 40000; // drawn while the view moves; edges come shuffled, so these are a sample
const QUAD_EDGES = 60000; // smooth edges up to here

export class Renderer {
  readonly gl: WebGL2RenderingContext;
  readonly isSoftware: boolean;
  private readonly programs: Record<'line' | 'quad' | 'arrow' | 'point' | 'badge' | 'pick', Program>;
  private readonly textures = new Map<Unit, { handle: WebGLTexture; rows: number; kind: number }>();
  private readonly pickBuffer: WebGLFramebuffer;
  private readonly empty: WebGLVertexArrayObject;
  private readonly badges: WebGLVertexArrayObject;
  private columns: Columns | undefined;
  private badgeCount = 0;
  private shape: Uint8Array = new Uint8Array(0);
  isFocused = false;
  brightEdge = -1;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly camera: Camera,
  ) {
    const gl = canvas.getContext('webgl2', {
      antialias: false,
      preserveDrawingBuffer: true,
    });
    if (!gl) throw new Error('This browser does not offer WebGL2, which draws the graph.');
    this.gl = gl;
    const info = gl.getExtension('WEBGL_debug_renderer_info');
    const name = info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : '';
    this.isSoftware = /swiftshader|llvmpipe|software/i.test(name);
    this.programs = {
      line: new Program(gl, LINE),
      quad: new Program(gl, QUAD),
      arrow: new Program(gl, ARROW),
      point: new Program(gl, POINT),
      badge: new Program(gl, BADGE),
      pick: new Program(gl, PICK),
    };
    this.empty = gl.createVertexArray();
    this.badges = gl.createVertexArray();
    this.pickBuffer = gl.createFramebuffer();
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    // A sampler must find a texture of its own type even where nothing is drawn from it.
    const whole = new Set<Unit>(['state', 'icon']);
    for (const unit of UNITS) {
      if (unit === 'pick') continue;
      if (unit === 'ends') this.fill(unit, 1, gl.RG32UI, new Uint32Array(2), 2);
      else if (whole.has(unit)) this.fill(unit, 1, gl.R8UI, new Uint8Array(1), 1);
      else this.fill(unit, 1, gl.RGBA8, new Uint8Array(4), 4);
    }
  }

  setColumns(columns: Columns): void {
    const { gl } = this;
    this.columns = columns;
    const { n, m } = columns;
    this.setPositions(columns.position);
    this.fill('color', n, gl.RGBA8, columns.color, 4);
    this.fill('size', n, gl.R32F, columns.size, 1);
    this.setStates(new Uint8Array(n));
    if (columns.icon) this.fill('icon', n, gl.R16UI, columns.icon, 1);
    this.fill('ends', m, gl.RG32UI, columns.ends, 2);
    if (columns.edgeColor) this.fill('edgeColor', m, gl.RGBA8, columns.edgeColor, 4);
    if (columns.edgeColorEnd) this.fill('edgeColorEnd', m, gl.RGBA8, columns.edgeColorEnd, 4);
    this.shape = new Uint8Array(0);
    if (columns.curve || columns.width || columns.edgeOpacity) this.hideEdges(undefined);
    this.setBadges(columns.badge ?? new Uint32Array(0));
  }

  setLooks(color: Uint8Array, size: Float32Array): void {
    if (!this.columns) return;
    this.columns.color = color;
    this.columns.size = size;
    this.fill('color', this.columns.n, this.gl.RGBA8, color, 4);
    this.fill('size', this.columns.n, this.gl.R32F, size, 1);
  }

  setPositions(position: Float32Array): void {
    if (!this.columns) return;
    this.columns.position = position;
    this.fill('position', this.columns.n, this.gl.RG32F, position, 2);
  }

  /** A few nodes moved: their texels alone are sent. */
  patchPositions(position: Float32Array, rows: Iterable<number>): void {
    if (!this.columns) return;
    const { gl } = this;
    this.columns.position = position;
    gl.activeTexture(gl.TEXTURE0 + UNITS.indexOf('position'));
    gl.bindTexture(gl.TEXTURE_2D, this.textures.get('position')!.handle);
    for (const row of rows) {
      const [x, y] = [row % WIDTH, Math.floor(row / WIDTH)];
      gl.texSubImage2D(gl.TEXTURE_2D, 0, x, y, 1, 1, gl.RG, gl.FLOAT, position, 2 * row);
    }
  }

  setStates(states: Uint8Array): void {
    if (this.columns) this.fill('state', this.columns.n, this.gl.R8UI, states, 1);
  }

  /** Leaves out the edges whose flag is set; nothing brings all back. */
  hideEdges(hidden: Uint8Array | undefined): void {
    const { m, curve, width, edgeOpacity } = this.columns!;
    if (!this.shape.length) {
      this.shape = new Uint8Array(4 * m);
      for (let e = 0; e < m; e++) {
        this.shape[4 * e] = Math.round((((curve?.[e] ?? 0) + 2) / 4) * 255);
        this.shape[4 * e + 1] = Math.round(((width?.[e] ?? 1) / 16) * 255);
        this.shape[4 * e + 2] = edgeOpacity?.[e] ?? 255;
      }
    }
    for (let e = 0; e < m; e++) this.shape[4 * e + 3] = hidden?.[e] ? 0 : 255;
    this.fill('edgeShape', m, this.gl.RGBA8, this.shape, 4);
  }

  setAtlas(atlas: HTMLCanvasElement): void {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0 + UNITS.indexOf('atlas'));
    const handle = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, handle);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, atlas);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    this.textures.set('atlas', { handle, rows: 0, kind: gl.RGBA });
  }

  private setBadges(badge: Uint32Array): void {
    const { gl } = this;
    this.badgeCount = badge.length / 3;
    gl.bindVertexArray(this.badges);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, badge, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribIPointer(0, 3, gl.UNSIGNED_INT, 0, 0);
    gl.bindVertexArray(null);
  }

  private fill(unit: Unit, count: number, kind: number, data: ArrayBufferView, parts: number): void {
    const { gl } = this;
    const rows = Math.max(1, Math.ceil(count / WIDTH));
    const [format, type] = this.transfer(kind);
    gl.activeTexture(gl.TEXTURE0 + UNITS.indexOf(unit));
    const known = this.textures.get(unit);
    if (known && known.rows === rows && known.kind === kind) {
      gl.bindTexture(gl.TEXTURE_2D, known.handle);
    } else {
      if (known) gl.deleteTexture(known.handle);
      const handle = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, handle);
      gl.texStorage2D(gl.TEXTURE_2D, 1, kind, WIDTH, rows);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
      this.textures.set(unit, { handle, rows, kind });
    }
    const whole = Math.floor(count / WIDTH);
    const rest = count - whole * WIDTH;
    const send = (y: number, w: number, h: number, from: number) =>
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, y, w, h, format, type, data as Uint8Array, from);
    if (whole) send(0, WIDTH, whole, 0);
    if (rest) send(whole, rest, 1, whole * WIDTH * parts);
  }

  private transfer(kind: number): [number, number] {
    const { gl } = this;
    const known: Record<number, [number, number]> = {
      [gl.RG32F]: [gl.RG, gl.FLOAT],
      [gl.R32F]: [gl.RED, gl.FLOAT],
      [gl.RGBA8]: [gl.RGBA, gl.UNSIGNED_BYTE],
      [gl.R8UI]: [gl.RED_INTEGER, gl.UNSIGNED_BYTE],
      [gl.R16UI]: [gl.RED_INTEGER, gl.UNSIGNED_SHORT],
      [gl.RG32UI]: [gl.RG_INTEGER, gl.UNSIGNED_INT],
    };
    return known[kind];
  }

  /** Brings the canvas to its size on the page; true when that changed it. */
  resize(): boolean {
    const { canvas, camera } = this;
    const density = this.density;
    const w = Math.max(1, Math.round(canvas.clientWidth * density));
    const h = Math.max(1, Math.round(canvas.clientHeight * density));
    camera.width = canvas.clientWidth || 1;
    camera.height = canvas.clientHeight || 1;
    if (canvas.width === w && canvas.height === h) return false;
    canvas.width = w;
    canvas.height = h;
    return true;
  }

  get density(): number {
    return this.isSoftware ? 1 : Math.min(window.devicePixelRatio || 1, 2);
  }

  /** Pixels of a node, by its size and the zoom. */
  nodeScale(look: Look): number {
    const grown = Math.min(Math.max(this.camera.magnification, 0.3) ** 0.45, 6);
    return look.pointScale * grown;
  }

  /** On the ground, or on nothing where a backdrop has it. */
  draw(look: Look, isMoving: boolean, isClear = false): void {
    const { gl, columns } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    if (isClear) gl.clearColor(0, 0, 0, 0);
    else gl.clearColor(...look.ground, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!columns || !columns.n) return;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.bindVertexArray(this.empty);
    const values = this.uniforms(look);
    const sampled = isMoving && this.isSoftware ? Math.min(columns.m, MOVING_EDGES) : columns.m;
    this.drawEdges(sampled, look, values, isMoving);
    this.programs.point.use(values);
    gl.drawArrays(gl.POINTS, 0, columns.n);
    if (this.badgeCount) {
      gl.bindVertexArray(this.badges);
      this.programs.badge.use(values);
      gl.drawArrays(gl.POINTS, 0, this.badgeCount);
    }
  }

  private drawEdges(m: number, look: Look, values: ReturnType<Renderer['uniforms']>, isMoving: boolean): void {
    const { gl, columns, programs } = this;
    if (!m) return;
    const bends = columns!.curve !== undefined || look.edgeBend !== 0;
    const segments = bends ? (m > QUAD_EDGES ? 4 : 12) : 1;
    const smooth = m <= QUAD_EDGES && !(isMoving && this.isSoftware && m > 3000);
    const vertices = (smooth ? 6 : 2) * segments;
    const program = smooth ? programs.quad : programs.line;
    program.use({ ...values, uVertices: new Whole(vertices), uSegments: segments });
    gl.drawArrays(smooth ? gl.TRIANGLES : gl.LINES, 0, m * vertices);
    if (look.arrows && smooth) {
      programs.arrow.use({ ...values, uVertices: new Whole(3), uSegments: segments });
      gl.drawArrays(gl.TRIANGLES, 0, m * 3);
    }
  }

  private uniforms(look: Look): Record<string, number | readonly number[] | Whole> {
    const { camera, columns, density } = this;
    const unit = (name: Unit) => new Whole(UNITS.indexOf(name));
    const grown = Math.min(camera.magnification ** 0.35, 4);
    return {
      uPosition: unit('position'),
      uColor: unit('color'),
      uSize: unit('size'),
      uState: unit('state'),
      uIcon: unit('icon'),
      uAtlas: unit('atlas'),
      uEnds: unit('ends'),
      uEdgeColor: unit('edgeColor'),
      uEdgeColorEnd: unit('edgeColorEnd'),
      uEdgeShape: unit('edgeShape'),
      uHasIcons: new Whole(columns?.icon && this.textures.get('atlas')?.rows === 0 ? 1 : 0),
      uHasColor: new Whole(columns?.edgeColor ? 1 : 0),
      uHasColorEnd: new Whole(columns?.edgeColorEnd ? 1 : 0),
      uHasShape: new Whole(this.shape.length ? 1 : 0),
      uFocus: new Whole(this.isFocused ? 1 : 0),
      uEdge: new Whole(this.brightEdge),
      uCamera: [camera.x, camera.y, camera.zoom * density],
      uScreen: [this.canvas.width, this.canvas.height],
      uScale: this.nodeScale(look) * density,
      uDensity: density,
      uWidth: density * (camera.magnification > 3 ? 1.3 : 1),
      uOpacity: Math.min(look.edgeOpacity * grown, 1),
      uBend: look.edgeBend,
      uGround: look.ground,
      uAccent: look.accent,
      uPointOpacity: look.pointOpacity,
    };
  }

  /** The node under a point of the page, in CSS pixels of the canvas. */
  pick(sx: number, sy: number, look: Look): number | undefined {
    const { gl, columns, canvas, density } = this;
    if (!columns?.n) return undefined;
    const x = Math.round(sx * density);
    const y = canvas.height - 1 - Math.round(sy * density);
    this.sizePickBuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.pickBuffer);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.disable(gl.BLEND);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(x - 3, y - 3, 7, 7);
    gl.clearBufferuiv(gl.COLOR, 0, [0, 0, 0, 0]);
    gl.bindVertexArray(this.empty);
    this.programs.pick.use(this.uniforms(look));
    gl.drawArrays(gl.POINTS, 0, columns.n);
    const seen = new Uint32Array(49);
    gl.readPixels(x - 3, y - 3, 7, 7, gl.RED_INTEGER, gl.UNSIGNED_INT, seen);
    gl.disable(gl.SCISSOR_TEST);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    const found = seen[24] || seen.find((one) => one > 0);
    return found ? found - 1 : undefined;
  }

  private sizePickBuffer(): void {
    const { gl, canvas } = this;
    const known = this.textures.get('pick');
    const size = canvas.width * 65536 + canvas.height;
    if (known && known.rows === size) return;
    if (known) gl.deleteTexture(known.handle);
    const handle = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0 + UNITS.indexOf('pick'));
    gl.bindTexture(gl.TEXTURE_2D, handle);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32UI, canvas.width, canvas.height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.pickBuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, handle, 0);
    this.textures.set('pick', { handle, rows: size, kind: gl.R32UI });
    // Reading what is being written is an error: nothing samples this unit.
    gl.bindTexture(gl.TEXTURE_2D, null);
  }
}
