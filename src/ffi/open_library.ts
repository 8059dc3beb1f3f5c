/**
 * Opening a native library wherever it is: at a path that is given or that a variable of the
 * environment has, or where the system finds it by one of its names.
 *
 * @module
 */
import { FileError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { readableVariable } from "./environment.ts";
import { ffiHost } from "./host.ts";
import type { FfiHost, Symbols, SymbolTable } from "./signatures.ts";
import { type Platform, platform, systemOf } from "./system.ts";

/** A library to look for, in the words of its user. */
export interface LibrarySearch {
  /** Beginning of errors: "make native backend". */
  readonly action: string;
  /** Its name: "oneDNN". */
  readonly title: string;
  /** The option by which its path can be given: "libraries.onednn". */
  readonly option: string;
  /** The variable of the environment that may hold its path: "TAPEGRAD_ONEDNN". */
  readonly variable: string;
  /** Names to try, in their order; names alone are looked for by the system. */
  readonly names: Readonly<Record<Platform, readonly string[]>>;
  /** Ways to install it, as in "apt install libdnnl2 (Debian, Ubuntu)". */
  readonly install: readonly string[];
  /** Show its symbols to libraries that it loads itself. */
  readonly isForAll?: boolean;
}

/** A library that is open. */
export interface OpenLibrary<T extends SymbolTable> {
  /** Path or name that it was found by. */
  readonly path: string;
  /** Its functions, and the addresses of its variables. */
  readonly symbols: Symbols<T>;
}

/**
 * Opens a library; it stays open until the program ends, as its threads and ours may be in it.
 *
 * @param search names of the library, and words for errors.
 * @param table symbols that are wanted; a library without them is passed over, unless they are
 * optional.
 * @param path path that the user gave, which is the only one tried.
 * @throws {FileError} if none can be loaded: the message says what to install, `cause` is a list of
 * what the system said.
 */
export function openLibrary<const T extends SymbolTable>(
  search: LibrarySearch,
  table: T,
  path?: string,
): OpenLibrary<T> {
  const host = requireHost(search.action);
  const paths = candidates(search, path);
  const causes: Error[] = [];
  for (const candidate of paths) {
    try {
      if (search.isForAll) systemOf(host).loadForAll(candidate);
      const symbols = host.load(candidate, table) as unknown as Symbols<T>;
      return { path: candidate, symbols };
    } catch (error) {
      if (isRefusal(error)) throw notAllowed(search.action, error);
      causes.push(error as Error);
    }
  }
  throw notFound(search, paths, causes);
}

/**
 * Finds the interface to native libraries.
 *
 * @throws {TypeError} if this program has none.
 */
export function requireHost(action: string): FfiHost {
  const host = ffiHost();
  if (typeof host === "string") {
    throw new TypeError(`Cannot ${action}: native libraries must be within reach: ${host}`);
  }
  return host;
}

/**
 * Says why a library may not be loaded without the user being asked; undefined if it may. It loads
 * nothing.
 */
export function reasonAgainst(search: LibrarySearch, path?: string): string | undefined {
  const host = ffiHost();
  if (typeof host === "string") return host;
  const mayLoad = candidates(search, path).some((candidate) => host.mayLoad(candidate));
  return mayLoad ? undefined : "needs --allow-ffi";
}

/** Paths to try: the user's, or that of the variable, or else the usual names. */
function candidates(search: LibrarySearch, path: string | undefined): readonly string[] {
  const given = path ?? readableVariable(search.variable);
  return given === undefined || given === "" ? search.names[platform()] : [given];
}

/** Tells that Deno does not allow it, or that the user was asked and said no. */
function isRefusal(error: unknown): boolean {
  return (error as Error).name === "NotCapable" || (error as Error).name === "PermissionDenied";
}

function notAllowed(action: string, cause: unknown): FileError {
  return new FileError(
    `Cannot ${action}: the program must be allowed to load native libraries: run it with ` +
      `--allow-ffi: ${(cause as Error).message}`,
    { cause },
  );
}

function notFound(
  { action, title, option, variable, install }: LibrarySearch,
  paths: readonly string[],
  causes: readonly Error[],
): FileError {
  const tried = paths.map((path) => printable(path)).join(", ");
  const said = causes.map(({ message }) => printable(message)).join("; ");
  return new FileError(
    `Cannot ${action}: ${title} must be installed: tried ${tried}: ${said}. Install it: ` +
      `${install.join("; ")}. Or give its path, as ${option} or in the variable ${variable}.`,
    { cause: causes },
  );
}
