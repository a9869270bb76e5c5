/** What was moved, pinned and let go, so that it can be taken back. */
export interface Standing {
  row: number;
  x: number;
  y: number;
  isHeld: boolean;
}
/** The same rows before and after, in the same order. */
export interface Move {
  before: Standing[];
  after: Standing[];
}

const MOST = 100;

export class Moves {
  private done: Move[] = [];
  private undone: Move[] = [];

  add(move: Move): void {
    this.done = [...this.done.slice(1 - MOST), move];
    this.undone = [];
  }

  undo(): Standing[] | undefined {
    const move = this.done.pop();
    if (move) this.undone.push(move);
    return move?.before;
  }

  redo(): Standing[] | undefined {
    const move = this.undone.pop();
    if (move) this.done.push(move);
    return move?.after;
  }

  /** Takes the last move back as if it had never been. */
  forgetLast(): Standing[] | undefined {
    return this.done.pop()?.before;
  }

  clear(): void {
    this.done = this.undone = [];
  }
}
