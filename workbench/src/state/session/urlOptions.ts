/** Options of the page's address; unknown names are accepted and change nothing. */
export interface UrlOptions {
  /** Milliseconds of a run; Infinity is as long as the server allows. */
  play: number | undefined;
  info: boolean;
  menu: boolean;
  background: string | undefined;
  pointSize: number;
  pointOpacity: number;
  edgeOpacity: number | undefined;
  edgeCurvature: number;
  showArrows: boolean | undefined;
  showLabels: boolean;
  showPointsOfInterest: boolean;
  pointsOfInterestMax: number;
  pageTitle: string | undefined;
  /** The name of the layout that the address requests. */
  requestedLayout: string | undefined;
  /** Options of layout runs. */
  layout: Record<string, number | boolean>;
}

const RUN_OPTIONS = [
  'linLog', 'strongGravity', 'dissuadeHubs', 'edgeInfluence', 'gravity', 'scalingRatio',
  'precisionVsSpeed', 'lockedX', 'lockedY', 'lockedR',
]; // prettier-ignore

export function readUrlOptions(
  query: URLSearchParams,
  defaults: Record<string, string | number | boolean> = {},
): UrlOptions {
  const text = (name: string) => query.get(name) ?? (name in defaults ? String(defaults[name]) : undefined);
  const flag = (name: string): boolean | undefined => {
    const value = text(name)?.toLowerCase();
    if (value === undefined) return undefined;
    return !['false', '0', 'no', 'off'].includes(value);
  };
  const number = (name: string): number | undefined => {
    const value = Number(text(name)?.trim() || undefined);
    return Number.isFinite(value) ? value : undefined;
  };
  const layout: Record<string, number | boolean> = {};
  for (const name of RUN_OPTIONS) {
    const value = /^(locked|lin|strong|dissuade)/.test(name) ? flag(name) : number(name);
    if (value !== undefined) layout[name] = value;
  }
  const durations: Record<string, number | undefined> = { true: Infinity, false: 0 };
  return {
    play: number('play') ?? durations[text('play')?.toLowerCase() ?? ''],
    info: flag('info') ?? true,
    menu: flag('menu') ?? true,
    background: color(text('bg')),
    pointSize: clamp(number('pointSize') ?? 1, 0.05, 20),
    pointOpacity: clamp(number('pointOpacity') ?? 1, 0, 1),
    edgeOpacity: clampOptional(number('edgeOpacity'), 0, 1),
    edgeCurvature: clamp(number('edgeCurvature') ?? 0, 0, 2),
    showArrows: flag('showArrows'),
    showLabels: flag('showLabels') ?? true,
    showPointsOfInterest: flag('showPointsOfInterest') ?? true,
    pointsOfInterestMax: clamp(number('pointsOfInterestMax') ?? 60, 0, 1000),
    pageTitle: text('pageTitle'),
    requestedLayout: layoutName(query.get('layout')),
    layout,
  };
}

/** Names of layouts in addresses that other tools make. */
const LAYOUT_ALIASES: Record<string, string> = { force_directed: 'force', circular: 'circle', mercator: 'geographic' };

function layoutName(value: string | null): string | undefined {
  const name = value?.trim().toLowerCase();
  return name ? (LAYOUT_ALIASES[name] ?? name) : undefined;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function clampOptional(value: number | undefined, low: number, high: number): number | undefined {
  return value === undefined ? undefined : clamp(value, low, high);
}

/** A CSS color; anything else is ignored. */
function color(value: string | undefined): string | undefined {
  return value && CSS.supports('color', value) ? value : undefined;
}
