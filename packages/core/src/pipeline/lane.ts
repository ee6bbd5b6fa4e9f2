export interface LaneOptions<Item> {
  /** Media the lane holds before its producer has to wait. Milliseconds. */
  readonly capMs: number;
  readonly durationMs: (item: Item) => number;
}

/**
 * A queue of media between one producer and one consumer, bounded in milliseconds of media.
 * The producer awaits `room` before it makes the next item, so the load exceeds the cap by one item at most.
 */
export class Lane<Item> {
  readonly #options: LaneOptions<Item>;
  #items: Item[] = [];
  #head = 0;
  #loadMs = 0;
  #closed = false;
  #waiting: (() => void)[] = [];
  #listener: (item: Item | undefined) => void = () => {};

  constructor(options: LaneOptions<Item>) {
    this.#options = options;
  }

  /** Milliseconds of media inside. */
  get loadMs(): number {
    return this.#loadMs;
  }

  /** The producer has to wait. */
  get isFull(): boolean {
    return this.#loadMs >= this.#options.capMs;
  }

  /** Nothing more will come. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Nothing is inside and nothing will come. */
  get ended(): boolean {
    return this.#closed && this.#head === this.#items.length;
  }

  /** Called with every item after it was pushed, and without one at the close; replaces an earlier listener. */
  listen(listener: (item: Item | undefined) => void): void {
    this.#listener = listener;
  }

  /** False once the lane is closed: the item is dropped. */
  push(item: Item): boolean {
    if (this.#closed) return false;
    this.#items.push(item);
    this.#loadMs += this.#options.durationMs(item);
    this.#listener(item);
    return true;
  }

  peek(): Item | undefined {
    return this.#items[this.#head];
  }

  /** Whether any item inside is like this. */
  some(test: (item: Item) => boolean): boolean {
    return this.#items.some((item, n) => n >= this.#head && test(item));
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    (this.#items as (Item | undefined)[])[this.#head] = undefined;
    this.#head += 1;
    this.#loadMs -= this.#options.durationMs(item);
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
      this.#loadMs = 0;
    } else if (this.#head >= 256 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    if (this.#loadMs < this.#options.capMs) this.#release();
    return item;
  }

  /** Resolves when the load is below the cap, when the lane is closed, or when `signal` aborts. */
  room(signal: AbortSignal): Promise<void> | undefined {
    if (this.#loadMs < this.#options.capMs || this.#closed || signal.aborted) return undefined;
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      this.#waiting.push(done);
    });
  }

  /** Replaces each item inside by what `change` makes of it; `undefined` drops it. */
  revise(change: (item: Item) => Item | undefined): void {
    const { durationMs, capMs } = this.#options;
    this.#items = this.#items.slice(this.#head).flatMap((item) => change(item) ?? []);
    this.#head = 0;
    this.#loadMs = this.#items.reduce((sum, item) => sum + durationMs(item), 0);
    if (this.#loadMs < capMs) this.#release();
  }

  /** No more pushes; what is inside can still be taken. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    this.#listener(undefined);
  }

  /** Drops what is inside and closes. */
  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#loadMs = 0;
    this.close();
  }

  /** Takes items as they come until the lane has ended. For the one consumer; replaces its listener. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void> {
    for (;;) {
      for (let item = this.shift(); item !== undefined; item = this.shift()) yield item;
      if (this.#closed) return;
      await new Promise<void>((resolve) => this.listen(() => resolve()));
    }
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
