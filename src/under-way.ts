/** Requests that wait for their answers, each by its number. */

/**
 * A `Map`, as far as it is asked here and by kafkajs. V8 gives a map or set that is filled and emptied again and again new tables, and the old
 * table points to the new one. Once one of them has outlived two collections of the young, all that goes through those behind it is kept,
 * dead, until the next full collection: each request, with the pings of who waits for it.
 */
export class UnderWay<V> {
  size = 0;
  #byNumber: Record<number, V> = {};

  has(key: number): boolean {
    return this.#byNumber[key] !== undefined;
  }

  get(key: number): V | undefined {
    return this.#byNumber[key];
  }

  set(key: number, value: V): this {
    if (!this.has(key)) this.size++;
    this.#byNumber[key] = value;
    return this;
  }

  delete(key: number): boolean {
    if (!this.has(key)) return false;
    delete this.#byNumber[key];
    this.size--;
    return true;
  }

  clear(): void {
    this.#byNumber = {};
    this.size = 0;
  }

  values(): V[] {
    return Object.values(this.#byNumber);
  }

  forEach(visit: (value: V) => void): void {
    this.values().forEach(visit);
  }
}
