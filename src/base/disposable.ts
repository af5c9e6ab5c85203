// Objects that own others: whatever is registered here ends with its owner.

/** Anything that can be ended, as in VS Code's API. */
export interface Ends {
  dispose(): unknown;
}

/** Base of every class that holds listeners, timers or children. */
export abstract class Disposable implements Ends {
  private readonly owned = new Set<Ends>();
  private ended = false;

  /** True once this object was disposed. */
  protected get isDisposed(): boolean {
    return this.ended;
  }

  /** Ends `item` together with this object, or at once when this object has ended already. */
  protected _register<T extends Ends>(item: T): T {
    if (this.ended) item.dispose();
    else this.owned.add(item);
    return item;
  }

  /** Ends everything that was registered, the last first; once. */
  dispose(): void {
    if (this.ended) return;
    this.ended = true;
    for (const item of [...this.owned].reverse()) item.dispose();
    this.owned.clear();
  }
}
