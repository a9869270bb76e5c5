/** Uploaded files, and the graphs that their tables may describe. */
import type { Repair } from './graphState';

/** One interpretation of a file's tables as a graph. */
export interface Reading {
  kind: 'edges' | 'edges+nodes' | 'hypergraph';
  label: string;
  source: string | null;
  destination: string | null;
  node: string | null;
  columns: string[];
  edge_table: number;
  node_table: number;
  direct?: boolean;
}
export interface UploadedTable {
  name: string;
  num_rows: number;
  columns: { name: string; kind: string; sample: unknown[] }[];
}
export interface Readings {
  tables: UploadedTable[];
  readings: Reading[];
  repairs: Repair[];
}
export interface FileRequest {
  name: string;
  file_type: string;
  file_compression: string;
}
export interface FileRow {
  file_id: string;
  is_valid: boolean;
  errors: { message: string }[];
}
