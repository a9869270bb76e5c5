/** Who can see a dataset: read and change. */
import type { LinkBody, NewShareLink, ShareBody, Sharing } from '../model/api.gen';
import { datasetPath } from './datasets';
import { post, request, requestJson } from './request';

export const getSharing = (id: string) => requestJson<Sharing>(`${datasetPath(id)}/who/`);

export const shareDataset = (id: string, change: ShareBody) =>
  request('/api/v2/share/link/', post({ ...change, obj_pk: id, obj_type: 'dataset' }));

export const createLink = (id: string, link: LinkBody) =>
  requestJson<NewShareLink>(`${datasetPath(id)}/links/`, post(link));

export const revokeLink = (id: string, linkId: number) =>
  request(`${datasetPath(id)}/links/${linkId}/`, { method: 'DELETE' });
