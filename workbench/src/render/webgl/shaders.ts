/**
 * Shaders. Nodes and edges are fetched from textures by number: instancing is slow on a software renderer, and a
 * texture can be changed in part.
 */
import { EMPHASIZED, HIDDEN, HOVERED, PINNED, SELECTED } from '../../model/nodeFlags';

export const TEXTURE_WIDTH = 2048;

const HEAD = `#version 300 es
precision highp float; precision highp int; precision highp sampler2D; precision highp usampler2D;
uniform sampler2D uPosition, uColor, uSize; uniform usampler2D uState;
uniform vec3 uCamera; uniform vec2 uScreen; uniform float uScale, uDensity;
ivec2 at(uint i) { return ivec2(int(i) % ${TEXTURE_WIDTH}, int(i) / ${TEXTURE_WIDTH}); }
vec2 onScreen(vec2 p) { return (p - uCamera.xy) * uCamera.z; }
vec4 clip(vec2 s) { return vec4(s * 2.0 / uScreen, 0.0, 1.0); }
const vec4 NOWHERE = vec4(2.0, 2.0, 2.0, 1.0);
`;

const EDGE = `${HEAD}
uniform usampler2D uEnds, uEdgeHidden; uniform sampler2D uEdgeColor, uEdgeColorEnd, uEdgeShape;
uniform int uHasColor, uHasColorEnd, uHasShape, uHasHidden, uVertices, uFocus, uEdge; uniform float uSegments, uWidth, uOpacity, uBend;
out vec4 vColor; out float vAcross; flat out float vHalf;
uvec2 ends; uint flags; float bend, width, opacity; int vertex; vec2 A, B, C1, C2; bool isLoop, isBright, isDim; vec4 own, ownEnd;
vec2 along(float t) {
  float u = 1.0 - t;
  if (isLoop) return u*u*u*A + 3.0*u*u*t*C1 + 3.0*u*t*t*C2 + t*t*t*B;
  return u*u*A + 2.0*u*t*C1 + t*t*B;
}
vec2 direction(float t) {
  float u = 1.0 - t;
  if (isLoop) return 3.0*u*u*(C1-A) + 6.0*u*t*(C2-C1) + 3.0*t*t*(B-C2);
  return 2.0*u*(C1-A) + 2.0*t*(B-C1);
}
bool setup() {
  int e = gl_VertexID / uVertices;
  vertex = gl_VertexID - e * uVertices;
  ivec2 texel = at(uint(e));
  ends = texelFetch(uEnds, texel, 0).rg;
  uint a = texelFetch(uState, at(ends.x), 0).r, b = texelFetch(uState, at(ends.y), 0).r;
  flags = (a | b) & ${HIDDEN}u;
  isBright = uEdge >= 0 ? e == uEdge : ((a | b) & ${SELECTED | HOVERED}u) != 0u;
  isDim = !isBright && uFocus == 1;
  bend = 0.0; width = 1.0; opacity = 1.0;
  if (uHasShape == 1) {
    vec4 shape = texelFetch(uEdgeShape, texel, 0);
    bend = shape.r * 4.0 - 2.0; width = shape.g * 16.0; opacity = shape.b;
  }
  if ((flags & ${HIDDEN}u) != 0u) return false;
  if (uHasHidden == 1 && texelFetch(uEdgeHidden, texel, 0).r != 0u) return false;
  bend += uBend;
  own = uHasColor == 1 ? texelFetch(uEdgeColor, texel, 0) : texelFetch(uColor, at(ends.x), 0);
  ownEnd = uHasColorEnd == 1 ? texelFetch(uEdgeColorEnd, texel, 0)
    : uHasColor == 1 ? own : texelFetch(uColor, at(ends.y), 0);
  A = onScreen(texelFetch(uPosition, at(ends.x), 0).xy);
  B = onScreen(texelFetch(uPosition, at(ends.y), 0).xy);
  isLoop = ends.x == ends.y;
  if (isLoop) {
    float r = texelFetch(uSize, at(ends.x), 0).r * 0.5 * uScale + 8.0 * uDensity + 24.0 * uDensity * abs(bend);
    float angle = 1.57 + bend * 6.0;
    C1 = A + r * 3.0 * vec2(cos(angle - 0.5), sin(angle - 0.5));
    C2 = A + r * 3.0 * vec2(cos(angle + 0.5), sin(angle + 0.5));
  } else {
    vec2 d = B - A;
    C1 = (A + B) * 0.5 + vec2(-d.y, d.x) * bend;
  }
  return true;
}
vec4 paint(float t) {
  vec4 c = mix(own, ownEnd, t);
  c.a *= uOpacity * opacity;
  if (isDim) c.a *= 0.12;
  else if (isBright) c.a = max(c.a, 0.75);
  return c;
}
`;

const FLAT = `#version 300 es
precision mediump float;
in vec4 vColor; out vec4 o;
void main() { o = vec4(vColor.rgb * vColor.a, vColor.a); }`;

export const LINE: readonly [string, string] = [
  `${EDGE} void main() {
  if (!setup()) { gl_Position = NOWHERE; return; }
  float t = float((vertex + 1) / 2) / uSegments;
  gl_Position = clip(along(t)); vColor = paint(t); vAcross = 0.0; vHalf = 1.0; }`,
  FLAT,
];

export const QUAD: readonly [string, string] = [
  `${EDGE} void main() {
  if (!setup()) { gl_Position = NOWHERE; return; }
  int segment = vertex / 6, corner = vertex - segment * 6;
  int i = corner < 3 ? corner : (corner == 3 ? 2 : (corner == 4 ? 1 : 3));
  float t = float(segment + (i >> 1)) / uSegments;
  vec2 d = direction(t); vec2 normal = vec2(-d.y, d.x) / max(length(d), 1e-5);
  float side = float(i & 1) * 2.0 - 1.0;
  float bright = isBright ? 1.5 : 1.0;
  vHalf = width * uWidth * bright * 0.5;
  float w = vHalf + 0.75;
  gl_Position = clip(along(t) + normal * side * w); vAcross = side * w; vColor = paint(t); }`,
  `#version 300 es
precision mediump float;
in vec4 vColor; in float vAcross; flat in float vHalf; out vec4 o;
void main() { float a = vColor.a * (1.0 - smoothstep(vHalf - 0.5, vHalf + 0.5, abs(vAcross))); o = vec4(vColor.rgb * a, a); }`,
];

export const ARROW: readonly [string, string] = [
  `${EDGE} void main() {
  if (!setup() || isLoop) { gl_Position = NOWHERE; return; }
  float rim = texelFetch(uSize, at(ends.y), 0).r * 0.5 * uScale;
  float size = min((5.0 + width * 1.5) * uDensity, 2.5 * uDensity + rim * 1.1);
  if (length(B - A) < rim + size * 3.0) { gl_Position = NOWHERE; return; }
  float t = 1.0 - rim / max(length(B - A), 1e-3);
  vec2 tip = along(t); vec2 d = normalize(direction(t) + 1e-6);
  vec2 normal = vec2(-d.y, d.x);
  vec2 p = vertex == 0 ? tip : tip - d * size + normal * (vertex == 1 ? 1.0 : -1.0) * size * 0.42;
  gl_Position = clip(p); vColor = paint(1.0); vColor.a = min(1.0, vColor.a * 1.6); vAcross = 0.0; vHalf = 1.0; }`,
  FLAT,
];

const NODE = `${HEAD}
uniform usampler2D uIcon; uniform int uHasIcons, uFocus;
out vec4 vColor; flat out float vDiameter; flat out uint vNumber, vFlags, vIcon;
void main() {
  uint i = uint(gl_VertexID);
  uint flags = texelFetch(uState, at(i), 0).r;
  if ((flags & ${HIDDEN}u) != 0u) { gl_Position = NOWHERE; gl_PointSize = 1.0; return; }
  float d = texelFetch(uSize, at(i), 0).r * uScale;
  if ((flags & ${PINNED}u) != 0u) d = max(d, 7.0 * uDensity);
  if ((flags & ${SELECTED | HOVERED}u) != 0u) d += 5.0 * uDensity;
  gl_Position = clip(onScreen(texelFetch(uPosition, at(i), 0).xy));
  vDiameter = max(d, 1.5); gl_PointSize = vDiameter + 2.0;
  vColor = texelFetch(uColor, at(i), 0);
  if (uFocus == 1 && (flags & ${EMPHASIZED}u) == 0u) vColor.a *= 0.16;
  vNumber = i + 1u; vFlags = flags; vIcon = uHasIcons == 1 ? texelFetch(uIcon, at(i), 0).r : 0u;
}`;

export const POINT: readonly [string, string] = [
  NODE,
  `#version 300 es
precision highp float; precision highp int; precision highp sampler2D;
in vec4 vColor; flat in float vDiameter; flat in uint vFlags, vIcon;
uniform vec3 uBackground, uAccent; uniform sampler2D uAtlas; uniform float uPointOpacity; out vec4 o;
void main() {
  vec2 q = (gl_PointCoord - 0.5) * (vDiameter + 2.0);
  float R = vDiameter * 0.5;
  // Pinned nodes are squares with a hole.
  bool isPinned = (vFlags & ${PINNED}u) != 0u;
  float r = isPinned ? max(abs(q.x), abs(q.y)) * 1.05 : length(q);
  float a = (1.0 - smoothstep(R - 0.5, R + 0.5, r)) * vColor.a * uPointOpacity;
  if (a <= 0.003) discard;
  vec3 c = vColor.rgb;
  if ((vFlags & ${SELECTED | HOVERED}u) != 0u) {
    c = mix(c, uBackground, smoothstep(R - 4.0, R - 3.4, r));
    c = mix(c, uAccent, smoothstep(R - 2.6, R - 2.0, r));
  } else if (vDiameter > 5.0) {
    c = mix(c, mix(c, uBackground, 0.75), smoothstep(R - 1.6, R - 0.8, r));
  }
  if (isPinned && !(vIcon > 0u && vDiameter > 11.0)) {
    c = mix(uBackground, c, smoothstep(R * 0.32 - 0.5, R * 0.32 + 0.5, length(q)));
  }
  if (vIcon > 0u && vDiameter > 11.0) {
    uint k = vIcon - 1u;
    vec2 inside = q / vDiameter * 1.5 + 0.5;
    if (all(greaterThan(inside, vec2(0.0))) && all(lessThan(inside, vec2(1.0)))) {
      float coverage = texture(uAtlas, (vec2(float(k % 16u), float(k / 16u)) + inside) / 16.0).r;
      float light = dot(c, vec3(0.3, 0.59, 0.11));
      c = mix(c, light > 0.72 ? vec3(0.08) : vec3(1.0), coverage);
    }
  }
  o = vec4(c * a, a);
}`,
];

export const BADGE: readonly [string, string] = [
  `${HEAD}
uniform int uFocus; layout(location = 0) in uvec3 aBadge; flat out uint vIcon; flat out float vDiameter; flat out float vAlpha;
const vec2 CORNERS[9] = vec2[9](vec2(.36,.36), vec2(-.36,.36), vec2(0,.5), vec2(-.5,0), vec2(.5,0),
  vec2(-.36,-.36), vec2(0,-.5), vec2(.36,-.36), vec2(0,0));
void main() {
  uint flags = texelFetch(uState, at(aBadge.x), 0).r;
  if ((flags & ${HIDDEN}u) != 0u) { gl_Position = NOWHERE; gl_PointSize = 1.0; return; }
  float d = texelFetch(uSize, at(aBadge.x), 0).r * uScale;
  vAlpha = uFocus == 1 && (flags & ${EMPHASIZED}u) == 0u ? 0.16 : 1.0;
  gl_Position = clip(onScreen(texelFetch(uPosition, at(aBadge.x), 0).xy) + CORNERS[min(aBadge.z, 8u)] * d);
  vDiameter = max(9.0 * uDensity, d * 0.5); gl_PointSize = vDiameter; vIcon = aBadge.y;
}`,
  `#version 300 es
precision highp float; precision highp int; precision highp sampler2D;
uniform sampler2D uAtlas; uniform vec3 uBackground, uAccent; flat in uint vIcon; flat in float vDiameter, vAlpha; out vec4 o;
void main() {
  vec2 q = (gl_PointCoord - 0.5) * vDiameter;
  float r = length(q), R = vDiameter * 0.5;
  float a = (1.0 - smoothstep(R - 1.0, R, r)) * vAlpha;
  if (a <= 0.003) discard;
  uint k = vIcon - 1u;
  vec2 inside = clamp(q / vDiameter * 1.45 + 0.5, vec2(0.01), vec2(0.99));
  float coverage = texture(uAtlas, (vec2(float(k % 16u), float(k / 16u)) + inside) / 16.0).r;
  vec3 c = mix(vec3(0.86, 0.24, 0.30), vec3(1.0), coverage);
  c = mix(c, uBackground, smoothstep(R - 2.0, R - 1.2, r));
  o = vec4(c * a, a);
}`,
];

export const PICK: readonly [string, string] = [
  NODE,
  `#version 300 es
precision highp float; precision highp int;
flat in uint vNumber; flat in float vDiameter; in vec4 vColor; flat in uint vFlags, vIcon; out uint o;
void main() { if (length((gl_PointCoord - 0.5) * (vDiameter + 2.0)) > vDiameter * 0.5 + 1.0) discard; o = vNumber; }`,
];
