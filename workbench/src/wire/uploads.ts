/** Files: upload, read again in another way, interpret their tables, make a graph of them. */
import type { DatasetRow, FileBody, FileRow, Format, Preview, Reading, Readings } from '../model/api.gen';
import { csrfToken, errorMessage, post, request, RequestError, requestJson } from './request';

const filePath = (id: string) => `/api/v2/files/${encodeURIComponent(id)}`;

export const getFormats = async () => (await requestJson<{ results: Format[] }>('/api/v2/formats/')).results;

export const createFile = (file: FileBody) => requestJson<FileRow>('/api/v2/files/', post(file));

/** Changes how a file is read; its stored bytes are then read again. */
export const changeFile = (id: string, change: FileBody) =>
  requestJson<FileRow>(`${filePath(id)}/`, { ...post(change), method: 'PATCH' });

export const deleteFile = (id: string) => request(`${filePath(id)}/`, { method: 'DELETE' });

/**
 * Sends a file's bytes, which stay on the server even if they cannot be read.
 *
 * @param onProgress gets the share that was sent, which fetch cannot report.
 */
export function uploadFile(
  id: string,
  file: Blob,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<FileRow> {
  return new Promise((resolve, reject) => {
    const upload = new XMLHttpRequest();
    upload.open('POST', `/api/v2/upload/files/${encodeURIComponent(id)}?erase=false`);
    upload.setRequestHeader('X-CSRFToken', csrfToken());
    upload.upload.onprogress = (event) => onProgress(event.loaded / Math.max(event.total, 1));
    upload.onerror = () => reject(new RequestError(0, 'The connection was lost during the upload.'));
    upload.onabort = () => reject(new RequestError(0, 'The upload was stopped.'));
    upload.onload = () => {
      let body: unknown;
      try {
        body = JSON.parse(upload.responseText);
      } catch {
        body = undefined;
      }
      if (upload.status < 300 && body) resolve(body as FileRow);
      else reject(new RequestError(upload.status, errorMessage(body, upload.status)));
    };
    signal?.addEventListener('abort', () => upload.abort());
    upload.send(file);
  });
}

/** What the tables of files may mean as one graph. */
export function getReadings([first, ...others]: readonly string[]): Promise<Readings> {
  const query = new URLSearchParams(others.map((id) => ['with', id]));
  return requestJson<Readings>(`/api/new/${first}/readings/${others.length ? `?${query}` : ''}`);
}

/** The graph that a reading makes of the first rows. */
export const getPreview = ([first, ...others]: readonly string[], reading: Partial<Reading>) =>
  requestJson<Preview>(`/api/new/${first}/preview/`, post({ reading, with: others }));

/** Creates a dataset of this reading of files; `datasetId` names one whose data it replaces instead. */
export const createGraph = ([first, ...others]: readonly string[], reading: Partial<Reading>, datasetId = '') =>
  requestJson<DatasetRow>(`/api/new/${first}/graph/`, post({ reading, with: others, dataset_id: datasetId }));
