/**
 * The C library of the system: memory that other libraries point to, and variables of the
 * environment as they read them.
 *
 * It is called in place of what the hosts have for this, which differs, and of which Deno's parts
 * cost more than a call.
 *
 * @module
 */
import type { FfiHost, Symbols, SymbolTable } from "./signatures.ts";

/** Systems whose libraries have names that are known here. */
export type Platform = "linux" | "darwin" | "win32";

/** Names of the C library. */
export const C_LIBRARY: Readonly<Record<Platform, readonly string[]>> = {
  linux: ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"],
  darwin: ["/usr/lib/libSystem.B.dylib"],
  win32: ["ucrtbase.dll"],
};

const MEMORY = {
  // As memmove of nothing from a place to the same place: its result is where that is.
  memmove: { parameters: ["buffer", "buffer", "usize"], result: "usize" },
  copyFrom: { name: "memcpy", parameters: ["buffer", "usize", "usize"], result: "usize" },
  copyTo: { name: "memcpy", parameters: ["usize", "buffer", "usize"], result: "usize" },
  strlen: { parameters: ["usize"], result: "usize" },
} as const satisfies SymbolTable;

const ENVIRONMENT = {
  getenv: { parameters: ["buffer"], result: "usize" },
  setenv: { parameters: ["buffer", "buffer", "i32"], result: "i32", optional: true },
  // That of Windows.
  putenv: { name: "_putenv_s", parameters: ["buffer", "buffer"], result: "i32", optional: true },
} as const satisfies SymbolTable;

const LOADER = {
  dlopen: { parameters: ["buffer", "i32"], result: "usize" },
  dlerror: { parameters: [], result: "usize" },
} as const satisfies SymbolTable;

/** Libraries with {@link LOADER}: that of C, and one of its own in glibc before 2.34. */
const LOADER_LIBRARY: Readonly<Record<Platform, readonly string[]>> = {
  linux: [...C_LIBRARY.linux, "libdl.so.2"],
  darwin: C_LIBRARY.darwin,
  win32: [],
};

const TABLE = { ...MEMORY, ...ENVIRONMENT } as const;

/** Flags of dlopen. */
const LAZY = 1;
const GLOBAL: Readonly<Record<Platform, number>> = { linux: 0x100, darwin: 0x8, win32: 0 };

/** System of this program. */
export function platform(): Platform {
  const name = (globalThis as { process?: { platform?: string } }).process?.platform;
  return name === "darwin" || name === "win32" ? name : "linux";
}

/** Text as C has it: UTF-8 with a zero at its end. */
export function cText(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

/** The C library. */
export class System {
  readonly #host: FfiHost;
  readonly #c: Symbols<typeof TABLE>;

  constructor(host: FfiHost) {
    this.#host = host;
    this.#c = firstOf(host, C_LIBRARY[platform()], TABLE);
  }

  /** Finds where a typed array begins. It stays there only while the array is kept. */
  addressOf(view: ArrayBufferView): number {
    return this.#c.memmove(view, view, 0);
  }

  /** Copies bytes from an address. */
  bytesAt(address: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    this.#c.copyFrom(bytes, address, length);
    return bytes;
  }

  /** Copies a text that ends with a zero; "" for the address 0. */
  textAt(address: number): string {
    if (address === 0) return "";
    return new TextDecoder().decode(this.bytesAt(address, this.#c.strlen(address)));
  }

  /** Reads a variable of the environment as libraries see it. */
  variable(name: string): string | undefined {
    const at = this.#c.getenv(cText(name));
    return at === 0 ? undefined : this.textAt(at);
  }

  /** Sets a variable of the environment for libraries that are loaded from now on. */
  setVariable(name: string, value: string): void {
    const { setenv, putenv } = this.#c;
    if (setenv !== null) setenv(cText(name), cText(value), 1);
    else putenv?.(cText(name), cText(value));
  }

  /**
   * Loads a library so that those which it loads itself, its plug-ins, find its symbols: hosts load
   * libraries for themselves alone. One that is loaded already is opened up.
   *
   * @throws {TypeError} if the system cannot load it.
   */
  loadForAll(path: string): void {
    if (platform() === "win32") return; // there modules find each other by their names
    const { dlopen, dlerror } = firstOf(this.#host, LOADER_LIBRARY[platform()], LOADER);
    if (dlopen(cText(path), LAZY | GLOBAL[platform()]) === 0) {
      throw new TypeError(this.textAt(dlerror()));
    }
  }
}

let system: System | undefined;

/** The C library of this program, which has one host. */
export function systemOf(host: FfiHost): System {
  return system ??= new System(host);
}

/** Symbols of the first library that can be loaded and has them. */
function firstOf<T extends SymbolTable>(
  host: FfiHost,
  paths: readonly string[],
  table: T,
): Symbols<T> {
  let cause: unknown;
  for (const path of paths) {
    try {
      return host.load(path, table) as unknown as Symbols<T>;
    } catch (error) {
      cause ??= error;
    }
  }
  throw cause;
}
