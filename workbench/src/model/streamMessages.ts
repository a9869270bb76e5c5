/** Messages of a graph's socket. */
import type { GraphState, ProgressUpdate } from './api.gen';

/** The header of a binary message that follows: positions between the bounds, as 16-bit integers. */
export interface Frame {
  seq: number;
  progress: number;
  final: boolean;
  /** x and y of the lower left, then of the upper right corner, in layout units. */
  bounds: [number, number, number, number];
}
export type ServerMessage =
  | ({ type: 'state' } & GraphState)
  | ({ type: 'progress' } & ProgressUpdate)
  | ({ type: 'frame' } & Frame)
  | { type: 'pins'; rows: number[]; positions: number[] }
  | { type: 'refused'; message: string; command: string };

export type PinCommand = 'pin' | 'unpin';
export type RunCommand = 'pause' | 'resume' | 'stop';
export type ClientMessage =
  | { type: 'play'; ms: number; options: Record<string, unknown> }
  | { type: RunCommand }
  | { type: PinCommand; rows: number[]; positions: number[]; options: Record<string, unknown> }
  /** Requests the state now. */
  | { type: 'refresh' }
  /** Acknowledges a frame once it is drawn. */
  | { type: 'ack'; seq: number };
