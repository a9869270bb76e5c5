/** Canvases above one another as one PNG, of the size of the largest. */
export function exportPng(canvases: HTMLCanvasElement[]): Promise<Blob> {
  const copy = document.createElement('canvas');
  copy.width = Math.max(...canvases.map((canvas) => canvas.width));
  copy.height = Math.max(...canvases.map((canvas) => canvas.height));
  const ctx = copy.getContext('2d')!;
  for (const canvas of canvases) ctx.drawImage(canvas, 0, 0, copy.width, copy.height);
  return new Promise((resolve, reject) => {
    copy.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('The browser could not make a PNG of this graph.'));
    }, 'image/png');
  });
}
