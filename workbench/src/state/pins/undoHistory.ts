/** Moves and pins of nodes, for undo and redo. */
export interface NodePosition {
  row: number;
  x: number;
  y: number;
  isPinned: boolean;
}
/** The same rows before and after, in the same order. */
export interface Change {
  before: NodePosition[];
  after: NodePosition[];
}

const MAX_CHANGES = 100;

export class UndoHistory {
  private done: Change[] = [];
  private undone: Change[] = [];

  add(change: Change): void {
    this.done = [...this.done.slice(1 - MAX_CHANGES), change];
    this.undone = [];
  }

  undo(): NodePosition[] | undefined {
    const change = this.done.pop();
    if (change) this.undone.push(change);
    return change?.before;
  }

  redo(): NodePosition[] | undefined {
    const change = this.undone.pop();
    if (change) this.done.push(change);
    return change?.after;
  }

  /** Removes the last change, which cannot be redone. */
  removeLast(): NodePosition[] | undefined {
    return this.done.pop()?.before;
  }

  clear(): void {
    this.done = this.undone = [];
  }
}
