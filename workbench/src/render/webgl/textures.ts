/** Data textures: one texel a row, TEXTURE_WIDTH rows of the table in a row of the texture. */
import { TEXTURE_WIDTH } from './shaders';

export const UNITS = [
  'position',
  'color',
  'size',
  'state',
  'icon',
  'atlas',
  'ends',
  'edgeColor',
  'edgeColorEnd',
  'edgeShape',
  'edgeHidden',
  'pick',
] as const;
export type Unit = (typeof UNITS)[number];

interface Format {
  internal: number;
  format: number;
  type: number;
  components: number;
}
interface Texture {
  handle: WebGLTexture;
  height: number;
}

export const unitNumber = (unit: Unit): number => UNITS.indexOf(unit);

export class DataTextures {
  private readonly textures = new Map<Unit, Texture>();
  private readonly formats: Partial<Record<Unit, Format>>;

  constructor(private readonly gl: WebGL2RenderingContext) {
    const rgba: Format = { internal: gl.RGBA8, format: gl.RGBA, type: gl.UNSIGNED_BYTE, components: 4 };
    const byte: Format = { internal: gl.R8UI, format: gl.RED_INTEGER, type: gl.UNSIGNED_BYTE, components: 1 };
    this.formats = {
      position: { internal: gl.RG32F, format: gl.RG, type: gl.FLOAT, components: 2 },
      color: rgba,
      size: { internal: gl.R32F, format: gl.RED, type: gl.FLOAT, components: 1 },
      state: byte,
      icon: { internal: gl.R16UI, format: gl.RED_INTEGER, type: gl.UNSIGNED_SHORT, components: 1 },
      ends: { internal: gl.RG32UI, format: gl.RG_INTEGER, type: gl.UNSIGNED_INT, components: 2 },
      edgeColor: rgba,
      edgeColorEnd: rgba,
      edgeShape: rgba,
      edgeHidden: byte,
    };
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    // A sampler must find a texture of its own type even where nothing is read from it.
    this.write('position', 1, new Float32Array(2));
    this.write('size', 1, new Float32Array(1));
    this.write('state', 1, new Uint8Array(1));
    this.write('icon', 1, new Uint16Array(1));
    this.write('ends', 1, new Uint32Array(2));
    this.write('edgeHidden', 1, new Uint8Array(1));
    for (const unit of ['color', 'edgeColor', 'edgeColorEnd', 'edgeShape'] as const) {
      this.write(unit, 1, new Uint8Array(4));
    }
    this.setAtlas(document.createElement('canvas'));
  }

  /** Writes all rows of a column. */
  write(unit: Unit, count: number, data: ArrayBufferView): void {
    const { gl } = this;
    const { internal, format, type, components } = this.formats[unit]!;
    const height = Math.max(1, Math.ceil(count / TEXTURE_WIDTH));
    gl.activeTexture(gl.TEXTURE0 + unitNumber(unit));
    const existing = this.textures.get(unit);
    if (existing?.height === height) {
      gl.bindTexture(gl.TEXTURE_2D, existing.handle);
    } else {
      if (existing) gl.deleteTexture(existing.handle);
      const handle = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, handle);
      gl.texStorage2D(gl.TEXTURE_2D, 1, internal, TEXTURE_WIDTH, height);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
      this.textures.set(unit, { handle, height });
    }
    const fullRows = Math.floor(count / TEXTURE_WIDTH);
    const rest = count - fullRows * TEXTURE_WIDTH;
    const send = (y: number, w: number, h: number, from: number) =>
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, y, w, h, format, type, data, from);
    if (fullRows) send(0, TEXTURE_WIDTH, fullRows, 0);
    if (rest) send(fullRows, rest, 1, fullRows * TEXTURE_WIDTH * components);
  }

  /** Writes a few rows of a column. */
  patch(unit: Unit, data: ArrayBufferView, rows: Iterable<number>): void {
    const { gl } = this;
    const { format, type, components } = this.formats[unit]!;
    gl.activeTexture(gl.TEXTURE0 + unitNumber(unit));
    gl.bindTexture(gl.TEXTURE_2D, this.textures.get(unit)!.handle);
    for (const row of rows) {
      const [x, y] = [row % TEXTURE_WIDTH, Math.floor(row / TEXTURE_WIDTH)];
      gl.texSubImage2D(gl.TEXTURE_2D, 0, x, y, 1, 1, format, type, data, components * row);
    }
  }

  setAtlas(atlas: HTMLCanvasElement): void {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0 + unitNumber('atlas'));
    const existing = this.textures.get('atlas');
    if (existing) gl.deleteTexture(existing.handle);
    const handle = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, handle);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, atlas);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    this.textures.set('atlas', { handle, height: 0 });
  }
}
