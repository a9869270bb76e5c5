/** Red, green and blue in 0..1 of any CSS color. */
export type Rgb = [number, number, number];

const cache = new Map<string, Rgb>();

/** Parses by the browser's own rules; black where it is no color. */
export function parseColor(color: string): Rgb {
  const cached = cache.get(color);
  if (cached) return cached;
  const ctx = document.createElement('canvas').getContext('2d')!;
  ctx.fillStyle = color.trim() || '#000';
  const rgb = parseHex(ctx.fillStyle);
  cache.set(color, rgb);
  return rgb;
}

/** `#rrggbb`; black where it is anything else. */
export function parseHex(hex: string): Rgb {
  if (!/^#[0-9a-f]{6}/i.test(hex)) return [0, 0, 0];
  const byte = (at: number) => parseInt(hex.slice(at, at + 2), 16) / 255;
  return [byte(1), byte(3), byte(5)];
}

export function cssColor(rgb: Rgb, opacity = 1): string {
  return `rgb(${rgb.map((part) => Math.round(part * 255)).join(' ')} / ${opacity})`;
}
