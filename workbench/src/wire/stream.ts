/** The socket of a graph: states, frames of a running layout, pins; what is asked of them. */
import type { GraphState, Going } from './api';
import { currentPass, onRenewed } from './credential';

const MOST_ROWS = 200;
const MOST_UNSAID = 100;

export interface Frame {
  seq: number;
  progress: number;
  final: boolean;
  bounds: [number, number, number, number];
}
export interface Listener {
  state(state: GraphState): void;
  /** What changes of a state while work is under way. */
  progress(going: Going): void;
  frame(frame: Frame, positions: Float32Array): void;
  pins(rows: number[], positions: number[]): void;
  refused(message: string, deed: string): void;
  lost(): void;
}

type Said = { type: string } & Record<string, unknown>;

export class Stream {
  private socket: WebSocket | undefined;
  private frame: Frame | undefined;
  private readonly unsaid: Said[] = [];
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
    socket.onopen = () => {
      this.wait = 500;
      for (const said of this.unsaid.splice(0)) this.send(said);
    };
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
      else if (said.type === 'progress') this.listener.progress(said);
      else if (said.type === 'frame') this.frame = said;
      else if (said.type === 'pins') this.listener.pins(said.rows, said.positions);
      else if (said.type === 'refused') this.listener.refused(said.message, said.deed);
    } else if (this.frame) {
      const { seq, bounds } = this.frame;
      const socket = this.socket;
      this.listener.frame(this.frame, spread(new Uint16Array(data), bounds));
      // Once it is drawn: a page that is slow, or hidden, is sent no more than it can show.
      requestAnimationFrame(() => socket === this.socket && this.send({ type: 'seen', seq }));
    }
  }

  play(ms: number, options: Record<string, unknown>): void {
    this.send({ type: 'play', ms, options });
  }

  tell(deed: 'pause' | 'resume' | 'stop'): void {
    this.send({ type: deed });
  }

  /** Places of nodes, as many in a message as it may hold. */
  place(kind: 'pin' | 'unpin', rows: number[], positions: number[], options: Record<string, unknown>): void {
    for (let from = 0; from < rows.length; from += MOST_ROWS) {
      const some = positions.slice(2 * from, 2 * (from + MOST_ROWS)).map((one) => Number(one.toPrecision(8)));
      this.send({ type: kind, rows: rows.slice(from, from + MOST_ROWS), positions: some, options });
    }
  }

  /** Asks for the state now: something was done past the socket. */
  hurry(): void {
    this.send({ type: 'look' });
  }

  /** What cannot be said now is said once there is a socket again. */
  private send(said: Said): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(said));
    else if (said.type !== 'seen' && this.unsaid.length < MOST_UNSAID) this.unsaid.push(said);
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
