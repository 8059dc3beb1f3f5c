/**
 * Writing a file whole or not at all.
 *
 * @module
 */
import { kindOf } from "../core/kind_of.ts";
import { printable } from "../core/printable.ts";
import { FileError } from "../core/errors.ts";
import {
  fileError,
  folderOf,
  isNotFound,
  type NodeFile,
  type NodeFs,
  nodeFs,
  pathOf,
} from "./node_fs.ts";

/** The bits of a mode that say who may read, write and run a file. */
const MODE_BITS = 0o777;
/** The longest name that common file systems take. */
const MOST_NAME_BYTES = 255;
/** Linux follows as many symbolic links before it takes them for a circle. */
const MOST_LINKS = 40;

/** Content to write: bytes, text (as UTF-8), or pieces of bytes one after the other. */
export type FileContent =
  | Uint8Array
  | string
  | Iterable<Uint8Array>
  | AsyncIterable<Uint8Array>;

/**
 * Writes a file, whole or not at all.
 *
 * The content goes to a new file beside the one that is meant, `<path>.<random>.part` (of a long
 * name, its beginning); that one is flushed to the disk and then renamed, which replaces an older file in one step. Whoever opens
 * `path`, at any time and after any crash, finds the old content or the new. When something goes
 * wrong, the new file is removed and the old one stays as it was. After a crash of the machine or
 * the process a `.part` file may be left, which nothing reads.
 *
 * Permissions in Deno: `--allow-write` and `--allow-read`, because renaming needs both; that of the
 * folder, because the name of the new file is not known beforehand. What is missing is an error
 * before anything is written.
 *
 * - **Edge cases**: an existing file keeps its mode (who may read it), which the new one has from
 *   its first byte. A symbolic link stays one: what it points to is replaced, or made if it is not
 *   there. A path to anything else (a folder, a device, a pipe) is
 *   refused. Of several writers of one path, the last to finish wins.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { FileError, writeFile, writeNpy } from "@tapegrad/tapegrad/data";
 * import { assertRejects } from "@std/assert";
 *
 * const save = (path: string) => writeFile(path, writeNpy(tensor([[1, 2], [3, 4]])));
 * // await save("x.npy") in a program that is run by deno run -R=. -W=. …
 * await assertRejects(() => save("no-such-folder/x.npy"), FileError, "Cannot write");
 * ```
 *
 * @param path where to write: a path, or a `file:` URL. Its folder must exist.
 * @param content bytes, text, or the pieces of a large file, which are written as they come.
 * @throws {FileError} if there is no file system, as in browsers, or it refuses; `cause` says why.
 */
export async function writeFile(path: string | URL, content: FileContent): Promise<void> {
  const given = pathOf(path);
  const action = `Cannot write ${printable(given)}`;
  const fs = nodeFs();
  if (fs === undefined) {
    throw new FileError(`${action}: there must be a file system: a browser has none`);
  }
  const pieces = piecesOf(content, action);
  const { target, mode } = await inspect(fs, given, action);
  const temporary = temporaryName(target);
  const file = await fs.open(temporary, "wx", mode).catch((error) => {
    throw fileError(action, error);
  });
  try {
    try {
      await setMode(file, mode, action);
      await writePieces(file, pieces, action);
      await file.sync().catch((error) => {
        throw fileError(action, error);
      });
    } finally {
      await file.close();
    }
    await fs.rename(temporary, target).catch((error) => {
      throw fileError(action, error);
    });
  } catch (error) {
    await fs.unlink(temporary).catch(() => {}); // the first error is the one to tell
    throw error;
  }
  await syncFolder(fs, folderOf(target));
}

/** Finds the file to replace, links resolved, and its mode if there is one. */
async function inspect(
  fs: NodeFs,
  path: string,
  action: string,
): Promise<{ target: string; mode?: number }> {
  try {
    const stats = await fs.stat(path);
    if (!stats.isFile()) {
      const found = stats.isDirectory() ? "a folder" : "a device, a pipe or a socket";
      throw new FileError(`${action}: it must be a file, or not exist: it is ${found}`);
    }
    return { target: await fs.realpath(path), mode: stats.mode & MODE_BITS };
  } catch (error) {
    if (error instanceof FileError) throw error;
    if (!isNotFound(error)) throw fileError(action, error);
  }
  try {
    return { target: await endOfLinks(fs, path) };
  } catch (error) {
    throw fileError(action, error);
  }
}

/** Follows symbolic links to a path at which there is nothing yet. */
async function endOfLinks(fs: NodeFs, path: string): Promise<string> {
  let end = path;
  for (let i = 0; i < MOST_LINKS; i++) {
    try {
      if (!(await fs.lstat(end)).isSymbolicLink()) break;
    } catch (error) {
      if (isNotFound(error)) break;
      throw error;
    }
    const next = await fs.readlink(end);
    end = isAbsolute(next) ? next : `${folderPrefix(end)}${next}`;
  }
  return end;
}

function isAbsolute(path: string): boolean {
  return /^([/\\]|[A-Za-z]:)/.test(path);
}

/** Returns the folder of a path with its separator; nothing for a name alone. */
function folderPrefix(path: string): string {
  return path.slice(0, path.length - nameOf(path).length);
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** Makes a new name beside a path, no longer than file systems allow. */
function temporaryName(path: string): string {
  const ending = `.${randomName()}.part`;
  const name = new TextEncoder().encode(nameOf(path)).subarray(0, MOST_NAME_BYTES - ending.length);
  // Of a character that is cut only a mark would be left, which is longer than the cut.
  const whole = new TextDecoder().decode(name).replace(/\ufffd+$/, "");
  return `${folderPrefix(path)}${whole}${ending}`;
}

/** Gives a new file its mode, whatever the mask of the process took from it when it was made. */
async function setMode(file: NodeFile, mode: number | undefined, action: string): Promise<void> {
  if (mode === undefined) return;
  await file.chmod(mode).catch((error) => {
    throw fileError(action, error);
  });
}

async function writePieces(file: NodeFile, pieces: Pieces, action: string): Promise<void> {
  for await (const piece of pieces) {
    if (!(piece instanceof Uint8Array)) {
      throw new TypeError(`${action}: content must be made of bytes: got ${typeof piece}`);
    }
    // File systems refuse memory that threads share.
    const bytes = piece.buffer instanceof ArrayBuffer ? piece : Uint8Array.from(piece);
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done)
        .catch((error) => {
          throw fileError(action, error);
        });
      done += bytesWritten;
    }
  }
}

type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

function piecesOf(content: FileContent, action: string): Pieces {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  if (content instanceof Uint8Array) return [content];
  const isObject = typeof content === "object" && content !== null;
  if (isObject && (Symbol.iterator in content || Symbol.asyncIterator in content)) return content;
  throw new TypeError(
    `${action}: content must be text, bytes or a stream of bytes: got ${kindOf(content)}`,
  );
}

/**
 * Makes the new name outlast a power cut. Not every system can (Windows) and not every permission
 * covers it; the file is whole either way.
 */
async function syncFolder(fs: NodeFs, folder: string): Promise<void> {
  try {
    const file = await fs.open(folder, "r");
    await file.sync().finally(() => file.close());
  } catch {
    // As said above.
  }
}

function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
