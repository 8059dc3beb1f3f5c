/**
 * Integers by place, in pages that are made when they are written to.
 *
 * @module
 */

/** Places of a page. */
const PAGE = 1024;

/**
 * A table with some integers of 32 bits for each place, all of them 0 until they are set.
 *
 * It is no `Map`: one whose keys are deleted and set again takes the longer the more it holds.
 */
export class PagedIntegers {
  readonly #fields: number;
  readonly #pages: (Int32Array | undefined)[] = [];

  /** Makes a table of `fields` integers a place. */
  constructor(fields: number) {
    this.#fields = fields;
  }

  /** Reads a field of a place. */
  get(place: number, field: number): number {
    const page = this.#pages[Math.floor(place / PAGE)];
    return page === undefined ? 0 : page[place % PAGE * this.#fields + field];
  }

  /** Writes a field of a place. */
  set(place: number, field: number, value: number): void {
    const page = this.#pages[Math.floor(place / PAGE)] ??= new Int32Array(PAGE * this.#fields);
    page[place % PAGE * this.#fields + field] = value;
  }
}
