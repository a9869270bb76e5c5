const TYPES = new Set(['csv', 'json', 'arrow', 'parquet', 'orc', 'xls', 'xlsx']);
const ALIASES: Record<string, string> = {
  tsv: 'csv',
  txt: 'csv',
  feather: 'arrow',
  ipc: 'arrow',
  jsonl: 'json',
  ndjson: 'json',
  pq: 'parquet',
};
const COMPRESSIONS: Record<string, string> = { gz: 'gzip', bz2: 'bz2', xz: 'xz', zip: 'zip' };

/** Suffixes that a file dialog offers. */
export const ACCEPTED = [...TYPES, ...Object.keys(ALIASES), ...Object.keys(COMPRESSIONS)]
  .map((suffix) => `.${suffix}`)
  .join();

/** What a file's name says of its content; CSV where it says nothing. */
export function fileTypeOf(name: string): { type: string; compression: string } {
  const suffixes = name.toLowerCase().split('.').slice(1);
  const compression = COMPRESSIONS[suffixes.at(-1) ?? ''] ?? '';
  const suffix = suffixes.at(compression ? -2 : -1) ?? '';
  const type = ALIASES[suffix] ?? suffix;
  return { type: TYPES.has(type) ? type : 'csv', compression };
}
