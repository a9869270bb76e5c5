/** The colors of the page's theme that a graph is drawn with, read from CSS once per theme. */
import type { BackdropColors } from './backdrop/backdrop';
import { cssColor, parseColor, type Rgb } from './color';

export interface ThemeColors extends BackdropColors {
  backgroundColor: Rgb;
  accentColor: Rgb;
  label: string;
  /** Of names of axes and boxes. */
  mutedLabel: string;
  /** Around labels. */
  halo: string;
}

/** `background` is a CSS color in place of the theme's own. */
export function readThemeColors(background: string | undefined): ThemeColors {
  const css = getComputedStyle(document.documentElement);
  const color = (name: string) => css.getPropertyValue(`--${name}`).trim();
  const backgroundColor = parseColor(background ?? color('ground'));
  return {
    backgroundColor,
    accentColor: parseColor(color('accent')),
    label: color('label'),
    mutedLabel: color('soft'),
    halo: cssColor(backgroundColor, 0.85),
    background: cssColor(backgroundColor),
    axis: color('axis'),
    boxLine: color('frame'),
    boxFill: color('box'),
    land: color('land'),
    coast: color('shore'),
    graticule: color('net'),
  };
}
