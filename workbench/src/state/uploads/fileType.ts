import type { Format } from '../../model/api.gen';

const COMPRESSIONS: Record<string, string> = { gz: 'gzip', bz2: 'bz2', xz: 'xz', zip: 'zip' };
const TITLES: Record<string, string> = {
  arrow: 'Arrow',
  csv: 'CSV',
  xls: 'Excel',
  xlsx: 'Excel',
  parquet: 'Parquet',
  graphml: 'GraphML',
  matrixmarket: 'MatrixMarket',
  cyclonedx: 'CycloneDX',
  bloodhound: 'BloodHound',
  webaccess: 'Web access log',
};
const MAX_ACRONYM = 4;

/** What a file's name says of its content, by the formats that the server reads; CSV where it says nothing. */
export function fileTypeOf(name: string, formats: readonly Format[]): { type: string; compression: string } {
  const suffixes = name.toLowerCase().split('.').slice(1);
  const compression = COMPRESSIONS[suffixes.at(-1) ?? ''] ?? '';
  const suffix = `.${suffixes.at(compression ? -2 : -1) ?? ''}`;
  return { type: formats.find((format) => format.suffixes.includes(suffix))?.name ?? 'csv', compression };
}

/** What people call a format. */
export function formatTitle(name: string): string {
  const title = TITLES[name];
  if (title) return title;
  return name.length <= MAX_ACRONYM ? name.toUpperCase() : name.charAt(0).toUpperCase() + name.slice(1);
}
