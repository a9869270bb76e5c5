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
  mtx: 'MatrixMarket',
  dl: 'UCINET DL',
  metis: 'METIS',
  xgmml: 'XGMML',
  ntriples: 'N-Triples',
  edgelist: 'Edge list',
  vpcflow: 'VPC flow log',
  nfdump: 'nfdump',
  access: 'Web access log',
  fastlog: 'Suricata fast log',
  logfmt: 'logfmt',
  cyclonedx: 'CycloneDX',
  bloodhound: 'BloodHound',
  ods: 'OpenDocument',
  xlsm: 'Excel with macros',
  pajek: 'Pajek',
};
const MAX_ACRONYM = 4;
/** Formats that people know, the commonest first. */
const COMMON = ['csv', 'xlsx', 'json', 'parquet', 'arrow', 'graphml', 'gexf', 'zeek', 'pcap'];

/** What people call a format. */
export function formatTitle(name: string): string {
  const title = TITLES[name];
  if (title) return title;
  return name.length <= MAX_ACRONYM ? name.toUpperCase() : name.charAt(0).toUpperCase() + name.slice(1);
}

/** The formats of a server in a line: the common ones by name, and how many more there are. */
export function formatsText(names: readonly string[]): string {
  const common = COMMON.filter((name) => names.includes(name)).map(formatTitle);
  const more = new Set(names.map(formatTitle)).size - common.length;
  return common.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
