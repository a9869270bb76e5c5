/** The socket of a graph: states, frames of a running layout, play and pause. */
import type { GraphState } from './api';
import { currentPass, onRenewed } from './credential';

export interface Frame {
  seq: number;
  progress: number;
  final: boolean;
  bounds: [number, number, number, number];
}
export interface Listener {
  state(state: GraphState): void;
  frame(frame: Frame, positions: Float32Array): void;
  refused(message: string): void;
  lost(): void;
}

export class Stream {
  private socket: WebSocket | undefined;
  private frame: Frame | undefined;
  private isOver = false;
  private wait = 500;
  private readonly forget: () => void;

  constructor(
    private readonly id: string,
    private readonly listener: Listener,
  ) {
    this.connect();
    this.forget = onRenewed(() => {
      const former = this.socket;
      this.connect();
      former?.close();
    });
  }

  private connect(): void {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const address = `${scheme}://${location.host}/api/view/${this.id}/stream/`;
    const socket = new WebSocket(address, protocols());
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = (event) => this.receive(event.data);
    socket.onopen = () => (this.wait = 500);
    socket.onclose = (event) => {
      if (this.isOver || socket !== this.socket) return;
      if (event.code >= 4400) {
        this.listener.lost();
        return;
      }
      setTimeout(() => this.isOver || this.connect(), this.wait);
      this.wait = Math.min(this.wait * 2, 15000);
    };
  }

  private receive(data: string | ArrayBuffer): void {
    if (typeof data === 'string') {
      const said = JSON.parse(data);
      if (said.type === 'state') this.listener.state(said);
      else if (said.type === 'frame') this.frame = said;
      else if (said.type === 'refused') this.listener.refused(said.message);
    } else if (this.frame) {
      this.listener.frame(this.frame, spread(new Uint16Array(data), this.frame.bounds));
    }
  }

  play(ms: number, options: Record<string, unknown>): void {
    this.send({ type: 'play', ms, options });
  }

  pause(): void {
    this.send({ type: 'pause' });
  }

  private send(said: unknown): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(said));
  }

  close(): void {
    this.isOver = true;
    this.forget();
    this.socket?.close();
  }
}

/** A browser can send no header with a socket: a pass rides among the subprotocols. */
function protocols(): string[] {
  const pass = currentPass();
  if (!pass) return [];
  const origin = [...new TextEncoder().encode(pass.origin)];
  const coded = origin.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return ['graphkeep', `pass.${pass.token}`, `origin.${coded}`];
}

/** Positions of the layout's own units from 16 bits between the bounds. */
export function spread(packed: Uint16Array, bounds: Frame['bounds']): Float32Array {
  const [x0, y0, x1, y1] = bounds;
  const sx = (x1 - x0) / 65535;
  const sy = (y1 - y0) / 65535;
  const out = new Float32Array(packed.length);
  for (let i = 0; i < packed.length; i += 2) {
    out[i] = x0 + packed[i] * sx;
    out[i + 1] = y0 + packed[i + 1] * sy;
  }
  return out;
}
