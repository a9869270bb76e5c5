import type { Rows } from '../../model/api.gen';

/** One row of a table, by column name. */
export type Row = Rows['rows'][number];

/** Column names and texts of the values that a row has. */
export function visibleValues(row: Row): [string, string][] {
  return Object.entries(row)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => [name, textOf(value)]);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
