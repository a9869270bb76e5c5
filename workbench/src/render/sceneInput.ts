/** What a scene is given. */
export interface SceneCanvases {
  backdrop: HTMLCanvasElement;
  graph: HTMLCanvasElement;
  labels: HTMLCanvasElement;
}
export interface SceneHost {
  /** Advances positions that move; whether any did. */
  step(): boolean;
  isMoving(): boolean;
  /** Rows that would be labelled, had they a title. */
  onMissingTitles(rows: number[]): void;
}
export interface SceneLabels {
  titles: ReadonlyMap<number, string>;
  /** Rows by importance, the first first. */
  importance: ArrayLike<number>;
  isEnabled: boolean;
  max: number;
  /** Rows that are labelled in any case. */
  emphasized: readonly number[];
  /** Rows that are labelled next. */
  neighbors: readonly number[];
}
export interface SceneHighlight {
  /** Bits of each node, of model/nodeFlags; they change in place. */
  flags: Uint8Array;
  /** Rows whose bits changed since the last highlight; undefined where any may have. */
  changedRows: readonly number[] | undefined;
  selectedEdge: number | undefined;
  /** Whether anything is selected or hovered, so that the rest is dimmed. */
  isFocused: boolean;
}
