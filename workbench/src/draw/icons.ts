/** An atlas of 16 x 16 icons, drawn once from the icon font, from images in the data, or as text. */
import fontAddress from '@fortawesome/fontawesome-free/webfonts/fa-solid-900.woff2?url';
import brandsAddress from '@fortawesome/fontawesome-free/webfonts/fa-brands-400.woff2?url';

const CELL = 64;
const PER_ROW = 16;
const MOST = PER_ROW * PER_ROW;

export async function drawAtlas(names: string[]): Promise<HTMLCanvasElement> {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = CELL * PER_ROW;
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = '#000';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const { default: glyphs } = await import('virtual:glyphs');
  await Promise.all([load('gk-solid', fontAddress, '900'), load('gk-brands', brandsAddress, '400')]);
  pen.fillStyle = '#fff';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  for (let i = 0; i < Math.min(names.length, MOST); i++) {
    const x = (i % PER_ROW) * CELL + CELL / 2;
    const y = Math.floor(i / PER_ROW) * CELL + CELL / 2;
    drawIcon(pen, names[i], glyphs[names[i]], x, y);
  }
  return canvas;
}

function drawIcon(pen: CanvasRenderingContext2D, name: string, known: string | undefined, x: number, y: number): void {
  if (known) {
    const [family, code] = known.split(':');
    pen.font = `${family === 'b' ? 400 : 900} 44px ${family === 'b' ? 'gk-brands' : 'gk-solid'}`;
    pen.fillText(String.fromCodePoint(parseInt(code, 16)), x, y, CELL - 8);
    return;
  }
  const flag = /^flags?-icon-([a-z]{2})$/.exec(name);
  const text = flag ? flag[1].toUpperCase() : name.slice(0, 4);
  pen.font = `700 ${text.length > 2 ? 24 : 34}px system-ui, sans-serif`;
  pen.fillText(text, x, y, CELL - 4);
}

async function load(family: string, address: string, weight: string): Promise<void> {
  const face = new FontFace(family, `url(${address})`, { weight });
  document.fonts.add(await face.load());
}
