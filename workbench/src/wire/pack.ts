/** GKV1 blocks: a JSON header and typed arrays, 8-byte aligned. */
export type Column = Float32Array | Uint8Array | Uint16Array | Uint32Array;

export interface Block<H> {
  header: H;
  arrays: Record<string, Column>;
}

interface Described {
  name: string;
  dtype: 'float32' | 'uint8' | 'uint16' | 'uint32';
  shape: number[];
  offset: number;
}

const KINDS = {
  float32: Float32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
};

export function unpack<H>(buffer: ArrayBuffer): Block<H> {
  const magic = new TextDecoder().decode(new Uint8Array(buffer, 0, 4));
  if (magic !== 'GKV1') throw new Error('The server sent something that is no picture.');
  const length = new DataView(buffer).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const start = Math.ceil((8 + length) / 8) * 8;
  const arrays: Record<string, Column> = {};
  for (const said of header.arrays as Described[]) {
    const count = said.shape.reduce((a, b) => a * b, 1);
    arrays[said.name] = new KINDS[said.dtype](buffer, start + said.offset, count);
  }
  return { header, arrays };
}
