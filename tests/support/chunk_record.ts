// The most chunks with which each kernel of the WASM backend was started, for each of its choices: its
// kinds, its flags, what it may be given or not, and what it cuts its work by.
//
// A kernel that is only seen with one chunk may read the first elements in every chunk, unnoticed.

import * as abi from "../../src/backends/wasm/abi.ts";
import type { Job } from "../../src/backends/wasm/arguments.ts";
import { Engine } from "../../src/backends/wasm/engine.ts";
import { PARAMS, PARAMS_BYTES } from "../../src/backends/wasm/layout.ts";
import {
  ACTIVATION_KINDS,
  BINARY_KINDS,
  COMPARE_KINDS,
  MAP_KINDS,
  PAIR_LOSS_KINDS,
  REDUCE_KINDS,
} from "../../src/backends/kinds.ts";

/** Argument by which a kernel chooses what it does. */
interface Choice {
  readonly field: string;
  /** Place among the arguments, in bytes. */
  readonly offset: number;
  readonly isFlag: boolean;
  /** Words for all values that it may have. */
  readonly words: readonly string[];
  /** The word for a value. */
  readonly wordOf: (value: number) => string;
}

/** Kernel as the engine knows it: by its place. */
interface Entry {
  readonly name: string;
  readonly choices: readonly Choice[];
}

/** A way to speak of an argument's values. */
type Meaning = Pick<Choice, "words" | "wordOf">;

const flag: Meaning = {
  words: ["false", "true"],
  wordOf: (value) => value === 0 ? "false" : "true",
};

/** An address, or 0. */
const optional: Meaning = {
  words: ["none", "given"],
  wordOf: (value) => value === 0 ? "none" : "given",
};

/** A number of pieces that something is cut into. */
const cut: Meaning = {
  words: ["one", "several"],
  wordOf: (value) => value === 1 ? "one" : "several",
};

function oneOf(kinds: readonly string[], without: readonly string[] = []): Meaning {
  const words = kinds.filter((kind) => !without.includes(kind));
  return { words, wordOf: (value) => kinds[value] };
}

function bytes(...sizes: readonly number[]): Meaning {
  return { words: sizes.map(String), wordOf: String };
}

/** Choices that are no flags, by kernel and argument. */
const CHOICES: Readonly<Record<string, Readonly<Record<string, Meaning>>>> = {
  activation: { kind: oneOf(ACTIVATION_KINDS) },
  activationGrad: { kind: oneOf(ACTIVATION_KINDS) },
  unary: { kind: oneOf(MAP_KINDS) },
  binary: { kind: oneOf(BINARY_KINDS), pieces: cut },
  // The host asks for these two with a and b exchanged.
  compare: { kind: oneOf(COMPARE_KINDS, ["greater", "greaterEqual"]), pieces: cut },
  reduceRows: { kind: oneOf(REDUCE_KINDS), parts: cut },
  reduceColumns: { kind: oneOf(REDUCE_KINDS), parts: cut, blocks: cut },
  pairLoss: { kind: oneOf(PAIR_LOSS_KINDS), dy: optional },
  cast: { xBytes: bytes(1, 4) },
  gather: { indexBytes: bytes(1, 4) },
  scatterAdd: { indexBytes: bytes(1, 4), pieces: cut },
  softmaxCE: { labelBytes: bytes(0, 1, 4), classWeights: optional },
  softmaxCEGrad: { labelBytes: bytes(0, 1, 4), classWeights: optional },
  normalizeColumns: { dy: optional },
  normalizeRows: { scale: optional, bias: optional },
  normalizeGradRows: { scale: optional },
  columnMoments: { parts: cut, blocks: cut },
  columnSums: { parts: cut, blocks: cut },
  rowNormalSums: { blocks: cut },
  sgd: { velocity: optional },
  rmsprop: { velocity: optional, meanGradient: optional },
  multiply: { bias: optional, blocks: cut },
  conv: { bias: optional, bands: cut },
  winograd: { bias: optional, bands: cut },
  depthwise: { bias: optional },
  copyRows: { pieces: cut },
  transpose: { blocks: cut },
  cumsum: { blocks: cut },
  firstMaxima: { blocks: cut },
};

/** Writes the arguments of a kernel, all 0 but one; returns them with the kernel's place. */
function written(name: string, field?: string): { place: number; octets: Uint8Array } {
  const memory = new ArrayBuffer(PARAMS + PARAMS_BYTES);
  const octets = new Uint8Array(memory);
  let place = -1;
  const job: Job = {
    ints: new Int32Array(memory),
    floats: new Float32Array(memory),
    octets,
    start: (kernel) => place = kernel,
  };
  const args = new Proxy({}, { get: (_, key) => key === field ? TRIED : 0 });
  callers[name](job, 1, args);
  return { place, octets };
}

/** Neither a flag's 1 nor, as a float, the same byte. */
const TRIED = 2;

type Caller = (job: Job, chunks: number, args: object) => void;

const callers = abi as unknown as Readonly<Record<string, Caller>>;

/** The names of a kernel's arguments. */
function fieldsOf(name: string): string[] {
  const memory = new ArrayBuffer(PARAMS + PARAMS_BYTES);
  const fields = new Set<string>();
  const job: Job = {
    ints: new Int32Array(memory),
    floats: new Float32Array(memory),
    octets: new Uint8Array(memory),
    start: () => {},
  };
  const get = (_: object, key: string | symbol) => {
    fields.add(String(key));
    return 0;
  };
  callers[name](job, 1, new Proxy({}, { get }));
  return [...fields];
}

function choicesOf(name: string): Choice[] {
  const fields = fieldsOf(name);
  const meanings = CHOICES[name] ?? {};
  const unknown = Object.keys(meanings).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw new Error(`the kernel ${name} has no argument ${unknown}`);
  return fields.flatMap((field) => {
    const { octets } = written(name, field);
    const offset = octets.findIndex((octet) => octet !== 0);
    const isFlag = octets[offset] === 1;
    const meaning = isFlag ? flag : meanings[field];
    if (meaning === undefined && field === "kind") throw new Error(`no list of ${name}'s kinds`);
    return meaning === undefined ? [] : [{ field, offset, isFlag, ...meaning }];
  });
}

const ENTRIES: ReadonlyMap<number, Entry> = new Map(
  Object.keys(callers).map((name) => [
    written(name).place,
    { name, choices: choicesOf(name) },
  ]),
);

/** Every kernel, and every choice of each, as the record names them. */
export const WANTED: readonly string[] = [...ENTRIES.values()].flatMap(({ name, choices }) => [
  name,
  ...choices.flatMap(({ field, words }) => words.map((word) => `${name}, ${field}: ${word}`)),
]);

/** The names of all kernels. */
export const KERNELS: readonly string[] = [...ENTRIES.values()].map(({ name }) => name);

/** Notes how every engine's kernels are started, until it is disposed of. */
export class ChunkRecord implements Disposable {
  readonly #most = new Map<string, number>();
  readonly #start = Engine.prototype.start;

  constructor() {
    const start = this.#start, note = this.#note.bind(this);
    Engine.prototype.start = function (kernel, chunks) {
      note(this, kernel, chunks);
      start.call(this, kernel, chunks);
    };
  }

  /** The most chunks of a kernel or of a choice; 0 where it never ran. */
  most(name: string): number {
    return this.#most.get(name) ?? 0;
  }

  /** Kernels that ran with several chunks. */
  several(): string[] {
    return KERNELS.filter((name) => this.most(name) > 1);
  }

  [Symbol.dispose](): void {
    Engine.prototype.start = this.#start;
  }

  #note(engine: Engine, kernel: number, chunks: number): void {
    const { name, choices } = ENTRIES.get(kernel)!;
    this.#raise(name, chunks);
    for (const { field, offset, isFlag, wordOf } of choices) {
      const value = isFlag ? engine.octets[offset] : engine.ints[offset / 4];
      this.#raise(`${name}, ${field}: ${wordOf(value)}`, chunks);
    }
  }

  #raise(name: string, chunks: number): void {
    this.#most.set(name, Math.max(this.most(name), chunks));
  }
}

/** Runs `use` while a kernel, where it has several chunks, never gets to its last one. */
export function withoutLastChunk<Result>(name: string, use: () => Result): Result {
  const { start } = Engine.prototype;
  Engine.prototype.start = function (kernel, chunks) {
    const isLeftOut = chunks > 1 && ENTRIES.get(kernel)!.name === name;
    start.call(this, kernel, isLeftOut ? chunks - 1 : chunks);
  };
  try {
    return use();
  } finally {
    Engine.prototype.start = start;
  }
}
