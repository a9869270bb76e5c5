/** What the page's address says; unknown names are accepted and change nothing. */
export interface Options {
  /** Milliseconds of a run; without end is as long as the server lets it. */
  play: number | undefined;
  info: boolean;
  menu: boolean;
  bg: string | undefined;
  pointSize: number;
  pointOpacity: number;
  edgeOpacity: number | undefined;
  edgeCurvature: number;
  showArrows: boolean | undefined;
  showLabels: boolean;
  showPointsOfInterest: boolean;
  pointsOfInterestMax: number;
  pageTitle: string | undefined;
  /** The name of the layout that the nodes should stand by. */
  arrangement: string | undefined;
  layout: Record<string, number | boolean>;
}

const LAYOUT = [
  'linLog', 'strongGravity', 'dissuadeHubs', 'edgeInfluence', 'gravity', 'scalingRatio',
  'precisionVsSpeed', 'lockedX', 'lockedY', 'lockedR',
]; // prettier-ignore

export function readOptions(query: URLSearchParams, defaults: Record<string, string | number | boolean> = {}): Options {
  const text = (name: string) => query.get(name) ?? (name in defaults ? String(defaults[name]) : undefined);
  const flag = (name: string): boolean | undefined => {
    const said = text(name)?.toLowerCase();
    if (said === undefined) return undefined;
    return !['false', '0', 'no', 'off'].includes(said);
  };
  const number = (name: string): number | undefined => {
    const said = text(name);
    if (said === undefined || said.trim() === '') return undefined;
    const value = Number(said);
    return Number.isFinite(value) ? value : undefined;
  };
  const layout: Record<string, number | boolean> = {};
  for (const name of LAYOUT) {
    const value = /^(locked|lin|strong|dissuade)/.test(name) ? flag(name) : number(name);
    if (value !== undefined) layout[name] = value;
  }
  const endless: Record<string, number | undefined> = { true: Infinity, false: 0 };
  return {
    play: number('play') ?? endless[text('play')?.toLowerCase() ?? ''],
    info: flag('info') ?? true,
    menu: flag('menu') ?? true,
    bg: colour(text('bg')),
    pointSize: within(number('pointSize') ?? 1, 0.05, 20),
    pointOpacity: within(number('pointOpacity') ?? 1, 0, 1),
    edgeOpacity: optional(number('edgeOpacity'), 0, 1),
    edgeCurvature: within(number('edgeCurvature') ?? 0, 0, 2),
    showArrows: flag('showArrows'),
    showLabels: flag('showLabels') ?? true,
    showPointsOfInterest: flag('showPointsOfInterest') ?? true,
    pointsOfInterestMax: within(number('pointsOfInterestMax') ?? 60, 0, 1000),
    pageTitle: text('pageTitle'),
    arrangement: arrangement(query.get('layout')),
    layout,
  };
}

/** Other makers of addresses call some layouts by other names. */
const CALLED: Record<string, string> = { force_directed: 'force', circular: 'circle', mercator: 'geographic' };

function arrangement(said: string | null): string | undefined {
  const name = said?.trim().toLowerCase();
  return name ? (CALLED[name] ?? name) : undefined;
}

function within(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function optional(value: number | undefined, low: number, high: number): number | undefined {
  return value === undefined ? undefined : within(value, low, high);
}

/** A CSS colour, or nothing: what is no colour is left out. */
function colour(said: string | undefined): string | undefined {
  return said && CSS.supports('color', said) ? said : undefined;
}
