/** A framebuffer of node numbers, of the size of the canvas; a few pixels of it are read at a time. */
import { unitNumber } from './textures';

const REACH = 3; // pixels around the pointer
const SIDE = 2 * REACH + 1;

export class PickBuffer {
  private readonly framebuffer: WebGLFramebuffer;
  private texture: WebGLTexture | undefined;
  private size: readonly [number, number] = [0, 0];

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.framebuffer = gl.createFramebuffer();
  }

  /** The number that `draw` writes nearest to a pixel; 0 where it writes none. */
  read(x: number, y: number, width: number, height: number, draw: () => void): number {
    const { gl } = this;
    this.resize(width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.framebuffer);
    gl.viewport(0, 0, width, height);
    gl.disable(gl.BLEND);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(x - REACH, y - REACH, SIDE, SIDE);
    gl.clearBufferuiv(gl.COLOR, 0, [0, 0, 0, 0]);
    draw();
    const numbers = new Uint32Array(SIDE * SIDE);
    gl.readPixels(x - REACH, y - REACH, SIDE, SIDE, gl.RED_INTEGER, gl.UNSIGNED_INT, numbers);
    gl.disable(gl.SCISSOR_TEST);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    const center = numbers[(numbers.length - 1) / 2]!;
    return center || (numbers.find((number) => number > 0) ?? 0);
  }

  private resize(width: number, height: number): void {
    const { gl } = this;
    if (this.texture && this.size[0] === width && this.size[1] === height) return;
    if (this.texture) gl.deleteTexture(this.texture);
    this.texture = gl.createTexture();
    this.size = [width, height];
    gl.activeTexture(gl.TEXTURE0 + unitNumber('pick'));
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32UI, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.texture, 0);
    // A texture that is written to must not be bound for sampling.
    gl.bindTexture(gl.TEXTURE_2D, null);
  }
}
