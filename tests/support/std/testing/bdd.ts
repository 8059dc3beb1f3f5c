/**
 * A local stand-in for `@std/testing/bdd`: `describe`, `it` and the four hooks, as `node:test`
 * has them under `deno test`. Not here: suites as values, `this` shared by hooks and tests, and
 * the options of `Deno.test`. See the stand-in for `@std/assert` for why it exists.
 *
 * @module
 */

export { after as afterAll, afterEach, before as beforeAll, beforeEach } from "node:test";
export { describe, it } from "node:test";
