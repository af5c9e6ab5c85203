// Calls a function once things have been quiet for a moment.
import { Disposable } from './disposable';

/** Runs `action` when `trigger` was last called `milliseconds` ago. */
export class Debounce extends Disposable {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly milliseconds: number,
    private readonly action: () => void,
  ) {
    super();
    this._register({ dispose: () => clearTimeout(this.timer) });
  }

  /** Starts the quiet moment anew. */
  trigger(): void {
    clearTimeout(this.timer);
    if (!this.isDisposed) this.timer = setTimeout(() => this.flush(), this.milliseconds);
  }

  /** Runs what waits now. */
  flush(): void {
    if (this.timer === undefined || this.isDisposed) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.action();
  }
}
