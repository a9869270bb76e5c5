import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FileBody, FileRow, Reading, Readings } from '../../src/model/api.gen';
import { NewGraph } from '../../src/state/uploads/newGraph.svelte';

/** A server that answers as the real one does, for files whose content is its own list of columns. */
class Server {
  files = new Map<string, FileRow>();
  drawn: { ids: string[]; reading: Partial<Reading>; dataset: string }[] = [];
  deleted: string[] = [];
  /** Options that a file of this shape was read with last time. */
  remembered: Record<string, unknown> | undefined;

  answer(path: string, method: string, body: unknown): unknown {
    if (path === '/api/v2/formats/') return { results: [] };
    if (path === '/api/v2/files/') return this.create(body as FileBody);
    const [, id = '', rest] = /^\/api\/(?:v2\/files|new)\/([^/?]+)\/(.*)$/.exec(path) ?? [];
    if (method === 'DELETE') return void this.deleted.push(path);
    if (method === 'PATCH') return this.change(id, body as FileBody);
    const ids = [id, ...new URLSearchParams(rest?.split('?')[1]).getAll('with')];
    if (rest?.startsWith('readings/')) return this.readings(ids);
    if (rest?.startsWith('preview/')) return { titles: ['a', 'b'], edges: [[0, 1]], is_sample: false };
    const {
      reading,
      with: others,
      dataset_id,
    } = body as { reading: Partial<Reading>; with: string[]; dataset_id: string };
    this.drawn.push({ ids: [id, ...others], reading, dataset: dataset_id });
    return { dataset_id: 'g1', version: this.drawn.length };
  }

  private create({ name = '' }: FileBody): FileRow {
    const row = {
      file_id: `f${this.files.size + 1}`,
      name,
      parser_options: {},
      file_type: 'csv',
      repairs: [],
    } as unknown as FileRow;
    this.files.set(row.file_id, row);
    return row;
  }

  receive(id: string, content: string): FileRow {
    const isValid = content !== 'broken';
    const errors = isValid ? [] : [{ message: 'This does not read.' }];
    const columns = content.split(',').length;
    const tables_schemas = [{ name: '', num_rows: 1, num_cols: columns, dtypes: {}, detected: {} }];
    return this.put(id, { is_valid: isValid, is_uploaded: true, errors, tables_schemas });
  }

  private put(id: string, change: Partial<FileRow>): FileRow {
    const row = { ...this.files.get(id)!, ...change };
    this.files.set(id, row);
    return row;
  }

  private change(id: string, change: FileBody): FileRow {
    return this.put(id, { ...change, is_valid: true, errors: [] });
  }

  private readings(ids: string[]): Readings {
    const tables = ids.map((id) => ({
      file_id: id,
      name: id,
      num_rows: 1,
      columns: ['s', 'd', 'w'].map((name) => ({ name, kind: 'text' as const, sample: [] })),
    }));
    const reading = (destination: string) =>
      ({ kind: 'edges', label: `s → ${destination}`, source: 's', destination }) as Reading;
    const first = { ...reading('d'), remembered: true, parser_options: this.remembered } as Reading;
    const likely = [this.remembered ? first : reading('d'), reading('w')];
    return { tables, readings: likely, repairs: [], alternatives: [], message: '' };
  }
}

let server: Server;

/** Sends a file's bytes, as a browser does. */
class Upload {
  upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
  status = 200;
  responseText = '';
  onload = () => undefined;
  private id = '';
  open(_: string, path: string) {
    this.id = path.split('/').at(-1)!.split('?')[0]!;
  }
  setRequestHeader = () => undefined;
  abort = () => undefined;
  send(file: File) {
    void file.text().then((content) => {
      this.upload.onprogress?.({ loaded: 1, total: 1 });
      this.responseText = JSON.stringify(server.receive(this.id, content));
      this.onload();
    });
  }
}

beforeEach(() => {
  server = new Server();
  vi.stubGlobal('document', { querySelector: () => null });
  vi.stubGlobal('XMLHttpRequest', Upload);
  vi.stubGlobal('fetch', (path: string, options: RequestInit = {}) => {
    const body: unknown = typeof options.body === 'string' ? JSON.parse(options.body) : undefined;
    return Promise.resolve(Response.json(server.answer(path, options.method ?? 'GET', body) ?? {}));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const file = (name: string, content = 's,d,w') => new File([content], name);

test('files that come together make one graph by the likeliest reading', async () => {
  const graph = new NewGraph();
  await graph.add([file('nodes.csv'), file('edges.csv')]);
  expect(graph.files.map(({ name, step }) => [name, step])).toEqual([
    ['nodes.csv', 'ready'],
    ['edges.csv', 'ready'],
  ]);
  expect(server.drawn.map(({ ids, reading, dataset }) => [ids, reading.label, dataset])).toEqual([
    [['f1', 'f2'], 's → d', ''],
  ]);
  expect([graph.datasetId, graph.isDrawing, graph.isInterpreting]).toEqual(['g1', false, false]);
  await vi.waitFor(() => expect(graph.preview?.titles).toEqual(['a', 'b']));
});

test('a file that cannot be read says why, and the others are drawn', async () => {
  const graph = new NewGraph();
  await graph.add([file('bad.csv', 'broken'), file('edges.csv')]);
  expect(graph.files.map(({ step, error }) => [step, error])).toEqual([
    ['failed', 'This does not read.'],
    ['ready', ''],
  ]);
  expect(server.drawn.map(({ ids }) => ids)).toEqual([['f2']]);
});

test('a table that is added or removed redraws the same graph, by the reading that was chosen', async () => {
  const graph = new NewGraph();
  await graph.add([file('edges.csv')]);
  await graph.draw(graph.readings!.readings[1]!);
  await graph.add([file('nodes.csv')]);
  await graph.remove(graph.files[1]!);
  expect(server.drawn.map(({ ids, reading, dataset }) => [ids, reading.destination, dataset])).toEqual([
    [['f1'], 'd', ''],
    [['f1'], 'w', 'g1'],
    [['f1', 'f2'], 'w', 'g1'],
    [['f1'], 'w', 'g1'],
  ]);
  expect(server.deleted).toEqual(['/api/v2/files/f2/']);
});

test('the other way to read a file is taken, and undone', async () => {
  const graph = new NewGraph();
  await graph.add([file('edges.csv')]);
  const [edges] = graph.files;
  const options = () => server.files.get('f1')!.parser_options;
  await graph.readAgain(edges!, { parser_options: { sep: ';' } });
  expect(edges!.undo).toBeUndefined();
  await graph.chooseAlternative(edges!, { label: "Read 'NA' as missing", parser_options: { na_values: ['NA'] } });
  expect(options()).toEqual({ sep: ';', na_values: ['NA'] });
  expect(edges!.undo?.label).toBe("Read 'NA' as missing");
  await graph.undoReading(edges!);
  expect(options()).toEqual({ sep: ';' });
  expect(edges!.undo).toBeUndefined();
  expect(server.drawn).toHaveLength(4);
});

test('a file is read as last time, and that is undone', async () => {
  server.remembered = { header: null };
  const graph = new NewGraph();
  await graph.add([file('edges.csv')]);
  const [edges] = graph.files;
  expect(server.files.get('f1')!.parser_options).toEqual({ header: null });
  expect(edges!.undo?.label).toBe('Read as last time');
  await graph.undoReading(edges!);
  expect(server.files.get('f1')!.parser_options).toEqual({});
  expect(edges!.undo).toBeUndefined();
});

test('a graph that is discarded leaves neither files nor a dataset', async () => {
  const graph = new NewGraph();
  await graph.add([file('edges.csv')]);
  await graph.discard();
  expect(server.deleted).toEqual(['/api/v2/files/f1/', '/api/v2/datasets/g1/']);
  expect(graph.files).toEqual([]);
});

test('without files nothing is drawn', async () => {
  const graph = new NewGraph();
  await graph.add([]);
  await graph.add([file('bad.csv', 'broken')]);
  expect([graph.readings, graph.current, server.drawn]).toEqual([undefined, undefined, []]);
});
