/** Columns of the tables of nodes and edges, as the server describes them. */
export type Table = 'node' | 'edge';
export type ColumnKind = 'number' | 'category' | 'time' | 'text';

export interface ColumnInfo {
  name: string;
  kind: ColumnKind;
  distinct_count: number | null;
  null_count: number;
  dtype: string;
  /** The metric that computed a column of the nodes; absent where the sender brought it. */
  computed?: string;
}
export type ColumnsByTable = Record<Table, ColumnInfo[]>;

/** One row of a table, by column name. */
export type Row = Record<string, unknown>;
export interface RowsResponse {
  columns: string[];
  rows: Row[];
}
export interface SearchHit {
  row: number;
  column: string;
  text: string;
  title: string;
}
