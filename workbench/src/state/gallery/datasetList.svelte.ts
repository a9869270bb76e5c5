/** The datasets that a person can see, a page at a time. */
import type { DatasetRow } from '../../model/api.gen';
import { deleteDataset, getDatasets } from '../../wire/datasets';

export const PAGE_SIZE = 60;

export interface DatasetQuery {
  search: string;
  order: string;
  tab: string;
}

export class DatasetList {
  rows: DatasetRow[] = $state.raw([]);
  /** Of all pages. */
  count = $state(0);
  isLoading = $state(true);
  error = $state('');
  private requests = 0;

  get hasMore(): boolean {
    return this.rows.length < this.count;
  }

  /** Loads the first page. */
  load(query: DatasetQuery): Promise<void> {
    return this.request(query, []);
  }

  loadMore(query: DatasetQuery): Promise<void> {
    return this.request(query, this.rows);
  }

  /** A response is dropped where another request was sent meanwhile. */
  private async request(query: DatasetQuery, rows: DatasetRow[]): Promise<void> {
    const request = ++this.requests;
    try {
      const page = await getDatasets({ ...query, limit: String(PAGE_SIZE), offset: String(rows.length) });
      if (request !== this.requests) return;
      this.rows = [...rows, ...page.results];
      this.count = page.count;
      this.error = '';
    } catch (reason) {
      if (request !== this.requests) return;
      this.error = (reason as Error).message;
    }
    this.isLoading = false;
  }

  async delete(row: DatasetRow): Promise<void> {
    try {
      await deleteDataset(row.dataset_id);
      this.rows = this.rows.filter((other) => other.dataset_id !== row.dataset_id);
      this.count -= 1;
    } catch (reason) {
      this.error = (reason as Error).message;
    }
  }
}
