import { expect, test } from 'vitest';
import type { FileRow, Reading, UploadedTable } from '../../src/model/api.gen';
import { linesText } from '../../src/panels/ui/repairs';
import { hasColumnsOf, isSameReading, missingChoice, toCustom, toReading } from '../../src/state/uploads/customReading';
import { fileSummary, sizeText } from '../../src/state/uploads/fileSummary';
import { formatsText, formatTitle } from '../../src/state/uploads/fileType';
import { choiceOf, parserOptions } from '../../src/state/uploads/readOptions';
import { sketchPositions } from '../../src/state/uploads/sketch';

test('formats are called what people call them', () => {
  expect(['csv', 'xlsx', 'gexf', 'graphml', 'zeek', 'plugged'].map(formatTitle)).toEqual([
    'CSV',
    'Excel',
    'GEXF',
    'GraphML',
    'Zeek',
    'Plugged',
  ]);
  expect(formatsText(['json', 'csv', 'xls', 'xlsx', 'plugged'])).toBe('CSV, Excel, JSON and 1 more');
  expect(formatsText(['csv'])).toBe('CSV');
});

const row = (change: Partial<FileRow>): FileRow => ({
  file_id: 'f1',
  name: 'a.csv',
  file_type: 'csv',
  file_compression: '',
  parser_options: {},
  bytes_count: 1,
  is_uploaded: true,
  is_valid: true,
  errors: [],
  repairs: [],
  tables_schemas: [],
  ...change,
});
const table = (rows: number, columns: number, detected: Record<string, string | number | null> = {}) => ({
  name: 't',
  num_rows: rows,
  num_cols: columns,
  dtypes: {},
  detected,
});

test('a file is summed up by its size, format and what was detected', () => {
  const german = table(1204, 9, { encoding: 'cp1252', sep: ';', header: 4, decimal: ',' });
  expect(fileSummary(row({ tables_schemas: [german] }))).toBe(
    '1,204 rows, 9 columns, CSV, Windows-1252, header in line 4, decimal comma, separator ;',
  );
  const bare = table(1, 1, { encoding: 'utf-8', sep: '\t', header: null });
  expect(fileSummary(row({ tables_schemas: [bare] }))).toBe('1 row, 1 column, CSV, UTF-8, no header, separator tab');
  expect(fileSummary(row({ file_type: 'xlsx', tables_schemas: [table(2, 3), table(4, 5)] }))).toBe(
    '2 tables, 6 rows, Excel',
  );
  expect([0, 999, 1000, 12_345, 9_900_000, 250_000_000].map(sizeText)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '12 kB',
    '9.9 MB',
    '250 MB',
  ]);
});

test('choices become parser options and come back from them', () => {
  const options = {
    header: 0,
    skiprows: 3,
    sep: ';',
    encoding: 'cp1252',
    decimal: ',',
    comment: '#',
    quoting: 3,
    na_values: ['NA', '-'],
    dtype: { id: 'str' },
    parse_dates: ['day'],
  };
  const choice = choiceOf(options);
  expect(choice).toEqual({
    header: 'line',
    headerLine: 4,
    separator: ';',
    encoding: 'cp1252',
    decimal: ',',
    comment: '#',
    quote: 'none',
    missing: 'NA, -',
    dtypes: { id: 'str', day: 'time' },
  });
  expect(parserOptions(choice)).toEqual(options);
});

test('what is detected is not sent, and options without a choice stay', () => {
  const former = { keep_default_na: false, sep: '|', header: 2 };
  const choice = choiceOf(former);
  expect([choice.header, choice.headerLine]).toEqual(['line', 3]);
  expect(parserOptions({ ...choice, header: 'detect', separator: '' }, former)).toEqual({ keep_default_na: false });
  expect(parserOptions({ ...choice, header: 'none', separator: '' }, former)).toEqual({
    keep_default_na: false,
    header: null,
  });
});

const reading = (change: Partial<Reading>): Partial<Reading> => ({
  kind: 'edges',
  source: 's',
  destination: 'd',
  ...change,
});

test('a form shows a reading and makes the same of it', () => {
  const joined = reading({
    kind: 'edges+nodes',
    node: 'id',
    edge_table: 1,
    edge_tables: [1],
    node_table: 0,
    node_tables: [0],
    edge_bindings: { edge_weight: 'w' },
    node_bindings: { node_title: 'name' },
    time: 'day',
  });
  expect(toReading(toCustom(joined))).toEqual(joined);
  const nodes: Partial<Reading> = {
    kind: 'nodes',
    node: 'id',
    columns: ['city'],
    edge_tables: [],
    node_table: 2,
    node_tables: [2],
    node_bindings: {},
  };
  expect(toReading(toCustom(nodes))).toEqual(nodes);
  const events = { kind: 'hypergraph' as const, columns: ['a', 'b'], edge_table: 0, edge_tables: [0] };
  expect(toReading(toCustom(events))).toEqual(events);
});

test('a form says what has to be chosen yet', () => {
  const custom = toCustom({});
  expect(missingChoice(custom)).toContain('source');
  expect(missingChoice({ ...custom, source: 's', destination: 'd' })).toBe('');
  expect(missingChoice({ ...custom, source: 's', destination: 'd', nodeTable: 1 })).toContain('ids');
  expect(missingChoice({ ...custom, kind: 'matrix', columns: ['a'] })).toContain('two');
  expect(missingChoice({ ...custom, kind: 'nodes' })).toBe('');
});

test('readings are the same by what they draw, and need their columns', () => {
  expect(isSameReading(reading({ label: 'x' }), reading({ edge_table: 0, columns: [] }))).toBe(true);
  expect(isSameReading(reading({}), reading({ destination: 'e' }))).toBe(false);
  const tables: UploadedTable[] = [
    {
      name: '',
      num_rows: 1,
      columns: ['s', 'd'].map((name) => ({ name, kind: 'text', sample: [] })),
    },
  ];
  expect(hasColumnsOf(reading({}), tables)).toBe(true);
  expect(hasColumnsOf(reading({ destination: 'e' }), tables)).toBe(false);
  expect(hasColumnsOf(reading({ edge_table: 1 }), tables)).toBe(false);
  expect(hasColumnsOf({ kind: 'nodes', node: '', columns: ['d'], node_table: 0 }, tables)).toBe(true);
});

test('lines of a repair are named, the first ten and how many more', () => {
  expect(linesText({ count: 3 })).toBe('');
  expect(linesText({ lines: [1204], count: 1 })).toBe('Line 1,204');
  expect(linesText({ lines: [3, 7, 9], count: 3 })).toBe('Lines 3, 7 and 9');
  expect(linesText({ lines: [3, 7], count: 1203 })).toBe('Lines 3, 7 and 1,201 more');
});

test('a sketch fills its frame, joins neighbors closely, and is the same each time', () => {
  const edges = [
    [0, 1],
    [1, 2],
    [3, 4],
  ];
  const positions = sketchPositions(5, edges);
  expect(Math.min(...positions)).toBe(0);
  expect(Math.max(...positions)).toBe(1);
  const distance = (a: number, b: number) =>
    Math.hypot(positions[2 * a]! - positions[2 * b]!, positions[2 * a + 1]! - positions[2 * b + 1]!);
  expect(distance(0, 1)).toBeLessThan(distance(0, 3));
  expect([...sketchPositions(5, edges)]).toEqual([...positions]);
  expect([...sketchPositions(1, [])]).toEqual([0.5, 0.5]);
  expect([...sketchPositions(0, [])]).toEqual([]);
});
