/** Metrics as columns of the nodes, and the columns that color and size them. */
import type { Metric, MetricBody, NodeEncodings } from '../model/api.gen';
import { datasetPath } from './datasets';
import { post, request, requestJson } from './request';

export const getMetrics = async () => (await requestJson<{ metrics: Metric[] }>('/api/v2/metrics/')).metrics;

export const addMetric = (id: string, metric: MetricBody) => request(`${datasetPath(id)}/metrics/`, post(metric));

export const removeMetric = (id: string, column: string) =>
  request(`${datasetPath(id)}/metrics/${encodeURIComponent(column)}/`, { method: 'DELETE' });

export const setNodeEncodings = (id: string, encodings: Partial<NodeEncodings>) =>
  request(`${datasetPath(id)}/encodings/`, post(encodings));
