// Work that code does, counted in place of timed: the count is the same on every machine, however
// busy it is.

/** Methods that read text, and what one call counts: the characters that it returns or passes. */
const READERS = ["at", "charAt", "charCodeAt", "codePointAt", "slice", "substring"] as const;

/** Counts the characters that a synchronous or awaited call reads through methods of texts. */
export async function charactersRead(run: () => unknown): Promise<number> {
  let count = 0;
  const texts = String.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const usual = READERS.map((name) => texts[name]);
  const { exec } = RegExp.prototype;
  READERS.forEach((name, i) => {
    texts[name] = function (...args) {
      const found = usual[i].apply(this, args);
      count += typeof found === "string" ? found.length : 1;
      return found;
    };
  });
  RegExp.prototype.exec = function (text) {
    const found = exec.call(this, text);
    count += 1 + (found?.[0].length ?? 0);
    return found;
  };
  try {
    await run();
    return count;
  } finally {
    READERS.forEach((name, i) => texts[name] = usual[i]);
    RegExp.prototype.exec = exec;
  }
}

/** Counts how often elements of an array are read. */
export function watched<T>(array: readonly T[]): { array: readonly T[]; reads: () => number } {
  let reads = 0;
  const proxy = new Proxy(array, {
    get(target, key, receiver) {
      if (typeof key === "string" && /^\d+$/.test(key)) reads++;
      return Reflect.get(target, key, receiver);
    },
  });
  return { array: proxy, reads: () => reads };
}

/** Methods of an object, a prototype mostly, and what one call counts: 1 by default. */
export interface CountedMethods {
  readonly of: object;
  readonly names: readonly PropertyKey[];
  readonly weigh?: (self: unknown, args: readonly unknown[]) => number;
}

/** Counts the calls of methods, and gets of properties, that a synchronous call makes. */
export function callsDuring(run: () => unknown, ...counted: readonly CountedMethods[]): number {
  let count = 0;
  const restore: (() => void)[] = [];
  for (const { of, names, weigh = () => 1 } of counted) {
    for (const name of names) {
      const usual = Object.getOwnPropertyDescriptor(of, name);
      if (usual === undefined) throw new TypeError(`nothing is called ${String(name)} there`);
      const counting = (f?: (...args: unknown[]) => unknown) =>
        f && function (this: unknown, ...args: unknown[]): unknown {
          count += weigh(this, args);
          return f.apply(this, args);
        };
      const { value, get } = usual;
      Object.defineProperty(
        of,
        name,
        get === undefined ? { ...usual, value: counting(value) } : { ...usual, get: counting(get) },
      );
      restore.push(() => Object.defineProperty(of, name, usual));
    }
  }
  try {
    run();
    return count;
  } finally {
    restore.forEach((undo) => undo());
  }
}
