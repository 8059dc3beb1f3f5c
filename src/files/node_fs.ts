/**
 * The file system, where there is one: Node's module, which Deno has too. It is asked for at run
 * time, so that the same source loads in a browser, which has none.
 *
 * @module
 */
import { kindOf } from "../core/kind_of.ts";
import { printable } from "../core/printable.ts";
import { FileError } from "../core/errors.ts";

/** An open file. */
export interface NodeFile {
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesRead: number }>;
  write(buffer: Uint8Array, offset: number, length: number): Promise<{ bytesWritten: number }>;
  stat(): Promise<NodeStats>;
  chmod(mode: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Kind, size and mode of a path. */
export interface NodeStats {
  readonly size: number;
  readonly mode: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** The functions of `node:fs/promises` that are used here. */
export interface NodeFs {
  open(path: string, flags: "r" | "wx", mode?: number): Promise<NodeFile>;
  stat(path: string): Promise<NodeStats>;
  lstat(path: string): Promise<NodeStats>;
  readlink(path: string): Promise<string>;
  realpath(path: string): Promise<string>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  readdir(path: string, options: { readonly withFileTypes: true }): Promise<NodeEntry[]>;
}

/** Name and kind of an entry of a folder. */
export interface NodeEntry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
}

interface BuiltinModules {
  getBuiltinModule?(name: string): unknown;
}

interface NodeUrl {
  fileURLToPath(url: URL): string;
}

/** Returns the file system; undefined in a browser. */
export function nodeFs(): NodeFs | undefined {
  return builtin("node:fs/promises") as NodeFs | undefined;
}

/** Turns a `file:` URL into a path. */
export function pathOf(file: string | URL): string {
  if (typeof file === "string") return file;
  if (!(file instanceof URL)) {
    throw new TypeError(
      `Cannot open a file: its path must be a string or a URL: got ${kindOf(file)}`,
    );
  }
  const url = builtin("node:url") as NodeUrl | undefined;
  return url === undefined ? file.href : url.fileURLToPath(file);
}

/** Finds the folder that a path is in. */
export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end < 0 ? "." : path.slice(0, end + 1);
}

/** Makes the error to throw for what the file system answered. */
export function fileError(action: string, error: unknown): FileError {
  return new FileError(`${action}: ${printable(explain(error))}`, { cause: printableError(error) });
}

/** Returns an error of the system, which has the path in it, as one that is safe to print. */
function printableError(error: unknown): unknown {
  if (!(error instanceof Error) || printable(error.message) === error.message) return error;
  const { code, name } = error as { code?: unknown; name: string };
  const safe = new Error(printable(error.message));
  return Object.assign(safe, code === undefined ? { name } : { name, code });
}

/** Returns true if the error says that there is no such file. */
export function isNotFound(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "ENOENT";
}

function explain(error: unknown): string {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === "NotCapable") return `permission must be granted: ${message}`;
  switch (code) {
    case "ENOENT":
      return "it must exist: there is no such file or folder";
    case "EISDIR":
      return "it must be a file: it is a folder";
    default:
      return `the system must allow it: ${message ?? String(error)}`;
  }
}

function builtin(name: string): unknown {
  return (globalThis as { process?: BuiltinModules }).process?.getBuiltinModule?.(name);
}
