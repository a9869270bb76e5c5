/** A compiled pair of shaders and its uniforms by name. */
export class Program {
  readonly handle: WebGLProgram;
  private readonly locations = new Map<string, WebGLUniformLocation>();

  constructor(
    private readonly gl: WebGL2RenderingContext,
    [vertex, fragment]: readonly [string, string],
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
      throw new Error(shaders.map((shader) => gl.getShaderInfoLog(shader)).join('\n'));
    }
    const count = gl.getProgramParameter(this.handle, gl.ACTIVE_UNIFORMS) as number;
    for (let i = 0; i < count; i++) {
      const { name } = gl.getActiveUniform(this.handle, i)!;
      this.locations.set(name, gl.getUniformLocation(this.handle, name)!);
    }
  }

  use(values: Uniforms): void {
    this.gl.useProgram(this.handle);
    for (const [name, value] of Object.entries(values)) {
      const location = this.locations.get(name);
      if (!location) continue;
      if (value instanceof IntUniform) this.gl.uniform1i(location, value.value);
      else if (typeof value === 'number') this.gl.uniform1f(location, value);
      else if (value.length === 2) this.gl.uniform2fv(location, value);
      else this.gl.uniform3fv(location, value);
    }
  }
}

export type Uniforms = Record<string, number | readonly number[] | IntUniform>;

/** A uniform that is an integer in the shader. */
export class IntUniform {
  constructor(readonly value: number) {}
}
