/** Everything the pages ask of the server by HTTP. */
import { currentPass } from './credential';
import { unpack, type Block } from './pack';

export interface ColumnInfo {
  name: string;
  kind: 'number' | 'category' | 'time' | 'text';
  distinct_count: number | null;
  null_count: number;
  dtype: string;
  /** The metric that a nodes' column was worked out by; nothing where the sender brought it. */
  computed?: string;
}
export interface Repair {
  code: string;
  message: string;
  table: string;
  column: string;
  count: number;
}
/** `name` and what follows tell how the nodes are arranged; `former` is what an undo leads back to. */
export interface LayoutState {
  name: string;
  options: Record<string, LayoutValue>;
  notes: string[];
  revision: string;
  arranging: boolean;
  former: string;
  error: { job: string; message: string } | null;
  state: 'queued' | 'running' | 'paused' | 'done' | 'fixed' | 'stopped';
  progress: number;
  converged: boolean;
}
export type LayoutValue = string | number | boolean | null;
export interface LayoutOption {
  name: string;
  title: string;
  help: string;
  kind: 'choice' | 'number' | 'flag' | 'column' | 'node';
  default: LayoutValue;
  required: boolean;
  choices?: { value: string; title: string }[];
  low?: number;
  high?: number;
  columns?: ColumnInfo['kind'][];
}
export interface Layout {
  name: string;
  title: string;
  description: string;
  options: LayoutOption[];
}
export interface Going {
  progress: number;
  message: string;
  layout: LayoutState;
}
/** A metric that somebody asked for, and how far it is. */
export interface Measured {
  metric: string;
  title: string;
  column: string;
  options: Record<string, unknown>;
  state: 'queued' | 'running' | 'done' | 'failed';
  progress: number;
  message: string;
}
/** By which column the nodes are coloured and sized. */
export interface Looks {
  color: string | null;
  size: string | null;
}
export interface GraphState extends Going {
  dataset_id: string;
  name: string;
  description: string;
  state: 'empty' | 'preparing' | 'ready' | 'failed';
  error: string;
  node_count: number;
  edge_count: number;
  version: number;
  pins_version: number;
  /** Grows when the picture is drawn anew of the same data. */
  picture: number;
  looks: Looks;
  metrics: Measured[];
  columns: { node: ColumnInfo[]; edge: ColumnInfo[] };
  repairs: Repair[];
  metadata: { page?: { title?: string }; bg?: { color?: string } };
  privacy: string;
  owner: string;
  is_mine: boolean;
  can_edit: boolean;
  can_share: boolean;
  who: string;
  url_defaults: Record<string, string | number | boolean>;
}
export interface LegendEntry {
  label: string;
  value?: string;
  color?: string;
  count?: number;
}
export interface Legend {
  target: 'node' | 'edge';
  channel: string;
  attribute: string;
  kind: 'categorical' | 'continuous';
  automatic?: boolean;
  entries: LegendEntry[];
  more?: number;
}
export interface Axis {
  kind: 'r' | 'x' | 'y';
  value: number;
  label: string;
  style: 'internal' | 'external' | 'space';
}
export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  label: string;
}
export type Arrangement = Pick<PictureHeader, 'axes' | 'boxes' | 'outline' | 'revision'>;
export interface PictureHeader {
  dataset_id: string;
  version: number;
  picture: number;
  node_count: number;
  edge_count: number;
  icons: string[];
  titles: string[];
  legend: Legend[];
  axes: Axis[];
  boxes: Box[];
  outline: '' | 'world';
  revision: string;
  fixed_positions: boolean;
}
export interface HistogramHeader {
  kind: 'number' | 'time' | 'category';
  labels: string[];
  edges: number[];
}
export type Row = Record<string, unknown>;
export interface Hit {
  row: number;
  column: string;
  text: string;
  title: string;
}
export type Table = 'node' | 'edge';

/** A refusal of the server, in its own words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export async function ask(path: string, options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  if (options.method && options.method !== 'GET') headers.set('X-CSRFToken', csrfToken());
  const pass = currentPass();
  if (pass) {
    headers.set('Authorization', `Pass ${pass.token}`);
    headers.set('X-Embed-Origin', pass.origin);
  }
  let response: Response;
  try {
    response = await fetch(path, {
      ...options,
      headers,
      credentials: pass ? 'omit' : 'same-origin',
    });
  } catch {
    throw new Refusal(0, 'The server does not answer. Is it still running?');
  }
  if (!response.ok) throw new Refusal(response.status, await reason(response));
  return response;
}

async function reason(response: Response): Promise<string> {
  try {
    const said = await response.json();
    return said.message ?? said.detail ?? `The server answered ${response.status}.`;
  } catch {
    return `The server answered ${response.status}.`;
  }
}

function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name=csrf-token]')?.content ?? '';
}

async function json<T>(path: string, options?: RequestInit): Promise<T> {
  return (await ask(path, options)).json();
}

const view = (id: string) => `/api/view/${encodeURIComponent(id)}`;

export const getState = (id: string) => json<GraphState>(`${view(id)}/`);

export async function getPicture(id: string): Promise<Block<PictureHeader>> {
  return unpack(await (await ask(`${view(id)}/columns/`)).arrayBuffer());
}

export async function getHistogram(id: string, table: Table, column: string): Promise<Block<HistogramHeader>> {
  const query = new URLSearchParams({ table, column });
  return unpack(await (await ask(`${view(id)}/histogram/?${query}`)).arrayBuffer());
}

export const getRows = (id: string, table: Table, rows: number[]) =>
  json<{ columns: string[]; rows: Row[] }>(`${view(id)}/rows/?table=${table}&rows=${rows.join()}`);

export const getHits = async (id: string, text: string) =>
  (await json<{ hits: Hit[] }>(`${view(id)}/search/?${new URLSearchParams({ q: text })}`)).hits;

export const getTitles = async (id: string, rows: number[]) =>
  (await json<{ titles: Record<string, string> }>(`${view(id)}/titles/?rows=${rows.join()}`)).titles;

export interface DatasetRow {
  dataset_id: string;
  name: string;
  description: string;
  owner: string;
  org_name: string;
  privacy: string;
  who: string;
  node_count: number;
  edge_count: number;
  image: string;
  version: number;
  created_at: string;
  is_mine: boolean;
}

export const getDatasets = (query: Record<string, string>) =>
  json<{ count: number; results: DatasetRow[] }>(`/api/v2/datasets/?${new URLSearchParams(query)}`);

export interface Person {
  who: string;
  may: 'own' | 'view' | 'edit' | 'share';
  how: string;
  email?: string;
}
export interface ShareLink {
  link_id: number;
  name: string;
  audience: 'anyone' | 'signed-in' | 'person';
  email: string;
  origin: string;
  expires_at: string;
  use_count: number;
}
export interface Sharing {
  who: string;
  can_share: boolean;
  mode: 'private' | 'organization' | 'public';
  mode_action: string;
  organization: string;
  people: Person[];
  links: ShareLink[];
}
const sent = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});
export const getLayouts = async () => (await json<{ results: Layout[] }>('/api/v2/layouts/')).results;

export async function getArrangement(id: string): Promise<Block<Arrangement>> {
  return unpack(await (await ask(`${view(id)}/layout/`)).arrayBuffer());
}

export const arrange = (id: string, layout: string, options: Record<string, LayoutValue>) =>
  ask(`${dataset(id)}/layout/`, sent({ layout, options }));

export const undoArranging = (id: string) => ask(`${dataset(id)}/layout/undo/`, sent({}));

const dataset = (id: string) => `/api/v2/datasets/${encodeURIComponent(id)}`;

export const getSharing = (id: string) => json<Sharing>(`${dataset(id)}/who/`);

export const share = (id: string, said: Record<string, unknown>) =>
  json<{ message: string }>('/api/v2/share/link/', sent({ ...said, obj_pk: id, obj_type: 'dataset' }));

export const makeLink = (id: string, said: Record<string, unknown>) =>
  json<ShareLink & { address: string }>(`${dataset(id)}/links/`, sent(said));

export const revokeLink = (id: string, link: number) => ask(`${dataset(id)}/links/${link}/`, { method: 'DELETE' });

export interface MetricOption {
  name: string;
  title: string;
  help: string;
  kind: 'flag' | 'number' | 'column';
  default: boolean | number | null;
  low: number;
  high: number;
}
export interface Metric {
  name: string;
  title: string;
  description: string;
  is_group: boolean;
  options: MetricOption[];
}

export const getMetrics = async () => (await json<{ metrics: Metric[] }>('/api/v2/metrics/')).metrics;

export const addMetric = (id: string, said: Record<string, unknown>) => ask(`${dataset(id)}/metrics/`, sent(said));

export const removeMetric = (id: string, column: string) =>
  ask(`${dataset(id)}/metrics/${encodeURIComponent(column)}/`, { method: 'DELETE' });

export const chooseLooks = (id: string, looks: Partial<Looks>) => ask(`${dataset(id)}/looks/`, sent(looks));

export const deleteDataset = (id: string) => ask(`/api/v2/datasets/${encodeURIComponent(id)}/`, { method: 'DELETE' });

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
export interface Readings {
  tables: {
    name: string;
    num_rows: number;
    columns: { name: string; kind: string; sample: unknown[] }[];
  }[];
  readings: Reading[];
  repairs: Repair[];
}
export interface FileRow {
  file_id: string;
  is_valid: boolean;
  errors: { message: string }[];
}

export const createFile = (said: Record<string, string>) =>
  json<FileRow>('/api/v2/files/', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(said),
  });

/** Sends bytes with a progress of 0 to 1, which fetch cannot tell. */
export function sendFile(id: string, file: Blob, onProgress: (p: number) => void): Promise<FileRow> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v2/upload/files/${id}?erase=true`);
    request.setRequestHeader('X-CSRFToken', csrfToken());
    request.upload.onprogress = (event) => onProgress(event.loaded / Math.max(event.total, 1));
    request.onerror = () => reject(new Refusal(0, 'The upload broke off.'));
    request.onload = () => {
      try {
        const said = JSON.parse(request.responseText);
        if (request.status < 300) resolve(said);
        else reject(new Refusal(request.status, said.message));
      } catch {
        reject(new Refusal(request.status, `The server answered ${request.status}.`));
      }
    };
    request.send(file);
  });
}

export const getReadings = (file: string) => json<Readings>(`/api/new/${file}/readings/`);

export const drawReading = (file: string, reading: Partial<Reading>, dataset?: string) =>
  json<DatasetRow>(`/api/new/${file}/graph/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ reading, dataset_id: dataset ?? '' }),
  });
