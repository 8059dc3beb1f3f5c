/**
 * Reading pickles of Python, protocols 0 to 5: numbers, texts, lists, tuples, dictionaries and sets.
 *
 * A pickle is a program for a stack machine, and may name any function of Python to be called. Here
 * nothing is called but what the caller knows by name: every other name is an error, and there is no
 * way to reach anything else.
 *
 * - **Source**: `Lib/pickletools.py` of Python 3.11, which describes every opcode.
 *
 * @module
 */
import { excerpt } from "../file_limits.ts";
import { PickleBytes } from "./bytes.ts";

/** A tuple of Python. */
export class Tuple {
  /** Its items, in order. */
  readonly items: readonly unknown[];

  /** Makes a tuple of items. */
  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** Functions and objects that a reader knows. */
export interface PickleWorld {
  /** Finds what has a name; throws where the name is not known. */
  global(module: string, name: string): unknown;
  /** Calls something that `global` has found. */
  call(callable: unknown, args: readonly unknown[]): unknown;
  /** Gives an object its state; throws where it takes none. */
  build(target: unknown, state: unknown): void;
  /** Finds what is stored outside of the pickle. */
  persistent(id: unknown): unknown;
}

/** The object of a pickle, and the place after it. */
export interface Unpickled {
  readonly value: unknown;
  readonly end: number;
}

const MARK = Symbol("mark");
const HIGHEST_PROTOCOL = 5;

/** Reads the pickle that begins at `start`. `action` begins every error. */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  world: PickleWorld,
  action: string,
): Unpickled {
  const machine = new Machine(new PickleBytes(bytes, start, action), world);
  return { value: machine.run(), end: machine.place };
}

class Machine {
  readonly #in: PickleBytes;
  readonly #world: PickleWorld;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();

  constructor(input: PickleBytes, world: PickleWorld) {
    this.#in = input;
    this.#world = world;
  }

  get place(): number {
    return this.#in.at;
  }

  run(): unknown {
    for (;;) {
      const code = String.fromCharCode(this.#in.byte());
      if (code === ".") return this.#pop();
      const isDone = this.#number(code) || this.#text(code) || this.#container(code) ||
        this.#memory(code) || this.#object(code);
      if (!isDone) {
        this.#in.fail("an instruction of protocols 0 to 5", `byte ${code.charCodeAt(0)}`);
      }
    }
  }

  /** Numbers, truth values and None. */
  #number(code: string): boolean {
    const input = this.#in;
    switch (code) {
      case "N":
        return this.#push(null);
      case "\x88":
        return this.#push(true);
      case "\x89":
        return this.#push(false);
      case "J":
        return this.#push(input.int32());
      case "K":
        return this.#push(input.byte());
      case "M":
        return this.#push(input.unsigned(2));
      case "\x8a":
        return this.#push(input.long(input.byte()));
      case "\x8b":
        return this.#push(input.long(input.int32()));
      case "G":
        return this.#push(input.float64());
      case "I": {
        const text = input.line();
        return this.#push(text === "00" ? false : text === "01" ? true : input.integer(text));
      }
      case "L":
        return this.#push(input.integer(input.line().replace(/L$/, "")));
      case "F":
        return this.#push(input.decimal(input.line()));
    }
    return false;
  }

  /** Texts and bytes. */
  #text(code: string): boolean {
    const input = this.#in;
    switch (code) {
      case "X":
        return this.#push(input.utf8(input.unsigned(4)));
      case "\x8c":
        return this.#push(input.utf8(input.byte()));
      case "\x8d":
        return this.#push(input.utf8(input.unsigned(8)));
      case "T":
        return this.#push(input.latin1(input.int32()));
      case "U":
        return this.#push(input.latin1(input.byte()));
      case "S":
        return this.#push(input.quoted());
      case "V":
        return this.#push(input.line());
      case "C":
        return this.#push(input.bytes(input.byte()).slice());
      case "B":
        return this.#push(input.bytes(input.unsigned(4)).slice());
      case "\x8e":
      case "\x96":
        return this.#push(input.bytes(input.unsigned(8)).slice());
    }
    return false;
  }

  /** Lists, tuples, dictionaries and sets. */
  #container(code: string): boolean {
    switch (code) {
      case "]":
        return this.#push([]);
      case "l":
        return this.#push(this.#popToMark());
      case "a":
        return this.#append([this.#pop()]);
      case "e":
        return this.#append(this.#popToMark());
      case ")":
        return this.#push(new Tuple([]));
      case "t":
        return this.#push(new Tuple(this.#popToMark()));
      case "\x85":
      case "\x86":
      case "\x87":
        return this.#push(new Tuple(this.#popMany(code.charCodeAt(0) - 0x84)));
      case "}":
        return this.#push(new Map());
      case "d": {
        const items = this.#popToMark();
        this.#push(new Map());
        return this.#setItems(items);
      }
      case "s":
        return this.#setItems(this.#popMany(2));
      case "u":
        return this.#setItems(this.#popToMark());
      case "\x8f":
        return this.#push(new Set());
      case "\x91":
        return this.#push(new Set(this.#popToMark()));
      case "\x90": {
        const items = this.#popToMark();
        const set = this.#top();
        if (!(set instanceof Set)) return this.#in.fail("a set to add to", "something else");
        for (const item of items) set.add(item);
        return true;
      }
    }
    return false;
  }

  /** The stack, the memo and the frame of the file. */
  #memory(code: string): boolean {
    const input = this.#in;
    switch (code) {
      case "(":
        return this.#push(MARK);
      case "0":
        this.#stack.pop();
        return true;
      case "1":
        this.#popToMark();
        return true;
      case "2":
        return this.#push(this.#top());
      case "q":
        return this.#put(input.byte());
      case "r":
        return this.#put(input.unsigned(4));
      case "p":
        return this.#put(Number(input.integer(input.line())));
      case "\x94":
        return this.#put(this.#memo.size);
      case "h":
        return this.#push(this.#get(input.byte()));
      case "j":
        return this.#push(this.#get(input.unsigned(4)));
      case "g":
        return this.#push(this.#get(Number(input.integer(input.line()))));
      case "\x80": {
        const protocol = input.byte();
        if (protocol <= HIGHEST_PROTOCOL) return true;
        return input.fail(`a protocol up to ${HIGHEST_PROTOCOL}`, String(protocol));
      }
      case "\x95":
        input.unsigned(8); // the length of a frame, by which readers may read ahead
        return true;
    }
    return false;
  }

  /** Names, and what is made by them. */
  #object(code: string): boolean {
    const world = this.#world;
    switch (code) {
      case "c":
        return this.#push(world.global(this.#in.line(), this.#in.line()));
      case "\x93": {
        const [module, name] = this.#popMany(2);
        if (typeof module === "string" && typeof name === "string") {
          return this.#push(world.global(module, name));
        }
        return this.#in.fail("texts for a name", "something else");
      }
      case "R":
      case "\x81": {
        const [callable, args] = this.#popMany(2);
        if (args instanceof Tuple) return this.#push(world.call(callable, args.items));
        return this.#in.fail("a tuple of arguments", "something else");
      }
      case "b":
        world.build(...(this.#buildOperands()));
        return true;
      case "Q":
        return this.#push(world.persistent(this.#pop()));
      case "P":
        return this.#push(world.persistent(this.#in.line()));
    }
    return false;
  }

  #buildOperands(): [target: unknown, state: unknown] {
    const state = this.#pop();
    return [this.#top(), state];
  }

  #push(value: unknown): true {
    this.#stack.push(value);
    return true;
  }

  #pop(): unknown {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #top(): unknown {
    const value = this.#stack.at(-1);
    if (this.#stack.length > 0 && value !== MARK) return value;
    return this.#in.fail("something on the stack", "nothing");
  }

  #popMany(count: number): unknown[] {
    const values = Array.from({ length: count }, () => this.#pop());
    return values.reverse();
  }

  #popToMark(): unknown[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) return this.#in.fail("a mark on the stack", "none");
    const values = this.#stack.splice(at);
    values.shift();
    return values;
  }

  #append(items: readonly unknown[]): boolean {
    const list = this.#top();
    if (!Array.isArray(list)) return this.#in.fail("a list to append to", "something else");
    for (const item of items) list.push(item);
    return true;
  }

  #setItems(items: readonly unknown[]): boolean {
    const map = this.#top();
    if (!(map instanceof Map) || items.length % 2 !== 0) {
      return this.#in.fail("a dictionary, and a value for every key", "something else");
    }
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
    return true;
  }

  #put(key: number): true {
    this.#memo.set(key, this.#top());
    return true;
  }

  #get(key: number): unknown {
    if (this.#memo.has(key)) return this.#memo.get(key);
    return this.#in.fail("a thing that was noted before", excerpt(`place ${key}`));
  }
}
