/**
 * Everybody as a point, drawn by the graphics card from one buffer: twelve thousand that move are one draw call, and a change is one
 * copy. As a GeoJSON source they were told to a worker and cut into tiles at every change.
 */
import type { CustomLayerInterface, CustomRenderMethodInput, Map as GlMap } from 'maplibre-gl';
import type { WearerPoints } from '../model/wearer-points.js';
import type { Palette } from './map-style.js';

const VERTEX = `#version 300 es
uniform mat4 u_matrix;
uniform float u_scale;
layout(location = 0) in vec2 a_at;
layout(location = 1) in float a_state;
out float v_radius;
flat out int v_state;
void main() {
  v_state = int(a_state + 0.5);
  v_radius = (v_state == 2 ? 8.5 : 6.0) * u_scale;
  gl_Position = v_state == 3 ? vec4(2.0, 2.0, 2.0, 1.0) : u_matrix * vec4(a_at, 0.0, 1.0);
  gl_PointSize = v_radius * 2.0;
}`;

/** Someone heard is full, someone silent a ring, someone with an alert larger with an edge: shape before colour. */
const FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 u_fill[3];
uniform vec3 u_edge[3];
uniform float u_scale;
in float v_radius;
flat in int v_state;
out vec4 colour;
void main() {
  float away = length(gl_PointCoord - 0.5) * 2.0 * v_radius;
  float edge = (v_state == 2 ? 2.5 : v_state == 1 ? 2.0 : 1.2) * u_scale;
  float cover = 1.0 - smoothstep(v_radius - u_scale, v_radius, away);
  if (cover <= 0.0) discard;
  float isEdge = smoothstep(v_radius - edge - u_scale, v_radius - edge, away);
  colour = vec4(mix(u_fill[v_state], u_edge[v_state], isEdge), 1.0) * cover;
}`;

const FLOATS_A_POINT = 3;

export interface WearersLayer extends CustomLayerInterface {
  /** Copies the points; they are drawn at the next frame. */
  update(points: WearerPoints): void;
  setPalette(palette: Palette): void;
  /** Script of the last frames of this layer, ms; for who measures. */
  readonly frameMs: readonly number[];
}

/** As many frames as are kept for who measures. */
const FRAMES_KEPT = 600;

function compile(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, text] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) throw new Error('No shader can be made.');
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? 'no program');
  return program;
}

/** `#1d4e89` as three shares. */
const shares = (colour: string): number[] => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);

export function createWearersLayer(id: string, first: Palette): WearersLayer {
  let palette = first;
  let data = new Float32Array(0);
  let count = 0;
  /** Coordinates are relative to it: 32 bits of a degree from Greenwich are a metre, of one from here a centimetre. */
  let anchor = { x: 0, y: 0 };
  let isNew = false;
  let map: GlMap | null = null;
  let drawn: { program: WebGLProgram; buffer: WebGLBuffer; array: WebGLVertexArrayObject } | null = null;
  const frameMs: number[] = [];

  function begin(gl: WebGL2RenderingContext) {
    const array = gl.createVertexArray();
    const buffer = gl.createBuffer();
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, FLOATS_A_POINT * 4, 0);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribPointer(1, 1, gl.FLOAT, false, FLOATS_A_POINT * 4, 8);
    gl.bindVertexArray(null);
    return { program: compile(gl), buffer, array };
  }

  function draw(gl: WebGL2RenderingContext, { defaultProjectionData: { mainMatrix } }: CustomRenderMethodInput): void {
    if (drawn === null || count === 0) return;
    const { program, buffer, array } = drawn;
    // The matrix is moved to the anchor in 64 bits.
    const matrix = Float64Array.from(mainMatrix);
    for (let row = 0; row < 4; row++) matrix[12 + row]! += matrix[row]! * anchor.x + matrix[4 + row]! * anchor.y;
    gl.useProgram(program);
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    if (isNew) gl.bufferData(gl.ARRAY_BUFFER, data.subarray(0, count * FLOATS_A_POINT), gl.DYNAMIC_DRAW);
    isNew = false;
    const at = (name: string) => gl.getUniformLocation(program, name);
    gl.uniformMatrix4fv(at('u_matrix'), false, Float32Array.from(matrix));
    gl.uniform1f(at('u_scale'), map?.getPixelRatio() ?? devicePixelRatio);
    const { wearer, ground, alert, rim, quiet, ink } = palette;
    gl.uniform3fv(at('u_fill'), [wearer, ground, alert].flatMap(shares));
    gl.uniform3fv(at('u_edge'), [rim, quiet, ink].flatMap(shares));
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.disable(gl.DEPTH_TEST);
    gl.drawArrays(gl.POINTS, 0, count);
    gl.bindVertexArray(null);
  }

  return {
    id,
    type: 'custom',
    renderingMode: '2d',
    frameMs,
    onAdd(owner, gl) {
      map = owner;
      drawn = begin(gl as WebGL2RenderingContext);
      isNew = true;
    },
    render(gl, input) {
      const beganAtMs = performance.now();
      draw(gl as WebGL2RenderingContext, input);
      if (frameMs.push(performance.now() - beganAtMs) > FRAMES_KEPT) frameMs.shift();
    },
    update({ count: given, x, y, state }) {
      count = given;
      if (data.length < count * FLOATS_A_POINT) data = new Float32Array(count * 2 * FLOATS_A_POINT);
      if (count > 0) anchor = { x: x[0]!, y: y[0]! };
      for (let i = 0; i < count; i++) {
        const at = i * FLOATS_A_POINT;
        data[at] = x[i]! - anchor.x;
        data[at + 1] = y[i]! - anchor.y;
        data[at + 2] = state[i]!;
      }
      isNew = true;
      map?.triggerRepaint();
    },
    setPalette(next) {
      palette = next;
      map?.triggerRepaint();
    },
  };
}
