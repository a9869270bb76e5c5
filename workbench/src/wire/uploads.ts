/** Files: upload, interpret their tables, make a graph of them. */
import type { DatasetRow, FileBody, FileRow, Reading, Readings } from '../model/api.gen';
import { csrfToken, errorMessage, post, RequestError, requestJson } from './request';

export const createFile = (file: FileBody) => requestJson<FileRow>('/api/v2/files/', post(file));

/** Sends a file's bytes; `onProgress` gets the share that was sent, which fetch cannot report. */
export function uploadFile(id: string, file: Blob, onProgress: (share: number) => void): Promise<FileRow> {
  return new Promise((resolve, reject) => {
    const upload = new XMLHttpRequest();
    upload.open('POST', `/api/v2/upload/files/${id}?erase=true`);
    upload.setRequestHeader('X-CSRFToken', csrfToken());
    upload.upload.onprogress = (event) => onProgress(event.loaded / Math.max(event.total, 1));
    upload.onerror = () => reject(new RequestError(0, 'The connection was lost during the upload.'));
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
    upload.send(file);
  });
}

export const getReadings = (fileId: string) => requestJson<Readings>(`/api/new/${fileId}/readings/`);

export const createGraph = (fileId: string, reading: Partial<Reading>, datasetId = '') =>
  requestJson<DatasetRow>(`/api/new/${fileId}/graph/`, post({ reading, dataset_id: datasetId }));
