/** Pointers, wheel and clicks on the canvas as gestures. */
import type { ScreenBox } from '../../render/screenRows';

export type Point = [number, number];

/** What gestures do; all points and distances are CSS pixels of the canvas. */
export interface GestureHost {
  /** Begins to drag the node at a point; whether there is one that may be dragged. */
  startDrag(at: Point, isTouch: boolean): boolean;
  dragBy(dx: number, dy: number): void;
  endDrag(): void;
  cancelDrag(): void;
  pan(dx: number, dy: number): void;
  zoomAt(at: Point, factor: number): void;
  hover(at: Point): void;
  click(at: Point, isAdding: boolean): void;
  /** The box that is drawn while it is dragged; nothing when it ends. */
  showBox(box: ScreenBox | undefined): void;
  selectBox(box: ScreenBox, isAdding: boolean): void;
}

const MIN_DRAG = 3; // pixels; a shorter way is a click
const LINE_HEIGHT = 30; // pixels of a wheel's line

export class PointerGestures {
  private readonly pointers = new Map<number, Point>();
  private distance = 0;
  private isDragging = false;
  private box: ScreenBox | undefined;

  constructor(private readonly host: GestureHost) {}

  down(event: PointerEvent, at: Point): void {
    this.pointers.set(event.pointerId, at);
    this.distance = 0;
    const isFirst = this.pointers.size === 1;
    this.setBox(event.shiftKey && isFirst ? { x0: at[0], y0: at[1], x1: at[0], y1: at[1] } : undefined);
    if (!isFirst) this.cancelDrag();
    else if (event.button === 0 && !this.box) this.isDragging = this.host.startDrag(at, event.pointerType === 'touch');
  }

  move(event: PointerEvent, at: Point): void {
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === 'mouse') this.host.hover(at);
      return;
    }
    const [dx, dy] = [at[0] - before[0], at[1] - before[1]];
    this.distance += Math.hypot(dx, dy);
    if (this.pointers.size === 2) this.pinch(event.pointerId, before, at);
    else if (this.box) this.setBox({ ...this.box, x1: at[0], y1: at[1] });
    else if (this.distance > MIN_DRAG) {
      if (this.isDragging) this.host.dragBy(dx, dy);
      else this.host.pan(dx, dy);
    }
    this.pointers.set(event.pointerId, at);
  }

  private pinch(id: number, before: Point, at: Point): void {
    const other = [...this.pointers].find(([key]) => key !== id)?.[1];
    if (!other) return;
    const spanBefore = Math.hypot(before[0] - other[0], before[1] - other[1]);
    const span = Math.hypot(at[0] - other[0], at[1] - other[1]);
    this.host.zoomAt([(at[0] + other[0]) / 2, (at[1] + other[1]) / 2], span / Math.max(spanBefore, 1));
    this.host.pan((at[0] - before[0]) / 2, (at[1] - before[1]) / 2);
  }

  /** A pointer went up, or its gesture was cancelled. */
  up(event: PointerEvent, at: Point): void {
    if (!this.pointers.delete(event.pointerId)) return;
    const isCancelled = event.type === 'pointercancel';
    if (isCancelled) this.cancelDrag();
    else if (this.isDragging) this.host.endDrag();
    this.isDragging = false;
    const { box } = this;
    this.setBox(undefined);
    const isControl = event.ctrlKey || event.metaKey;
    if (isCancelled) return;
    if (this.distance <= MIN_DRAG + 1) this.host.click(at, event.shiftKey || isControl);
    else if (box) this.host.selectBox(box, isControl);
  }

  wheel(event: WheelEvent, at: Point): void {
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : 1);
    // A pinch on a touchpad comes as a wheel with the control key.
    this.host.zoomAt(at, Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0016)));
  }

  private cancelDrag(): void {
    if (this.isDragging) this.host.cancelDrag();
    this.isDragging = false;
  }

  private setBox(box: ScreenBox | undefined): void {
    if (box === this.box) return;
    this.box = box;
    this.host.showBox(box);
  }
}
