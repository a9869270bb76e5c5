import { expect, test } from 'vitest';
import type { ColumnInfo } from '../../src/model/columns';
import type { Parameter } from '../../src/model/parameters';
import { chosenValues, columnsFor, missingParameter, numberOf } from '../../src/panels/ui/parameters';

const parameter = (changes: Partial<Parameter>): Parameter => ({
  name: 'p',
  title: 'P',
  help: '',
  kind: 'number',
  default: 1,
  ...changes,
});
const column = (name: string, kind: ColumnInfo['kind']) => ({ name, kind }) as ColumnInfo;

test('a column parameter offers the kinds it takes, its favorite kind first', () => {
  const columns = [column('name', 'text'), column('age', 'number'), column('group', 'category')];
  const byGroup = parameter({ kind: 'column', columns: ['category', 'number'] });
  expect(columnsFor(byGroup, columns).map(({ name }) => name)).toEqual(['group', 'age']);
  expect(columnsFor(parameter({ kind: 'column' }), columns).map(({ name }) => name)).toEqual(['age']);
});

test('a number field without a number stands for the default', () => {
  expect(['2.5', '', ' ', 'x', 'Infinity', '0'].map(numberOf)).toEqual([2.5, null, null, null, null, 0]);
});

test('only chosen values are sent, and the selected node', () => {
  const parameters = [
    parameter({ name: 'gravity' }),
    parameter({ name: 'root', kind: 'node' }),
    parameter({ name: 'flag', kind: 'flag' }),
    parameter({ name: 'column', kind: 'column', required: true }),
  ];
  expect(chosenValues(parameters, { flag: false, gravity: null, other: 3 }, 0)).toEqual({ root: 0, flag: false });
  expect(missingParameter(parameters, { column: null })?.name).toBe('column');
  expect(missingParameter(parameters, { column: 'age' })).toBeUndefined();
});
