/** Short names of nodes: the important ones come with the picture, others when they are looked at. */
import { getTitles } from '../wire/api';

export class Titles {
  readonly byRow: Map<number, string>;
  private readonly asked = new Set<number>();

  constructor(
    private readonly id: string,
    rows: ArrayLike<number>,
    titles: string[],
    private readonly onchange: () => void,
  ) {
    this.byRow = new Map(titles.map((title, i) => [rows[i], title]));
  }

  async fetch(rows: number[]): Promise<void> {
    const wanted = rows.filter((row) => !this.asked.has(row));
    if (!wanted.length) return;
    for (const row of wanted) this.asked.add(row);
    const found = await getTitles(this.id, wanted);
    for (const [row, title] of Object.entries(found)) this.byRow.set(Number(row), title);
    this.onchange();
  }

  async of(row: number): Promise<string> {
    if (!this.byRow.has(row)) await this.fetch([row]);
    return this.byRow.get(row) ?? '';
  }
}
