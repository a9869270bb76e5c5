/** What lies beneath a graph: the ground, a map, frames, axes. */
import { drawAxes, nameAxes, type DrawnAxis } from './axes';
import { drawBoxes, nameBoxes, type DrawnBox } from './boxes';
import type { Camera } from './camera';

export interface Scene {
  axes: DrawnAxis[];
  boxes: DrawnBox[];
  outline: '' | 'world';
}
export interface SceneInk {
  ground: string;
  axis: string;
  frame: string;
  box: string;
  land: string;
  shore: string;
  net: string;
}

export const NO_SCENE: Scene = { axes: [], boxes: [], outline: '' };

export function isEmpty(scene: Scene): boolean {
  return !scene.axes.length && !scene.boxes.length && !scene.outline;
}

/** Points that a view of everything should show besides the nodes. */
export function extent(scene: Scene): [number, number][] {
  const rings = scene.axes.filter((axis) => axis.kind === 'r' && axis.style !== 'space');
  return [
    ...rings.flatMap(({ value }): [number, number][] => [
      [-value, -value],
      [value, value],
    ]),
    ...scene.boxes.flatMap(({ x0, y0, x1, y1 }): [number, number][] => [
      [x0, y0],
      [x1, y1],
    ]),
  ];
}

type World = typeof import('./world');

export class Backdrop {
  private readonly pen: CanvasRenderingContext2D;
  private world: World | undefined;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly onready: () => void,
  ) {
    this.pen = canvas.getContext('2d')!;
  }

  draw(scene: Scene, camera: Camera, density: number, ink: SceneInk): void {
    const { canvas, pen } = this;
    canvas.width = Math.round(camera.width * density);
    canvas.height = Math.round(camera.height * density);
    if (isEmpty(scene)) return;
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.fillStyle = ink.ground;
    pen.fillRect(0, 0, camera.width, camera.height);
    if (scene.outline === 'world') {
      if (this.world) this.world.drawWorld(pen, camera, density, ink);
      else this.fetchWorld();
    }
    drawBoxes(pen, scene.boxes, camera, { line: ink.frame, fill: ink.box });
    drawAxes(pen, scene.axes, camera, ink.axis);
  }

  private fetchWorld(): void {
    void import('./world').then((world) => {
      this.world = world;
      this.onready();
    });
  }
}

/** Names of axes and frames, for the canvas above the picture. */
export function nameScene(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  camera: Camera,
  ink: { soft: string; halo: string },
): void {
  nameBoxes(pen, scene.boxes, camera, { text: ink.soft, halo: ink.halo });
  nameAxes(pen, scene.axes, camera, { text: ink.soft, plate: ink.halo });
}
