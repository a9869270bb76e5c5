import { expect, test } from 'vitest';
import { fileTypeOf } from '../../src/state/uploads/fileType';

test("a file's type and compression come from its suffixes", () => {
  const types = ['a.tsv', 'b.jsonl.gz', 'c.PARQUET', 'd.csv.bz2', 'e.xyz', 'csv', 'flows.2024.txt'].map((name) => {
    const { type, compression } = fileTypeOf(name);
    return `${type} ${compression}`.trim();
  });
  expect(types).toEqual(['csv', 'json gzip', 'parquet', 'csv bz2', 'csv', 'csv', 'csv']);
});
