/** Connectors and queries: list, schema, run, follow, read rows, cancel, draw. */
import type { FileRow, Reading } from '../model/api.gen';
import { post, requestJson } from './request';

export interface ConnectorRow {
  connector_id: string;
  name: string;
  kind: string;
  kind_title: string;
  organization: string | null;
  right: '' | 'use' | 'ask' | 'manage';
  is_enabled: boolean;
  languages: string[];
  example_query?: string;
  /** Whether the source works out columns, conditions and groups of a query's rows. */
  can_reduce?: boolean;
  quota?: Record<'minute' | 'day', { limit: number; left: number }>;
}

export type ReductionValue = string | number | boolean | { time: string };

/** What of a query's rows is fetched. */
export interface Reduction {
  columns?: string[];
  filters?: { column: string; operator: string; value?: ReductionValue }[];
  group_by?: string[];
  sums?: string[];
}

export interface QueryRow {
  query_id: string;
  connector_name: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';
  /** At which a failed query failed. */
  stage: string;
  message: string;
  rows: number;
  /** Rows at the source that a limit left out, where the source tells. */
  more: number | null;
  is_cut: boolean;
  has_rows: boolean;
  started_at: string | null;
  finished_at: string | null;
}

export interface ResultPage {
  columns: { name: string; type: string }[];
  rows: unknown[][];
  count: number;
}

export interface SchemaTable {
  name: string;
  container: string;
  kind: string;
  columns: { name: string; type: string }[];
}

/** The query that a graph was made of, and the reading of its rows. */
export interface QueryOrigin {
  connector_name: string;
  finished_at: string | null;
  rows: number;
  file_id: string | null;
  reading: Partial<Reading> | null;
}

const connectorPath = (id: string) => `/api/v2/connectors/${encodeURIComponent(id)}`;
const queryPath = (id: string) => `/api/v2/queries/${encodeURIComponent(id)}`;

/** The connectors on which the user has a right. */
export const getConnectors = async () =>
  (await requestJson<{ results: ConnectorRow[] }>('/api/v2/connectors/?limit=500')).results;

export const getSchema = (id: string) =>
  requestJson<{ tables: SchemaTable[]; is_cut: boolean }>(`${connectorPath(id)}/schema/`);

/** Starts a query, which goes on in the background. */
export const runQuery = (id: string, language: string, text: string, reduction?: Reduction) =>
  requestJson<QueryRow>(`${connectorPath(id)}/queries/`, post({ language, text, ...(reduction && { reduction }) }));

export const getQuery = (id: string) => requestJson<QueryRow>(`${queryPath(id)}/`);

/** The first rows that have arrived. */
export const getRows = (id: string, limit: number) =>
  requestJson<ResultPage>(`${queryPath(id)}/rows/?limit=${limit}&format=json`);

export const cancelQuery = (id: string) => requestJson<unknown>(`${queryPath(id)}/cancel/`, post({}));

/** Makes a file of a query's rows, or replaces the content of `fileId`; the query stays its origin. */
export const drawQuery = (id: string, file: { name?: string; file_id?: string }) =>
  requestJson<FileRow>(`${queryPath(id)}/draw/`, post(file));

const originPath = (datasetId: string) => `/api/v2/datasets/${encodeURIComponent(datasetId)}/query/`;

/** @throws RequestError 404: the graph was made of no query. */
export const getOrigin = (datasetId: string) => requestJson<QueryOrigin>(originPath(datasetId));

/** Runs the query of a graph again, with the rights of now. */
export const runOriginAgain = (datasetId: string) => requestJson<QueryRow>(originPath(datasetId), post({}));
