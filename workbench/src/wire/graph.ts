/** Reads of one graph. */
import type { GraphState, Rows, SearchHit, Table } from '../model/api.gen';
import type { LayoutHeader } from '../model/layout';
import type { HistogramArrays, HistogramBlock, HistogramHeader } from '../model/histogram';
import type { LayoutBlock, ViewArrays, ViewBlock, ViewHeader } from '../model/view';
import { unpack } from './pack';
import { requestBuffer, requestJson } from './request';

const view = (id: string) => `/api/view/${encodeURIComponent(id)}`;

export const getState = (id: string) => requestJson<GraphState>(`${view(id)}/`);

export async function getView(id: string): Promise<ViewBlock> {
  return unpack<ViewHeader, ViewArrays>(await requestBuffer(`${view(id)}/columns/`));
}

export async function getLayout(id: string): Promise<LayoutBlock> {
  return unpack<LayoutHeader, LayoutBlock['arrays']>(await requestBuffer(`${view(id)}/layout/`));
}

export async function getHistogram(id: string, table: Table, column: string): Promise<HistogramBlock> {
  const query = new URLSearchParams({ table, column });
  return unpack<HistogramHeader, HistogramArrays>(await requestBuffer(`${view(id)}/histogram/?${query}`));
}

export const getRows = (id: string, table: Table, rows: number[]) =>
  requestJson<Rows>(`${view(id)}/rows/?table=${table}&rows=${rows.join()}`);

export async function searchNodes(id: string, text: string): Promise<SearchHit[]> {
  const query = new URLSearchParams({ q: text });
  return (await requestJson<{ hits: SearchHit[] }>(`${view(id)}/search/?${query}`)).hits;
}

/** Titles by row. The endpoint takes at most 200 rows. */
export async function getTitles(id: string, rows: number[]): Promise<Record<string, string>> {
  return (await requestJson<{ titles: Record<string, string> }>(`${view(id)}/titles/?rows=${rows.join()}`)).titles;
}
