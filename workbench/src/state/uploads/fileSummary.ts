/** What was read of a file, in a line. */
import type { FileRow, TableSchema } from '../../model/api.gen';
import { formatTitle } from './fileType';

const SEPARATOR_NAMES: Record<string, string> = { '\t': 'tab', ' ': 'blank', '\\s+': 'blanks' };
const ENCODING_NAMES: Record<string, string> = {
  'utf-8-sig': 'UTF-8',
  cp1250: 'Windows-1250',
  cp1251: 'Windows-1251',
  cp1252: 'Windows-1252',
  cp1253: 'Windows-1253',
  cp1254: 'Windows-1254',
};

/** For example `1,204 rows, 9 columns, CSV, UTF-8, separator ;`. */
export function fileSummary({ file_type, tables_schemas }: FileRow): string {
  const [first, ...others] = tables_schemas;
  if (!first) return 'No tables';
  const rows = tables_schemas.reduce((sum, table) => sum + table.num_rows, 0);
  const parts = others.length
    ? [`${tables_schemas.length} tables`, counted(rows, 'row')]
    : [counted(rows, 'row'), counted(first.num_cols, 'column')];
  return [...parts, formatTitle(file_type), ...detectedParts(first)].join(', ');
}

function detectedParts({ detected }: TableSchema): string[] {
  const { encoding, sep, header, decimal } = detected;
  const parts: string[] = [];
  if (encoding) parts.push(encodingName(String(encoding)));
  if (header === null) parts.push('no header');
  else if (typeof header === 'number' && header > 1) parts.push(`header in line ${header}`);
  if (decimal === ',') parts.push('decimal comma');
  if (sep) parts.push(`separator ${SEPARATOR_NAMES[String(sep)] ?? String(sep)}`);
  return parts;
}

export function encodingName(encoding: string): string {
  return ENCODING_NAMES[encoding.toLowerCase()] ?? encoding.toUpperCase().replaceAll('_', '-');
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), 3);
  return `${(bytes / 1000 ** power).toFixed(bytes < 10 * 1000 ** power ? 1 : 0)} ${['', 'kB', 'MB', 'GB'][power]}`;
}
