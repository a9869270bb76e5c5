import { expect, test } from 'vitest';
import type { TypedColumn } from '../../src/model/view';
import { dequantize, unpack } from '../../src/wire/pack';

function block(): ArrayBuffer {
  const header = new TextEncoder().encode(
    JSON.stringify({
      node_count: 2,
      arrays: [
        { name: 'position', dtype: 'float32', shape: [2, 2], offset: 0 },
        { name: 'code', dtype: 'uint16', shape: [2], offset: 16 },
      ],
    }),
  );
  const start = Math.ceil((8 + header.length) / 8) * 8;
  const buffer = new ArrayBuffer(start + 24);
  new Uint8Array(buffer).set([0x47, 0x4b, 0x56, 0x31]);
  new DataView(buffer).setUint32(4, header.length, true);
  new Uint8Array(buffer).set(header, 8);
  new Float32Array(buffer, start, 4).set([1, 2, 3, 4]);
  new Uint16Array(buffer, start + 16, 2).set([7, 65535]);
  return buffer;
}

test('a block gives its header and its arrays', () => {
  const { header, arrays } = unpack<{ node_count: number }, Record<string, TypedColumn>>(block());
  expect(header.node_count).toBe(2);
  expect([...arrays.position!]).toEqual([1, 2, 3, 4]);
  expect([...arrays.code!]).toEqual([7, 65535]);
});

test('anything else than a block is refused', () => {
  expect(() => unpack(new ArrayBuffer(64))).toThrow('no graph data');
  expect(() => unpack(new ArrayBuffer(2))).toThrow('no graph data');
});

test('16-bit positions are scaled to the bounds', () => {
  const packed = new Uint16Array([0, 65535, 65535, 0]);
  expect([...dequantize(packed, [-10, -20, 10, 20])]).toEqual([-10, 20, 10, -20]);
});
