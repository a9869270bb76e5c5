/** Red, green and blue in 0..1 of any CSS colour. */
export type Rgb = [number, number, number];

const parsed = new Map<string, Rgb>();

export function rgbOf(color: string): Rgb {
  const known = parsed.get(color);
  if (known) return known;
  const pen = document.createElement('canvas').getContext('2d')!;
  pen.fillStyle = color.trim() || '#000';
  const hex = pen.fillStyle.startsWith('#') ? pen.fillStyle : '#000000';
  const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as Rgb;
  parsed.set(color, parts);
  return parts;
}
