/** Filters in a thread of their own. */
import { FilterEngine, type FilterRequest } from './filterEngine';

const engine = new FilterEngine();

addEventListener('message', ({ data }: MessageEvent<FilterRequest>) => {
  const response = engine.handle(data);
  if (!response) return;
  const transfer = [response.hiddenNodes.buffer, ...(response.hiddenEdges ? [response.hiddenEdges.buffer] : [])];
  postMessage(response, { transfer });
});
