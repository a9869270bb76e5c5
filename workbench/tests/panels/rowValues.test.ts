import { expect, test } from 'vitest';
import { visibleValues } from '../../src/panels/inspector/rowValues';

test('values of a row are texts; empty ones are left out', () => {
  expect(visibleValues({ id: 'a', count: 0, none: null, text: '', flag: false, list: [1, 2] })).toEqual([
    ['id', 'a'],
    ['count', '0'],
    ['flag', 'false'],
    ['list', '[1,2]'],
  ]);
});
