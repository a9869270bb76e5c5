/** How a person says that a text file is read, and the parser options that mean the same. */
export type HeaderChoice = 'detect' | 'line' | 'none';
export interface ReadChoice {
  header: HeaderChoice;
  /** The line of the file that names the columns, from 1. */
  headerLine: number;
  /** '' where it is detected, as below. */
  separator: string;
  encoding: string;
  decimal: string;
  /** The sign that begins comment lines. */
  comment: string;
  quote: '' | '"' | "'" | 'none';
  /** Words that stand for a missing value, separated by commas. */
  missing: string;
  /** The type of each column that is not detected. */
  dtypes: Record<string, string>;
}
export type ParserOptions = Record<string, unknown>;

export const SEPARATORS: readonly (readonly [string, string])[] = [
  [',', 'Comma ,'],
  [';', 'Semicolon ;'],
  ['\t', 'Tab'],
  ['|', 'Pipe |'],
  ['\\s+', 'Blanks'],
  ['::', 'Two colons ::'],
];
export const ENCODINGS: readonly (readonly [string, string])[] = [
  ['utf-8', 'UTF-8'],
  ['utf-16', 'UTF-16'],
  ['cp1252', 'Western (Windows-1252)'],
  ['cp1250', 'Central European (Windows-1250)'],
  ['cp1251', 'Cyrillic (Windows-1251)'],
  ['koi8-r', 'Cyrillic (KOI8-R)'],
  ['cp1253', 'Greek (Windows-1253)'],
  ['cp1254', 'Turkish (Windows-1254)'],
  ['cp1255', 'Hebrew (Windows-1255)'],
  ['cp1256', 'Arabic (Windows-1256)'],
  ['shift_jis', 'Japanese (Shift-JIS)'],
  ['euc_jp', 'Japanese (EUC-JP)'],
  ['gb18030', 'Chinese (GB 18030)'],
  ['big5', 'Chinese (Big5)'],
  ['euc_kr', 'Korean (EUC-KR)'],
  ['mac_roman', 'Western (Mac Roman)'],
];
export const COLUMN_TYPES: readonly (readonly [string, string])[] = [
  ['str', 'Text'],
  ['int64', 'Whole number'],
  ['float64', 'Number'],
  ['bool', 'True or false'],
  ['time', 'Time'],
];
const NO_QUOTES = 3; // csv.QUOTE_NONE
const OWN_KEYS = new Set(
  'header skiprows sep delimiter delim_whitespace encoding decimal comment quotechar quoting na_values dtype parse_dates'.split(
    ' ',
  ),
);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The choices that parser options mean; what they do not name is detected. */
export function choiceOf(options: ParserOptions): ReadChoice {
  const { header, skiprows, na_values, dtype, parse_dates, quoting } = options;
  const line = (typeof skiprows === 'number' ? skiprows : 0) + (typeof header === 'number' ? header : 0) + 1;
  const isDetected = header === undefined || header === 'infer';
  const dtypes: Record<string, string> = {};
  if (dtype && typeof dtype === 'object') Object.assign(dtypes, dtype);
  if (Array.isArray(parse_dates)) for (const name of parse_dates) dtypes[String(name)] = 'time';
  return {
    header: isDetected ? 'detect' : header === null ? 'none' : 'line',
    headerLine: line,
    separator: options['delim_whitespace'] ? '\\s+' : textOf(options['sep']) || textOf(options['delimiter']),
    encoding: textOf(options['encoding']),
    decimal: textOf(options['decimal']),
    comment: textOf(options['comment']),
    quote: quoting === NO_QUOTES ? 'none' : (textOf(options['quotechar']) as ReadChoice['quote']),
    missing: Array.isArray(na_values) ? na_values.map(String).join(', ') : textOf(na_values),
    dtypes,
  };
}

/** The parser options of choices; options that the choices do not cover stay as they are in `former`. */
export function parserOptions(choice: ReadChoice, former: ParserOptions = {}): ParserOptions {
  const options: ParserOptions = Object.fromEntries(Object.entries(former).filter(([key]) => !OWN_KEYS.has(key)));
  if (choice.header === 'none') options['header'] = null;
  if (choice.header === 'line') {
    options['header'] = 0;
    if (choice.headerLine > 1) options['skiprows'] = choice.headerLine - 1;
  }
  if (choice.separator) options['sep'] = choice.separator;
  if (choice.encoding) options['encoding'] = choice.encoding;
  if (choice.decimal) options['decimal'] = choice.decimal;
  if (choice.comment) options['comment'] = choice.comment;
  if (choice.quote === 'none') options['quoting'] = NO_QUOTES;
  else if (choice.quote) options['quotechar'] = choice.quote;
  const words = choice.missing.split(',').map((word) => word.trim());
  if (words.some(Boolean)) options['na_values'] = words.filter(Boolean);
  const entries = Object.entries(choice.dtypes).filter(([, type]) => type);
  const dtypes = entries.filter(([, type]) => type !== 'time');
  const times = entries.filter(([, type]) => type === 'time').map(([name]) => name);
  if (dtypes.length) options['dtype'] = Object.fromEntries(dtypes);
  if (times.length) options['parse_dates'] = times;
  return options;
}
