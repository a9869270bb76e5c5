/** Datasets as the gallery lists them. */
export interface DatasetRow {
  dataset_id: string;
  name: string;
  description: string;
  owner: string;
  org_name: string;
  privacy: string;
  who: string;
  node_count: number;
  edge_count: number;
  image: string;
  version: number;
  created_at: string;
  is_mine: boolean;
}
export interface DatasetPage {
  count: number;
  results: DatasetRow[];
}
