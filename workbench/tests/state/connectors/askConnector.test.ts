import { expect, test } from 'vitest';
import { runText } from '../../../src/state/connectors/askConnector.svelte';
import type { QueryRow } from '../../../src/wire/connectors';

const done: QueryRow = {
  query_id: 'a'.repeat(32),
  connector_name: 'inventory',
  state: 'done',
  stage: '',
  message: '',
  rows: 1234,
  more: null,
  is_cut: false,
  has_rows: true,
  started_at: null,
  finished_at: null,
};

test('the state of a query is told in a sentence, with the rows that a limit left out', () => {
  expect(runText(done)).toBe('1,234 rows.');
  expect(runText({ ...done, rows: 1 })).toBe('1 row.');
  expect(runText({ ...done, is_cut: true, more: 1240 })).toBe(
    '1,234 rows; the source has 1,240 more, beyond the limits of this connector.',
  );
  expect(runText({ ...done, is_cut: true })).toBe(
    '1,234 rows; the source has more, beyond the limits of this connector.',
  );
  expect(runText({ ...done, state: 'running' })).toBe('Running: 1,234 rows so far …');
  expect(runText({ ...done, state: 'failed', stage: 'sign-in', message: 'The password is wrong.' })).toBe(
    'Failed at sign-in: The password is wrong.',
  );
});
