/** What of a query's rows is fetched, as the person chose it on the page. */
import type { Reduction, ReductionValue } from '../../wire/connectors';

export interface ReductionForm {
  source: string;
  destination: string;
  /** One row for each source and destination, with their number. */
  isPerPair: boolean;
  /** With `isPerPair`: the column whose sum is fetched too; '' for none. */
  sum: string;
  column: string;
  operator: string;
  value: string;
}

export const EMPTY_FORM: ReductionForm = {
  source: '',
  destination: '',
  isPerPair: true,
  sum: '',
  column: '',
  operator: '=',
  value: '',
};

export const OPERATORS: Record<string, string> = {
  '=': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
  'is empty': 'is empty',
  'is not empty': 'is not empty',
};

export const hasValue = (operator: string): boolean => !operator.startsWith('is ');

/** Undefined where a choice is missing. */
export function reductionOf(
  form: ReductionForm,
  columns: readonly { name: string; type: string }[],
): Reduction | undefined {
  const { source, destination, isPerPair, sum, column, operator, value } = form;
  const ends = source && destination && source !== destination ? [source, destination] : [];
  if (!ends.length && !column) return undefined;
  const type = columns.find(({ name }) => name === column)?.type ?? '';
  const filter = hasValue(operator) ? { column, operator, value: typedValue(value, type) } : { column, operator };
  const filters = column ? [filter] : [];
  if (!ends.length) return { filters };
  return isPerPair ? { group_by: ends, sums: sum ? [sum] : [], filters } : { columns: ends, filters };
}

/** A value in the kind of its column, so that the source compares like with like. */
function typedValue(text: string, type: string): ReductionValue {
  if (/^(u?int|float|double|decimal)/.test(type) && text.trim() && Number.isFinite(Number(text))) return Number(text);
  if (/^(timestamp|date)/.test(type)) return { time: text.trim() };
  if (type === 'bool') return text.trim().toLowerCase() === 'true';
  return text;
}
