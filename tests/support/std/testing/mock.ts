/**
 * A local stand-in for `@std/testing/mock`: `spy` of a function, `stub` of a method and
 * `assertSpyCalls`. See the stand-in for `@std/assert` for why it exists.
 *
 * @module
 */

import { AssertionError } from "@std/assert";

/** Thrown when something cannot be replaced, or cannot be put back. */
export class MockError extends Error {
  override name = "MockError";
}

/** One recorded call. */
export interface SpyCall<Args extends unknown[], Return> {
  /** Arguments of the call. */
  args: Args;
  /** Result of the call, unless it threw. */
  returned?: Return;
  /** Error that the call threw, if it did. */
  error?: Error;
}

/** A function that records its calls. */
export interface Spy<Args extends unknown[], Return> {
  (...args: Args): Return;
  /** The calls so far, oldest first. */
  readonly calls: SpyCall<Args, Return>[];
}

/** A spy in the place of a method, until it is restored or disposed of. */
export interface Stub<Args extends unknown[], Return> extends Spy<Args, Return>, Disposable {
  /** Puts the original method back. */
  restore(): void;
}

type MethodArgs<T, Name extends keyof T> = T[Name] extends (...args: infer A) => unknown ? A
  : never;
type MethodReturn<T, Name extends keyof T> = T[Name] extends (...args: never[]) => infer R ? R
  : never;

/** Makes a spy that does nothing when called. */
export function spy(): Spy<unknown[], undefined>;
/** Makes a spy that does what the function does. */
export function spy<Args extends unknown[], Return>(
  fn: (...args: Args) => Return,
): Spy<Args, Return>;
export function spy(
  fn: (...args: unknown[]) => unknown = () => undefined,
): Spy<unknown[], unknown> {
  const calls: SpyCall<unknown[], unknown>[] = [];
  function recorded(this: unknown, ...args: unknown[]): unknown {
    const call: SpyCall<unknown[], unknown> = { args };
    calls.push(call);
    try {
      return call.returned = fn.apply(this, args);
    } catch (error) {
      call.error = error as Error;
      throw error;
    }
  }
  return Object.assign(recorded, { calls });
}

/** Puts a spy on `fn`, which does nothing if absent, in the place of a method. */
export function stub<Self extends object, Name extends keyof Self>(
  self: Self,
  name: Name,
  fn?: (...args: MethodArgs<Self, Name>) => MethodReturn<Self, Name>,
): Stub<MethodArgs<Self, Name>, MethodReturn<Self, Name>>;
export function stub(
  self: object,
  name: PropertyKey,
  fn?: (...args: unknown[]) => unknown,
): Stub<unknown[], unknown> {
  if (typeof Reflect.get(self, name) !== "function") {
    throw new MockError(`Cannot stub ${String(name)}: it is not a method`);
  }
  const own = Object.getOwnPropertyDescriptor(self, name);
  const replacement = fn ? spy(fn) : spy();
  Object.defineProperty(self, name, { configurable: true, writable: true, value: replacement });
  return Object.assign(replacement, restorable(self, name, own));
}

/** Finds the two ways to put a method back; one that was inherited is uncovered again. */
function restorable(
  self: object,
  name: PropertyKey,
  own: PropertyDescriptor | undefined,
): Pick<Stub<unknown[], unknown>, "restore" | typeof Symbol.dispose> {
  let restored = false;
  const restore = () => {
    if (restored) throw new MockError(`Cannot restore ${String(name)}: it has been restored`);
    restored = true;
    if (own) Object.defineProperty(self, name, own);
    else Reflect.deleteProperty(self, name);
  };
  return { restore, [Symbol.dispose]: restore };
}

/** Fails unless the spy was called exactly `expectedCalls` times. */
export function assertSpyCalls<Args extends unknown[], Return>(
  spy: Spy<Args, Return>,
  expectedCalls: number,
): void {
  const { length } = spy.calls;
  if (length === expectedCalls) return;
  throw new AssertionError(
    `Spy not called as much as expected: called ${length} times, expected ${expectedCalls}`,
  );
}
