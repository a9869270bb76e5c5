/** Readings that a person makes by hand: kinds, and the roles that columns play in each. */
import type { Reading, ReadingKind, UploadedTable } from '../../model/api.gen';

export type CustomKind = Exclude<ReadingKind, 'edges+nodes'>;
export interface Role {
  name: string;
  title: string;
}
/** A reading while it is being made; '' where nothing is chosen. */
export interface CustomReading {
  kind: CustomKind;
  edgeTable: number;
  /** -1: the nodes come from the edges alone. */
  nodeTable: number;
  source: string;
  destination: string;
  node: string;
  columns: string[];
  separator: string;
  time: string;
  edgeBindings: Record<string, string>;
  nodeBindings: Record<string, string>;
  /** The reading that the form began with: what the form does not show is taken from it. */
  base: Partial<Reading>;
}

export const KINDS: readonly { kind: CustomKind; title: string; help: string }[] = [
  { kind: 'edges', title: 'Each row is an edge', help: 'Two columns name the nodes that the edge joins.' },
  { kind: 'nodes', title: 'Each row is a node', help: 'Rows are linked to the values of the columns that you tick.' },
  {
    kind: 'hypergraph',
    title: 'Each row is an event',
    help: 'A node for each row, linked to the values of the columns.',
  },
  { kind: 'lists', title: 'Cells hold lists', help: 'One column names a node, another lists its neighbors.' },
  {
    kind: 'adjacency',
    title: 'A node and its neighbors',
    help: 'The first column names a node, the others its neighbors.',
  },
  { kind: 'matrix', title: 'A matrix', help: 'Rows and columns are nodes, each cell is the weight of an edge.' },
];
export const EDGE_ROLES: readonly Role[] = [
  { name: 'edge_weight', title: 'Weight' },
  { name: 'edge_title', title: 'Type or label' },
  { name: 'edge_color', title: 'Color' },
];
export const NODE_ROLES: readonly Role[] = [
  { name: 'node_title', title: 'Label' },
  { name: 'node_color', title: 'Color' },
  { name: 'node_size', title: 'Size' },
  { name: 'node_latitude', title: 'Latitude' },
  { name: 'node_longitude', title: 'Longitude' },
  { name: 'node_x', title: 'X' },
  { name: 'node_y', title: 'Y' },
];

/** The form's values for a reading. */
export function toCustom(reading: Partial<Reading>): CustomReading {
  const { kind = 'edges' } = reading;
  const hasNodes = kind === 'edges+nodes';
  return {
    kind: hasNodes ? 'edges' : kind,
    edgeTable: (kind === 'nodes' ? reading.node_table : reading.edge_table) ?? 0,
    nodeTable: hasNodes ? (reading.node_table ?? -1) : -1,
    source: reading.source ?? '',
    destination: reading.destination ?? '',
    node: reading.node ?? '',
    columns: [...(reading.columns ?? [])],
    separator: reading.separator ?? '',
    time: reading.time ?? '',
    edgeBindings: { ...reading.edge_bindings },
    nodeBindings: { ...reading.node_bindings },
    base: reading,
  };
}

/** Tables that the base reads as one stay together while the form names the first of them. */
const tablesOf = (tables: readonly number[] | undefined, first: number) =>
  tables && tables[0] === first ? [...tables] : [first];

/** What the form does not show. */
function hiddenParts({ base, kind }: CustomReading): Partial<Reading> {
  if (base.kind !== kind && !(base.kind === 'edges+nodes' && kind === 'edges')) return {};
  const { threshold, is_undirected, is_header_row, direct } = base;
  const parts = { threshold, is_undirected, is_header_row, direct };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined && value !== null));
}

const filled = (bindings: Record<string, string>) =>
  Object.fromEntries(Object.entries(bindings).filter(([, column]) => column));

/** The reading of a form's values; it has no label. */
export function toReading(custom: CustomReading): Partial<Reading> {
  const { kind, edgeTable, nodeTable, source, destination, node, columns, separator, time } = custom;
  const { base } = custom;
  const edges = { edge_table: edgeTable, edge_tables: tablesOf(base.edge_tables, edgeTable), ...hiddenParts(custom) };
  const nodes = (table: number) => ({ node_table: table, node_tables: tablesOf(base.node_tables, table) });
  const edge_bindings = filled(custom.edgeBindings);
  const node_bindings = filled(custom.nodeBindings);
  switch (kind) {
    case 'edges': {
      const base = { ...edges, source, destination, edge_bindings, ...(time ? { time } : {}) };
      if (nodeTable < 0 || !node) return { kind, ...base };
      return { kind: 'edges+nodes', ...base, node, ...nodes(nodeTable), node_bindings };
    }
    case 'nodes':
      return { kind, node, columns, ...nodes(edgeTable), edge_tables: [], node_bindings };
    case 'lists':
      return { kind, ...edges, source, destination, separator, edge_bindings };
    case 'matrix':
      return { kind, ...edges, source, columns };
    case 'adjacency':
    case 'hypergraph':
      return { kind, ...edges, columns };
  }
}

/** What has to be chosen before this can be drawn; '' where nothing is missing. */
export function missingChoice(custom: CustomReading): string {
  const { kind, source, destination, columns, nodeTable, node } = custom;
  if (kind === 'edges') {
    if (!source || !destination) return 'Choose the columns of the source and of the destination.';
    return nodeTable >= 0 && !node ? 'Choose the column that holds the ids of the nodes.' : '';
  }
  if (kind === 'lists') return destination ? '' : 'Choose the column whose cells hold lists.';
  if (kind === 'hypergraph') return columns.length ? '' : 'Choose at least one column.';
  if (kind === 'adjacency' || kind === 'matrix') return columns.length > 1 ? '' : 'Choose at least two columns.';
  return '';
}

/** Whether two readings draw the same graph. */
export function isSameReading(one: Partial<Reading>, other: Partial<Reading>): boolean {
  return keyOf(one) === keyOf(other);
}

export function keyOf(reading: Partial<Reading>): string {
  const { kind, source, destination, node, columns, edge_table, node_table, separator } = reading;
  const parts = [kind, source ?? '', destination ?? '', node ?? '', columns ?? [], edge_table ?? 0, node_table ?? 0];
  return JSON.stringify([...parts, separator ?? '']);
}

/** Whether the tables have the columns that a reading names. */
export function hasColumnsOf(reading: Partial<Reading>, tables: readonly UploadedTable[]): boolean {
  const has = (table: number | undefined, names: readonly (string | null | undefined)[]) => {
    const columns = new Set(tables[table ?? 0]?.columns.map(({ name }) => name));
    return columns.size > 0 && names.every((name) => !name || columns.has(name));
  };
  const { kind, source, destination, node, columns = [], edge_table, node_table } = reading;
  if (kind === 'nodes') return has(node_table, [node, ...columns]);
  return has(edge_table, [source, destination, ...columns]) && (!node || has(node_table, [node]));
}
