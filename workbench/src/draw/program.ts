/** A compiled pair of shaders and its uniforms by name. */
export class Program {
  readonly handle: WebGLProgram;
  private readonly places = new Map<string, WebGLUniformLocation>();

  constructor(
    private readonly gl: WebGL2RenderingContext,
    [vertex, fragment]: string[],
  ) {
    this.handle = gl.createProgram();
    for (const [kind, source] of [
      [gl.VERTEX_SHADER, vertex],
      [gl.FRAGMENT_SHADER, fragment],
    ] as const) {
      const shader = gl.createShader(kind)!;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(this.handle, shader);
    }
    gl.linkProgram(this.handle);
    if (!gl.getProgramParameter(this.handle, gl.LINK_STATUS) && !gl.isContextLost()) {
      const shaders = gl.getAttachedShaders(this.handle) ?? [];
      throw new Error(shaders.map((one) => gl.getShaderInfoLog(one)).join('\n'));
    }
    const count = gl.getProgramParameter(this.handle, gl.ACTIVE_UNIFORMS) as number;
    for (let i = 0; i < count; i++) {
      const { name } = gl.getActiveUniform(this.handle, i)!;
      this.places.set(name, gl.getUniformLocation(this.handle, name)!);
    }
  }

  use(values: Record<string, number | readonly number[] | Whole>): void {
    this.gl.useProgram(this.handle);
    for (const [name, value] of Object.entries(values)) {
      const place = this.places.get(name);
      if (!place) continue;
      if (value instanceof Whole) this.gl.uniform1i(place, value.value);
      else if (typeof value === 'number') this.gl.uniform1f(place, value);
      else if (value.length === 2) this.gl.uniform2fv(place, value);
      else this.gl.uniform3fv(place, value);
    }
  }
}

/** A uniform that is an integer in the shader. */
export class Whole {
  constructor(readonly value: number) {}
}
