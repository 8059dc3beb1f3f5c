/**
 * Native libraries in Deno, which has an interface of its own.
 *
 * @module
 */
import type {
  AnyFunction,
  FfiHost,
  FunctionSymbol,
  LoadedSymbols,
  SymbolTable,
} from "./signatures.ts";

/** The part of Deno that is used here. */
interface DenoFfi {
  dlopen(path: string, symbols: object): { readonly symbols: Record<string, unknown> };
  readonly permissions: {
    querySync(permission: { name: "ffi"; path?: string }): { readonly state: string };
  };
  readonly UnsafePointer: { value(pointer: unknown): bigint };
}

/** The interface of Deno; undefined elsewhere. */
export function denoHost(): FfiHost | undefined {
  const deno = (globalThis as { Deno?: Partial<DenoFfi> }).Deno;
  if (deno?.dlopen === undefined) return undefined;
  return hostOf(deno as DenoFfi);
}

function hostOf(deno: DenoFfi): FfiHost {
  return {
    load(path, table) {
      const { symbols } = deno.dlopen(path, foreign(table));
      const entries = Object.entries(table).map(([name, described]) => {
        const symbol = symbols[name];
        if (symbol === null) return [name, null];
        if ("isVariable" in described) return [name, Number(deno.UnsafePointer.value(symbol))];
        return [name, withNumbers(symbol as AnyFunction, described)];
      });
      return Object.fromEntries(entries) as LoadedSymbols;
    },
    mayLoad: (path) => deno.permissions.querySync({ name: "ffi", path }).state === "granted",
  };
}

/** The same function, whose addresses are numbers. */
function withNumbers(call: AnyFunction, { result, nonblocking }: FunctionSymbol): AnyFunction {
  if (result !== "usize") return call;
  if (nonblocking) return async (...args) => Number(await call(...args));
  return (...args) => Number(call(...args));
}

/** The table as Deno wants it. */
function foreign(table: SymbolTable): object {
  const entries = Object.entries(table).map(([name, described]) => [
    name,
    "isVariable" in described ? { type: "pointer", optional: described.optional } : described,
  ]);
  return Object.fromEntries(entries);
}
