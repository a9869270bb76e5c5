/** What is drawn beneath a graph: background, map, boxes, axes. */
import type { LayoutMetadata } from '../../model/layout';
import type { Camera } from '../camera';
import { drawAxes, drawAxisNames } from './axes';
import { drawBoxes, drawBoxNames } from './boxes';

export interface BackdropColors {
  background: string;
  axis: string;
  boxLine: string;
  boxFill: string;
  land: string;
  coast: string;
  graticule: string;
}

export const EMPTY_METADATA: LayoutMetadata = { axes: [], boxes: [], outline: '' };

export function isEmpty(metadata: LayoutMetadata): boolean {
  return !metadata.axes.length && !metadata.boxes.length && !metadata.outline;
}

/** Points that a view of everything includes besides the nodes, in layout units. */
export function extent(metadata: LayoutMetadata): [number, number][] {
  const rings = metadata.axes.filter((axis) => axis.kind === 'r' && axis.style !== 'space');
  return [
    ...rings.flatMap(({ value }): [number, number][] => [
      [-value, -value],
      [value, value],
    ]),
    ...metadata.boxes.flatMap(({ x0, y0, x1, y1 }): [number, number][] => [
      [x0, y0],
      [x1, y1],
    ]),
  ];
}

type World = typeof import('./world');

export class Backdrop {
  private readonly ctx: CanvasRenderingContext2D;
  private world: World | undefined;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly onReady: () => void,
  ) {
    this.ctx = canvas.getContext('2d')!;
  }

  draw(metadata: LayoutMetadata, camera: Camera, density: number, colors: BackdropColors): void {
    const { canvas, ctx } = this;
    canvas.width = Math.round(camera.width * density);
    canvas.height = Math.round(camera.height * density);
    if (isEmpty(metadata)) return;
    ctx.setTransform(density, 0, 0, density, 0, 0);
    ctx.fillStyle = colors.background;
    ctx.fillRect(0, 0, camera.width, camera.height);
    if (metadata.outline === 'world') {
      if (this.world) this.world.drawWorld(ctx, camera, density, colors);
      else void this.loadWorld();
    }
    drawBoxes(ctx, metadata.boxes, camera, { line: colors.boxLine, fill: colors.boxFill });
    drawAxes(ctx, metadata.axes, camera, colors.axis);
  }

  private async loadWorld(): Promise<void> {
    this.world = await import('./world');
    this.onReady();
  }
}

/** Draws the names of axes and boxes, for the canvas above the nodes. */
export function drawBackdropNames(
  ctx: CanvasRenderingContext2D,
  metadata: LayoutMetadata,
  camera: Camera,
  colors: { text: string; halo: string },
): void {
  drawBoxNames(ctx, metadata.boxes, camera, colors);
  drawAxisNames(ctx, metadata.axes, camera, { text: colors.text, plate: colors.halo });
}
