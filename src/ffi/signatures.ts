/**
 * Symbols of native libraries, described so that their calls have types, and what loads them.
 *
 * @module
 */

/**
 * Type of an argument: a C `int32_t`, `uint32_t`, `float` or `double`; `usize` for sizes and for
 * addresses, as plain numbers; `buffer` for the memory of a typed array, or null.
 */
export type ArgumentType = "i32" | "u32" | "usize" | "f32" | "f64" | "buffer";

/** Type of a result. An address comes as a plain number, which has bits enough for all of them. */
export type ResultType = "void" | "i32" | "u32" | "usize" | "f64";

/** A function of a library. */
export interface FunctionSymbol {
  /** Types of its arguments. */
  readonly parameters: readonly ArgumentType[];
  /** Type of its result. */
  readonly result: ResultType;
  /** Name in the library, where it is called otherwise here. */
  readonly name?: string;
  /** Let it be missing: null stands for it. */
  readonly optional?: boolean;
  /** Run calls on another thread and return promises. Buffers must not be touched meanwhile. */
  readonly nonblocking?: boolean;
}

/** A variable of a library, of which the address is wanted. */
export interface VariableSymbol {
  /** Tells it from a function. */
  readonly isVariable: true;
  /** Let it be missing: null stands for it. */
  readonly optional?: boolean;
}

/** Symbols by the names that they have here. */
export type SymbolTable = Readonly<Record<string, FunctionSymbol | VariableSymbol>>;

type ArgumentOf<T> = T extends "buffer" ? ArrayBufferView | null : number;
type Arguments<T extends readonly ArgumentType[]> = { [K in keyof T]: ArgumentOf<T[K]> };
type ResultOf<T> = T extends "void" ? void : number;
type AnswerOf<S extends FunctionSymbol> = S["nonblocking"] extends true
  ? Promise<ResultOf<S["result"]>>
  : ResultOf<S["result"]>;
type SymbolOf<S> = S extends FunctionSymbol ? (...args: Arguments<S["parameters"]>) => AnswerOf<S>
  : number;

/** A table of symbols when it is loaded: functions, and addresses of variables. */
export type Symbols<T extends SymbolTable> = {
  readonly [N in keyof T]: T[N] extends { readonly optional: true } ? SymbolOf<T[N]> | null
    : SymbolOf<T[N]>;
};

/** A function whose types are not known any more. */
export type AnyFunction = (...args: unknown[]) => unknown;

/** Symbols of a library whose types are not known any more. */
export type LoadedSymbols = Readonly<Record<string, AnyFunction | number | null>>;

/** Loads native libraries. */
export interface FfiHost {
  /**
   * Loads a library by its path, or by a name that the system looks for; it stays until the program
   * ends.
   *
   * @throws what the host throws, in the host's words.
   */
  load(path: string, symbols: SymbolTable): LoadedSymbols;
  /** Returns true if the program may load that library without the user being asked. */
  mayLoad(path: string): boolean;
}
