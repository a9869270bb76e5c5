import { expect, test } from 'vitest';
import type { ColumnInfo, Parameter } from '../../src/model/api.gen';
import { chosenValues, columnsFor, missingParameter, numberOf } from '../../src/panels/ui/parameters';

const parameter = (changes: Partial<Parameter>): Parameter => ({
  name: 'p',
  title: 'P',
  help: '',
  type: 'number',
  default: 1,
  required: false,
  ...changes,
});
const column = (name: string, kind: ColumnInfo['kind']) => ({ name, kind }) as ColumnInfo;

test('a column parameter offers the kinds it takes, its favorite kind first', () => {
  const columns = [column('name', 'text'), column('age', 'number'), column('group', 'category')];
  const byGroup = parameter({ type: 'column', table: 'nodes', columns: ['category', 'number'] });
  const table = { node: columns, edge: [column('weight', 'number')] };
  const byWeight = parameter({ type: 'column', table: 'edges', columns: ['number'] });
  expect(columnsFor(byGroup, table).map(({ name }) => name)).toEqual(['group', 'age']);
  expect(columnsFor(byWeight, table).map(({ name }) => name)).toEqual(['weight']);
  expect(columnsFor(parameter({}), table)).toEqual([]);
});

test('a number field without a number stands for the default', () => {
  expect(['2.5', '', ' ', 'x', 'Infinity', '0'].map(numberOf)).toEqual([2.5, null, null, null, null, 0]);
});

test('only chosen values are sent, and the selected node', () => {
  const parameters = [
    parameter({ name: 'gravity' }),
    parameter({ name: 'root', type: 'node' }),
    parameter({ name: 'flag', type: 'flag' }),
    parameter({ name: 'column', type: 'column', required: true }),
  ];
  expect(chosenValues(parameters, { flag: false, gravity: null, other: 3 }, 0)).toEqual({ root: 0, flag: false });
  expect(missingParameter(parameters, { column: null })?.name).toBe('column');
  expect(missingParameter(parameters, { column: 'age' })).toBeUndefined();
});
