/** Titles of nodes: those of important nodes come with the graph, others when they are needed. */
const MAX_ROWS_PER_REQUEST = 200;
const RETRY_MS = 5000; // before a row that failed is prefetched again

export type TitleLoader = (rows: number[]) => Promise<Record<string, string>>;

export class Titles {
  /** Grows whenever titles arrive. */
  revision = $state(0);
  readonly byRow: Map<number, string>;
  private readonly inFlight = new Map<number, Promise<void>>();
  private readonly failedAt = new Map<number, number>();
  private queue: { rows: Set<number>; done: Promise<void> } | undefined;

  constructor(
    private readonly loadTitles: TitleLoader,
    rows: ArrayLike<number> = [],
    titles: string[] = [],
  ) {
    this.byRow = new Map(titles.map((title, i) => [rows[i]!, title]));
  }

  /** The title of a row; '' where it has none. Rejects when it cannot be loaded. */
  async of(row: number): Promise<string> {
    await this.load([row]);
    return this.byRow.get(row) ?? '';
  }

  /** The titles of rows, in their order, loaded by as few requests as possible. */
  async ofAll(rows: readonly number[]): Promise<string[]> {
    await this.load(rows);
    return rows.map((row) => this.byRow.get(row) ?? '');
  }

  /** Loads titles for labels. Failures are not reported, and not repeated at once: every frame asks. */
  async prefetch(rows: readonly number[]): Promise<void> {
    const now = performance.now();
    const wanted = rows.filter((row) => now - (this.failedAt.get(row) ?? -Infinity) > RETRY_MS);
    try {
      await this.load(wanted);
    } catch {
      // Labels without a title are left out.
    }
  }

  set(row: number, title: string): void {
    this.byRow.set(row, title);
    this.revision++;
  }

  /** Resolves once each of the rows has its title. */
  private async load(rows: readonly number[]): Promise<void> {
    const pending = new Set<Promise<void>>();
    for (const row of rows) {
      if (this.byRow.has(row)) continue;
      pending.add(this.inFlight.get(row) ?? this.enqueue(row));
    }
    await Promise.all(pending);
  }

  /** Rows that are requested in the same turn share requests. */
  private enqueue(row: number): Promise<void> {
    if (!this.queue || this.queue.rows.size >= MAX_ROWS_PER_REQUEST) {
      const batch = new Set<number>();
      const done = Promise.resolve().then(() => this.request(batch));
      this.queue = { rows: batch, done };
    }
    this.queue.rows.add(row);
    this.inFlight.set(row, this.queue.done);
    return this.queue.done;
  }

  private async request(batch: Set<number>): Promise<void> {
    if (this.queue?.rows === batch) this.queue = undefined;
    const rows = [...batch];
    try {
      const titles = await this.loadTitles(rows);
      for (const row of rows) {
        this.byRow.set(row, titles[row] ?? '');
        this.failedAt.delete(row);
      }
      this.revision++;
    } catch (error) {
      for (const row of rows) this.failedAt.set(row, performance.now());
      throw error;
    } finally {
      for (const row of rows) this.inFlight.delete(row);
    }
  }
}
