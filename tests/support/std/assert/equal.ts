// Deep equality as assertEquals means it: by structure, NaN equals NaN, 0 equals -0.

/** Pairs being compared further up: a pair met again inside itself is taken as equal. */
type Pairs = Map<object, object>;

/** Returns true if two values have the same structure, the same classes and equal contents. */
export function equal(actual: unknown, expected: unknown): boolean {
  return compare(actual, expected, new Map());
}

function compare(a: unknown, b: unknown, pairs: Pairs): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || !sameClass(a, b)) return false;
  if (pairs.get(a) === b) return true;
  pairs.set(a, b);
  return compareContents(a, b, pairs) && compareProperties(a, b, pairs);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Compares classes; an object without a prototype counts as a plain object. */
function sameClass(a: object, b: object): boolean {
  return (a.constructor ?? Object) === (b.constructor ?? Object);
}

/** Compares the contents of built-ins, apart from their properties. */
function compareContents(a: object, b: object, pairs: Pairs): boolean {
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp || a instanceof URL) return String(a) === String(b);
  if (a instanceof Error && b instanceof Error) return a.message === b.message;
  if (a instanceof Map && b instanceof Map) return compareMaps(a, b, pairs);
  if (a instanceof Set && b instanceof Set) return compareSets(a, b, pairs);
  if (a instanceof WeakRef && b instanceof WeakRef) return compare(a.deref(), b.deref(), pairs);
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`Cannot compare: the contents of a ${a.constructor.name} are hidden`);
  }
  return sameElements(elements(a), elements(b));
}

/**
 * Returns the numbers in a typed array, the bytes of any other buffer, nothing of anything else.
 */
function elements(value: object): ArrayLike<unknown> {
  if (isTypedArray(value)) return value;
  if (value instanceof DataView) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  const isBuffer = value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
  return isBuffer ? new Uint8Array(value) : [];
}

function sameElements(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !Object.is(a[i], b[i])) return false;
  }
  return true;
}

function compareMaps(
  a: Map<unknown, unknown>,
  b: Map<unknown, unknown>,
  pairs: Pairs,
): boolean {
  if (a.size !== b.size) return false;
  return matchAll([...a], [...b], (entry, other) => compare(entry, other, new Map(pairs)));
}

function compareSets(a: Set<unknown>, b: Set<unknown>, pairs: Pairs): boolean {
  if (a.size !== b.size) return false;
  const pending = [...a].filter((value) => !b.has(value));
  const candidates = [...b].filter((value) => !a.has(value));
  return matchAll(pending, candidates, (x, y) => compare(x, y, new Map(pairs)));
}

/**
 * Returns true if every item finds its own partner, in any order. `matches` is given pairs of its
 * own: what a failed attempt has assumed equal must not count afterwards.
 */
function matchAll<T>(items: T[], partners: T[], matches: (a: T, b: T) => boolean): boolean {
  const free = [...partners];
  return items.every((item) => {
    const at = free.findIndex((partner) => matches(item, partner));
    if (at >= 0) free.splice(at, 1);
    return at >= 0;
  });
}

function compareProperties(a: object, b: object, pairs: Pairs): boolean {
  // A typed array has a key for every element, and those have been compared already.
  if (isTypedArray(a)) return true;
  const aKeys = enumerableKeys(a);
  const bKeys = new Set(enumerableKeys(b));
  return aKeys.length === bKeys.size &&
    aKeys.every((key) =>
      bKeys.has(key) && compare(Reflect.get(a, key), Reflect.get(b, key), pairs)
    );
}

function isTypedArray(value: object): value is object & ArrayLike<unknown> {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function enumerableKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key)
  );
}
