/** Layouts: what there is, apply one, undo. */
import type { Layout, ParameterValues } from '../model/api.gen';
import { datasetPath } from './datasets';
import { post, request, requestJson } from './request';

export const getLayouts = async () => (await requestJson<{ results: Layout[] }>('/api/v2/layouts/')).results;

export const applyLayout = (id: string, layout: string, options: ParameterValues) =>
  request(`${datasetPath(id)}/layout/`, post({ layout, options }));

export const undoLayout = (id: string) => request(`${datasetPath(id)}/layout/undo/`, post({}));
