/** The file type whose format the server recognizes by the content. */
export const AUTO = 'auto';
const TITLES: Record<string, string> = {
  arrow: 'Arrow',
  csv: 'CSV',
  xls: 'Excel',
  xlsx: 'Excel',
  parquet: 'Parquet',
  graphml: 'GraphML',
  zeek: 'Zeek',
  matrixmarket: 'MatrixMarket',
  cyclonedx: 'CycloneDX',
  bloodhound: 'BloodHound',
  ods: 'OpenDocument',
  xlsm: 'Excel with macros',
  pajek: 'Pajek',
  webaccess: 'Web access log',
};
const MAX_ACRONYM = 4;

/** What people call a format. */
export function formatTitle(name: string): string {
  const title = TITLES[name];
  if (title) return title;
  return name.length <= MAX_ACRONYM ? name.toUpperCase() : name.charAt(0).toUpperCase() + name.slice(1);
}
