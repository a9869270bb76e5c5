/** GKV1 blocks: a JSON header and typed arrays, 8-byte aligned. */
import type { Block, TypedColumn } from '../model/view';

interface ArrayDescription {
  name: string;
  dtype: 'float32' | 'uint8' | 'uint16' | 'uint32';
  shape: number[];
  offset: number;
}

const ARRAY_TYPES = { float32: Float32Array, uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array };

/**
 * The header and the arrays of a block; the arrays are views of the buffer.
 *
 * @throws Error when the buffer is not a GKV1 block.
 */
export function unpack<Header, Arrays>(buffer: ArrayBuffer): Block<Header, Arrays> {
  const magic = buffer.byteLength >= 8 ? new TextDecoder().decode(new Uint8Array(buffer, 0, 4)) : '';
  if (magic !== 'GKV1') throw new Error('The server sent no graph data. Reload the page.');
  const length = new DataView(buffer).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length))) as Header & {
    arrays: ArrayDescription[];
  };
  const start = Math.ceil((8 + length) / 8) * 8;
  const arrays: Record<string, TypedColumn> = {};
  for (const { name, dtype, shape, offset } of header.arrays) {
    const count = shape.reduce((a, b) => a * b, 1);
    arrays[name] = new ARRAY_TYPES[dtype](buffer, start + offset, count);
  }
  return { header, arrays: arrays as Arrays };
}

/** Positions in layout units from 16-bit integers between the bounds. */
export function dequantize(packed: Uint16Array, bounds: readonly [number, number, number, number]): Float32Array {
  const [x0, y0, x1, y1] = bounds;
  const scaleX = (x1 - x0) / 65535;
  const scaleY = (y1 - y0) / 65535;
  const positions = new Float32Array(packed.length);
  for (let i = 0; i < packed.length; i += 2) {
    positions[i] = x0 + packed[i]! * scaleX;
    positions[i + 1] = y0 + packed[i + 1]! * scaleY;
  }
  return positions;
}
