/** Marks of one turn; more are not taken. */
const maxNames = 64;

/** What is measured of one turn, in bounded room: marks, of which the first value counts. */
export class MetricsBuffer {
  readonly #marks = new Map<string, number>();

  has(name: string): boolean {
    return this.#marks.has(name);
  }

  /** Notes a value once; the names of milliseconds end in `Ms`. */
  mark(name: string, value: number): void {
    if (!this.#marks.has(name) && this.#hasRoom()) this.#marks.set(name, value);
  }

  /** Adds to a mark that is made of several parts. */
  add(name: string, value: number): void {
    if (this.#marks.has(name) || this.#hasRoom()) this.#marks.set(name, (this.#marks.get(name) ?? 0) + value);
  }

  values(): Record<string, number> {
    return Object.fromEntries(this.#marks);
  }

  #hasRoom(): boolean {
    return this.#marks.size < maxNames;
  }
}
