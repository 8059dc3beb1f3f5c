/**
 * Native libraries in Node, by the package koffi, which is loaded with the first library.
 *
 * @module
 */
import type { AnyFunction, FfiHost, FunctionSymbol, LoadedSymbols } from "./signatures.ts";

/** The part of koffi that is used here. */
export interface Koffi {
  load(path: string): KoffiLibrary;
  address(pointer: unknown): bigint;
}

interface KoffiLibrary {
  func(name: string, result: string, parameters: readonly string[]): KoffiFunction;
  symbol(name: string, type: string): unknown;
}

interface KoffiFunction extends AnyFunction {
  async(...args: unknown[]): void;
}

interface NodeModule {
  createRequire(from: string): (name: string) => unknown;
}

interface NodeProcess {
  readonly versions?: { readonly node?: string };
  getBuiltinModule?(name: string): unknown;
}

/** Names of types in C. */
const C_TYPES = {
  void: "void",
  i32: "int32_t",
  u32: "uint32_t",
  usize: "uintptr_t",
  f32: "float",
  f64: "double",
  buffer: "void *",
} as const;

/** The interface of koffi; a reason where there is none. */
export function koffiHost(): FfiHost | string {
  const { process } = globalThis as { process?: NodeProcess };
  const modules = process?.versions?.node === undefined
    ? undefined
    : process.getBuiltinModule?.("node:module") as NodeModule | undefined;
  if (modules === undefined) return "libraries can be loaded in Deno and in Node, not in a browser";
  try {
    // A way to load a package at once; koffi is a peer that only this needs.
    return koffiHostOf(modules.createRequire(import.meta.url)("koffi") as Koffi);
  } catch (error) {
    return `the package koffi must be installed (npm install koffi): ${(error as Error).message}`;
  }
}

/** The interface that a koffi is. */
export function koffiHostOf(koffi: Koffi): FfiHost {
  return {
    load(path, table) {
      const library = koffi.load(path);
      const entries = Object.entries(table).map(([name, described]) => [
        name,
        orNull(
          described,
          () =>
            "isVariable" in described
              ? addressOf(koffi, library.symbol(name, "void *"))
              : functionOf(library, name, described),
        ),
      ]);
      return Object.fromEntries(entries) as LoadedSymbols;
    },
    mayLoad: () => true,
  };
}

/** A symbol, or null where it may be missing and is. */
function orNull<Result>(
  { optional }: { readonly optional?: boolean },
  find: () => Result,
): Result | null {
  try {
    return find();
  } catch (error) {
    if (optional !== true) throw error;
    return null;
  }
}

/** Takes the pointers of koffi 2, which are objects, and those of koffi 3, which are integers. */
function addressOf(koffi: Koffi, pointer: unknown): number {
  return Number(typeof pointer === "bigint" ? pointer : koffi.address(pointer));
}

function functionOf(library: KoffiLibrary, name: string, f: FunctionSymbol): AnyFunction {
  const types = f.parameters.map((type) => C_TYPES[type]);
  const call = library.func(f.name ?? name, C_TYPES[f.result], types);
  if (f.nonblocking !== true) return call;
  return (...args) =>
    new Promise((resolve, reject) => {
      call.async(...args, (error: unknown, result: unknown) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
}
