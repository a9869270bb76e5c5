/** Values of declared parameters, as forms choose them and requests send them. */
import type { ColumnInfo, Columns, Parameter, ParameterValue, ParameterValues } from '../../model/api.gen';

/** The columns that a column parameter takes, the kinds that suit it best first. */
export function columnsFor(parameter: Parameter, columns: Columns): ColumnInfo[] {
  const { type, table, columns: kinds = [] } = parameter;
  if (type !== 'column') return [];
  return columns[table === 'edges' ? 'edge' : 'node']
    .filter(({ kind }) => kinds.includes(kind))
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

/** A number field's value; null, which stands for the default, where it holds no number. */
export function numberOf(text: string): number | null {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? null : value;
}

/** A required parameter without a value, if any. */
export function missingParameter(parameters: readonly Parameter[], values: ParameterValues): Parameter | undefined {
  return parameters.find(({ name, required }) => required && (values[name] ?? null) === null);
}

/** The values to send: defaults are left to the server. */
export function chosenValues(
  parameters: readonly Parameter[],
  values: ParameterValues,
  selectedRow: number | null,
): ParameterValues {
  const valueOf = ({ type, name }: Parameter): ParameterValue =>
    type === 'node' ? selectedRow : (values[name] ?? null);
  const entries = parameters.map((parameter) => [parameter.name, valueOf(parameter)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}
