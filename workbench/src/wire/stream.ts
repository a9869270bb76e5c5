/** The socket of a graph: states, frames of a running layout, pins; and commands to the server. */
import type { GraphState, ProgressUpdate } from '../model/api.gen';
import type { ClientMessage, Frame, PinCommand, RunCommand, ServerMessage } from '../model/streamMessages';
import { currentToken, onRenewed } from './credential';
import { dequantize } from './pack';

const MAX_ROWS_PER_MESSAGE = 200;
const MAX_PENDING = 100;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;
/** The server closes with this code, or a higher one, where trying again is of no use. */
const FINAL_CLOSE_CODE = 4400;

export interface StreamListener {
  onState(state: GraphState): void;
  onProgress(update: ProgressUpdate): void;
  onFrame(frame: Frame, positions: Float32Array): void;
  onPins(rows: number[], positions: number[]): void;
  onRefused(message: string, command: string): void;
  /** The graph can no longer be seen. */
  onLost(): void;
}

export class Stream {
  private socket: WebSocket | undefined;
  private frame: Frame | undefined;
  private readonly pending: ClientMessage[] = [];
  private isClosed = false;
  private retryMs = FIRST_RETRY_MS;
  private readonly stopListening: () => void;

  constructor(
    private readonly id: string,
    private readonly listener: StreamListener,
  ) {
    this.connect();
    this.stopListening = onRenewed(() => {
      const previous = this.socket;
      this.connect();
      previous?.close();
    });
  }

  private connect(): void {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/api/view/${this.id}/stream/`, subprotocols());
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.receive(event.data);
    socket.onopen = () => {
      this.retryMs = FIRST_RETRY_MS;
      for (const message of this.pending.splice(0)) this.send(message);
    };
    socket.onclose = (event) => {
      if (this.isClosed || socket !== this.socket) return;
      if (event.code >= FINAL_CLOSE_CODE) {
        this.listener.onLost();
        return;
      }
      setTimeout(() => {
        if (!this.isClosed) this.connect();
      }, this.retryMs);
      this.retryMs = Math.min(this.retryMs * 2, MAX_RETRY_MS);
    };
  }

  private receive(data: string | ArrayBuffer): void {
    if (typeof data !== 'string') {
      this.receivePositions(data);
      return;
    }
    const message = JSON.parse(data) as ServerMessage;
    if (message.type === 'state') this.listener.onState(message);
    else if (message.type === 'progress') this.listener.onProgress(message);
    else if (message.type === 'frame') this.frame = message;
    else if (message.type === 'pins') this.listener.onPins(message.rows, message.positions);
    else this.listener.onRefused(message.message, message.command);
  }

  private receivePositions(data: ArrayBuffer): void {
    if (!this.frame) return;
    const { seq, bounds } = this.frame;
    const { socket } = this;
    this.listener.onFrame(this.frame, dequantize(new Uint16Array(data), bounds));
    // Backpressure: a page that is slow, or hidden, gets no more frames than it can draw.
    requestAnimationFrame(() => {
      if (socket === this.socket) this.send({ type: 'ack', seq });
    });
  }

  play(ms: number, options: Record<string, unknown>): void {
    this.send({ type: 'play', ms, options });
  }

  command(type: RunCommand): void {
    this.send({ type });
  }

  /** Pins or unpins nodes, in as many messages as they need. */
  sendPins(type: PinCommand, rows: number[], positions: number[], options: Record<string, unknown>): void {
    for (let from = 0; from < rows.length; from += MAX_ROWS_PER_MESSAGE) {
      const to = from + MAX_ROWS_PER_MESSAGE;
      const rounded = positions.slice(2 * from, 2 * to).map((value) => Number(value.toPrecision(8)));
      this.send({ type, rows: rows.slice(from, to), positions: rounded, options });
    }
  }

  /** Requests the state now: something was changed past the socket. */
  requestState(): void {
    this.send({ type: 'refresh' });
  }

  /** Messages wait for the next connection where there is none. */
  private send(message: ClientMessage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
    else if (message.type !== 'ack' && this.pending.length < MAX_PENDING) this.pending.push(message);
  }

  close(): void {
    this.isClosed = true;
    this.stopListening();
    this.socket?.close();
  }
}

/** A browser can send no header with a socket: the view token goes into the subprotocols. */
function subprotocols(): string[] {
  const viewToken = currentToken();
  if (!viewToken) return [];
  const bytes = [...new TextEncoder().encode(viewToken.origin)];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return ['graphkeep', `pass.${viewToken.token}`, `origin.${hex}`];
}
