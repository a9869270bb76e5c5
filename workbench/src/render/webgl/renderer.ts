/** Draws a graph with WebGL2: typed arrays in, pixels out. */
import type { RenderStyle } from '../../model/renderStyle';
import type { ViewArrays } from '../../model/view';
import type { Camera } from '../camera';
import type { Rgb } from '../color';
import { PickBuffer } from './pickBuffer';
import { IntUniform, Program, type Uniforms } from './program';
import { ARROW, BADGE, LINE, PICK, POINT, QUAD } from './shaders';
import { DataTextures, unitNumber, type Unit } from './textures';

/** A style with the colors of the theme. */
export interface DrawStyle extends RenderStyle {
  backgroundColor: Rgb;
  accentColor: Rgb;
}

const MAX_EDGES_WHILE_MOVING = 40_000; // of a software renderer; edges come shuffled, so these are a sample
const MAX_PATCHED_ROWS = 500; // more of them are sent faster all at once
const MAX_SMOOTH_EDGES = 60_000;

export class Renderer {
  readonly gl: WebGL2RenderingContext;
  readonly isSoftware: boolean;
  private readonly programs: Record<'line' | 'quad' | 'arrow' | 'point' | 'badge' | 'pick', Program>;
  private readonly textures: DataTextures;
  private readonly pickBuffer: PickBuffer;
  private readonly emptyArray: WebGLVertexArrayObject;
  private readonly badgeArray: WebGLVertexArrayObject;
  private arrays: ViewArrays | undefined;
  private nodeCount = 0;
  private edgeCount = 0;
  private badgeCount = 0;
  private hasAtlas = false;
  private hiddenEdges: Uint8Array | undefined;
  /** Whether nodes and edges that are not highlighted are dimmed. */
  isFocused = false;
  /** The one edge that is highlighted; -1 where edges of selected nodes are. */
  selectedEdge = -1;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly camera: Camera,
  ) {
    const gl = canvas.getContext('webgl2', { antialias: false, preserveDrawingBuffer: true });
    if (!gl) throw new Error('This browser does not support WebGL2, which draws the graph.');
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
    this.emptyArray = gl.createVertexArray();
    this.badgeArray = gl.createVertexArray();
    this.textures = new DataTextures(gl);
    this.pickBuffer = new PickBuffer(gl);
  }

  /** Takes over the arrays of another graph. */
  setArrays(arrays: ViewArrays, nodeCount: number, edgeCount: number): void {
    const { textures } = this;
    this.arrays = arrays;
    this.nodeCount = nodeCount;
    this.edgeCount = edgeCount;
    this.hasAtlas = false;
    this.setPositions(arrays.position);
    this.setNodeFlags(new Uint8Array(nodeCount));
    if (arrays.node_icon) textures.write('icon', nodeCount, arrays.node_icon);
    textures.write('ends', edgeCount, arrays.edge_ends);
    if (arrays.edge_color) textures.write('edgeColor', edgeCount, arrays.edge_color);
    if (arrays.edge_color_destination) textures.write('edgeColorEnd', edgeCount, arrays.edge_color_destination);
    if (this.hasShape) textures.write('edgeShape', edgeCount, edgeShapes(arrays, edgeCount));
    this.hiddenEdges = undefined;
    this.setBadges(arrays.badge ?? new Uint32Array(0));
  }

  /** RGBA and size of each node. */
  setEncodings(color: Uint8Array, size: Float32Array): void {
    this.textures.write('color', this.nodeCount, color);
    this.textures.write('size', this.nodeCount, size);
  }

  setPositions(positions: Float32Array): void {
    this.textures.write('position', this.nodeCount, positions);
  }

  /** Takes over the positions of a few rows. */
  patchPositions(positions: Float32Array, rows: Iterable<number>): void {
    this.textures.patch('position', positions, rows);
  }

  /** Sends the flags of the rows that changed; of all nodes where it does not say which. */
  setNodeFlags(flags: Uint8Array, changed?: readonly number[]): void {
    if (changed && changed.length <= MAX_PATCHED_ROWS) this.textures.patch('state', flags, changed);
    else this.textures.write('state', this.nodeCount, flags);
  }

  /** Hides the edges whose flag is set; without flags no edge is hidden by itself. Sends what differs, if anything. */
  setHiddenEdges(hidden: Uint8Array | undefined): void {
    if (hidden === this.hiddenEdges) return;
    this.hiddenEdges = hidden;
    if (hidden) this.textures.write('edgeHidden', this.edgeCount, hidden);
  }

  setAtlas(atlas: HTMLCanvasElement): void {
    this.textures.setAtlas(atlas);
    this.hasAtlas = true;
  }

  private get hasShape(): boolean {
    const { edge_curve, edge_width, edge_opacity } = this.arrays ?? {};
    return (edge_curve ?? edge_width ?? edge_opacity) !== undefined;
  }

  private setBadges(badge: Uint32Array): void {
    const { gl } = this;
    this.badgeCount = badge.length / 3;
    gl.bindVertexArray(this.badgeArray);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, badge, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribIPointer(0, 3, gl.UNSIGNED_INT, 0, 0);
    gl.bindVertexArray(null);
  }

  /** Brings the canvas to its size on the page; true when that changed it. */
  resize(): boolean {
    const { canvas, camera, density } = this;
    const width = Math.max(1, Math.round(canvas.clientWidth * density));
    const height = Math.max(1, Math.round(canvas.clientHeight * density));
    camera.width = canvas.clientWidth || 1;
    camera.height = canvas.clientHeight || 1;
    if (canvas.width === width && canvas.height === height) return false;
    canvas.width = width;
    canvas.height = height;
    return true;
  }

  /** Device pixels of a CSS pixel. */
  get density(): number {
    return this.isSoftware ? 1 : Math.min(window.devicePixelRatio || 1, 2);
  }

  /** CSS pixels of a node of size 1, at the current zoom. */
  nodeScale(style: RenderStyle): number {
    return style.pointScale * Math.min(Math.max(this.camera.magnification, 0.3) ** 0.45, 6);
  }

  /** Draws nodes and edges over the background, or over nothing where a backdrop has drawn it. */
  draw(style: DrawStyle, isMoving: boolean, isTransparent: boolean): void {
    const { gl, programs, nodeCount, edgeCount } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    if (isTransparent) gl.clearColor(0, 0, 0, 0);
    else gl.clearColor(...style.backgroundColor, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!nodeCount) return;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.bindVertexArray(this.emptyArray);
    const uniforms = this.uniforms(style);
    const isSampled = isMoving && this.isSoftware;
    this.drawEdges(isSampled ? Math.min(edgeCount, MAX_EDGES_WHILE_MOVING) : edgeCount, style, uniforms, isMoving);
    programs.point.use(uniforms);
    gl.drawArrays(gl.POINTS, 0, nodeCount);
    if (this.badgeCount) {
      gl.bindVertexArray(this.badgeArray);
      programs.badge.use(uniforms);
      gl.drawArrays(gl.POINTS, 0, this.badgeCount);
    }
  }

  private drawEdges(count: number, style: DrawStyle, uniforms: Uniforms, isMoving: boolean): void {
    const { gl, programs } = this;
    if (!count) return;
    const isCurved = this.arrays?.edge_curve !== undefined || style.edgeBend !== 0;
    const segments = isCurved ? (count > MAX_SMOOTH_EDGES ? 4 : 12) : 1;
    const isSmooth = count <= MAX_SMOOTH_EDGES && !(isMoving && this.isSoftware && count > 3000);
    const vertices = (isSmooth ? 6 : 2) * segments;
    const program = isSmooth ? programs.quad : programs.line;
    program.use({ ...uniforms, uVertices: new IntUniform(vertices), uSegments: segments });
    gl.drawArrays(isSmooth ? gl.TRIANGLES : gl.LINES, 0, count * vertices);
    if (style.showsArrows && isSmooth) {
      programs.arrow.use({ ...uniforms, uVertices: new IntUniform(3), uSegments: segments });
      gl.drawArrays(gl.TRIANGLES, 0, count * 3);
    }
  }

  private uniforms(style: DrawStyle): Uniforms {
    const { camera, arrays, density } = this;
    const unit = (name: Unit) => new IntUniform(unitNumber(name));
    const flag = (value: unknown) => new IntUniform(value ? 1 : 0);
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
      uEdgeHidden: unit('edgeHidden'),
      uHasIcons: flag(arrays?.node_icon && this.hasAtlas),
      uHasColor: flag(arrays?.edge_color),
      uHasColorEnd: flag(arrays?.edge_color_destination),
      uHasShape: flag(this.hasShape),
      uHasHidden: flag(this.hiddenEdges),
      uFocus: flag(this.isFocused),
      uEdge: new IntUniform(this.selectedEdge),
      uCamera: [camera.x, camera.y, camera.zoom * density],
      uScreen: [this.canvas.width, this.canvas.height],
      uScale: this.nodeScale(style) * density,
      uDensity: density,
      uWidth: density * (camera.magnification > 3 ? 1.3 : 1),
      uOpacity: Math.min(style.edgeOpacity * Math.min(camera.magnification ** 0.35, 4), 1),
      uBend: style.edgeBend,
      uBackground: style.backgroundColor,
      uAccent: style.accentColor,
      uPointOpacity: style.pointOpacity,
    };
  }

  /** The node at a point of the canvas, in CSS pixels. */
  pick(x: number, y: number, style: DrawStyle): number | undefined {
    const { gl, canvas, density, nodeCount } = this;
    if (!nodeCount) return undefined;
    const [pixelX, pixelY] = [Math.round(x * density), canvas.height - 1 - Math.round(y * density)];
    const number = this.pickBuffer.read(pixelX, pixelY, canvas.width, canvas.height, () => {
      gl.bindVertexArray(this.emptyArray);
      this.programs.pick.use(this.uniforms(style));
      gl.drawArrays(gl.POINTS, 0, nodeCount);
    });
    return number ? number - 1 : undefined;
  }
}

/** Curvature from -2 to 2, width from 0 to 16 and opacity of each edge, in bytes. */
export function edgeShapes(arrays: ViewArrays, edgeCount: number): Uint8Array {
  const { edge_curve: curve, edge_width: width, edge_opacity: opacity } = arrays;
  const shapes = new Uint8Array(4 * edgeCount);
  for (let edge = 0; edge < edgeCount; edge++) {
    shapes[4 * edge] = Math.round((((curve?.[edge] ?? 0) + 2) / 4) * 255);
    shapes[4 * edge + 1] = Math.round(((width?.[edge] ?? 1) / 16) * 255);
    shapes[4 * edge + 2] = opacity?.[edge] ?? 255;
    shapes[4 * edge + 3] = 255;
  }
  return shapes;
}
