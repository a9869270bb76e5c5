/** Metrics of the nodes: what can be computed, and which columns color and size the nodes. */
import type { Metric, MetricBody, MetricStatus, NodeEncodings } from '../../model/api.gen';
import * as wire from '../../wire/metrics';
import type { Session } from '../session/session.svelte';

export class Metrics {
  /** Empty until they are loaded. */
  available: Metric[] = $state.raw([]);
  error = $state('');

  constructor(private readonly session: Session) {}

  get requested(): MetricStatus[] {
    return this.session.graph?.metrics ?? [];
  }

  get encodings(): NodeEncodings {
    return this.session.graph?.encodings ?? { color: null, size: null };
  }

  async load(): Promise<void> {
    try {
      if (!this.available.length) this.available = await wire.getMetrics();
    } catch (error) {
      this.error = (error as Error).message;
    }
  }

  isGroup(status: MetricStatus): boolean {
    return this.available.find((metric) => metric.name === status.metric)?.is_group ?? false;
  }

  compute(request: MetricBody): Promise<void> {
    return this.change(() => wire.addMetric(this.session.id, request));
  }

  /** Removes a column, or stops its computation. */
  remove(column: string): Promise<void> {
    return this.change(() => wire.removeMetric(this.session.id, column));
  }

  setEncodings(encodings: Partial<NodeEncodings>): Promise<void> {
    return this.change(() => wire.setNodeEncodings(this.session.id, encodings));
  }

  /** Encodes a channel by a column, or by the sender's own encoding where it already has that column. */
  toggleEncoding(channel: keyof NodeEncodings, column: string): Promise<void> {
    return this.setEncodings({ [channel]: this.encodings[channel] === column ? null : column });
  }

  private async change(send: () => Promise<unknown>): Promise<void> {
    try {
      await send();
      this.session.requestState();
      this.error = '';
    } catch (error) {
      this.error = (error as Error).message;
    }
  }
}

export const isBusy = (status: MetricStatus): boolean => status.state === 'queued' || status.state === 'running';
