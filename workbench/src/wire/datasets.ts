/** The list of datasets. */
import type { DatasetList } from '../model/api.gen';
import { request, requestJson } from './request';

export const datasetPath = (id: string) => `/api/v2/datasets/${encodeURIComponent(id)}`;

export const getDatasets = (query: Record<string, string>) =>
  requestJson<DatasetList>(`/api/v2/datasets/?${new URLSearchParams(query)}`);

export const deleteDataset = (id: string) => request(`${datasetPath(id)}/`, { method: 'DELETE' });
