/** An atlas of 16 x 16 icons, drawn once from the icon font, or as text. */
import fontAddress from '@fortawesome/fontawesome-free/webfonts/fa-solid-900.woff2?url';
import brandsAddress from '@fortawesome/fontawesome-free/webfonts/fa-brands-400.woff2?url';

const CELL = 64;
const PER_ROW = 16;
const MAX_ICONS = PER_ROW * PER_ROW;

export async function drawAtlas(names: string[]): Promise<HTMLCanvasElement> {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = CELL * PER_ROW;
  const ctx = canvas.getContext('2d')!;
  ctx.fillStyle = '#000';
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  const { default: glyphs } = await import('virtual:glyphs');
  await Promise.all([load('gk-solid', fontAddress, '900'), load('gk-brands', brandsAddress, '400')]);
  ctx.fillStyle = '#fff';
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  for (let i = 0; i < Math.min(names.length, MAX_ICONS); i++) {
    const x = (i % PER_ROW) * CELL + CELL / 2;
    const y = Math.floor(i / PER_ROW) * CELL + CELL / 2;
    const name = names[i]!;
    drawIcon(ctx, name, glyphs[name], x, y);
  }
  return canvas;
}

function drawIcon(ctx: CanvasRenderingContext2D, name: string, glyph: string | undefined, x: number, y: number): void {
  if (glyph) {
    const [family, code = ''] = glyph.split(':');
    ctx.font = `${family === 'b' ? 400 : 900} 44px ${family === 'b' ? 'gk-brands' : 'gk-solid'}`;
    ctx.fillText(String.fromCodePoint(parseInt(code, 16)), x, y, CELL - 8);
    return;
  }
  const country = /^flags?-icon-([a-z]{2})$/.exec(name)?.[1];
  const text = country?.toUpperCase() ?? name.slice(0, 4);
  ctx.font = `700 ${text.length > 2 ? 24 : 34}px system-ui, sans-serif`;
  ctx.fillText(text, x, y, CELL - 4);
}

async function load(family: string, address: string, weight: string): Promise<void> {
  const face = new FontFace(family, `url(${address})`, { weight });
  document.fonts.add(await face.load());
}
