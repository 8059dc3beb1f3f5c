/**
 * Writing a file whole or not at all.
 *
 * @module
 */
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

/** Content to write: bytes, text (as UTF-8), or pieces of bytes one after the other. */
export type FileContent =
  | Uint8Array
  | string
  | Iterable<Uint8Array>
  | AsyncIterable<Uint8Array>;

/**
 * Writes a file, whole or not at all.
 *
 * The content goes to a new file beside the one that is meant, `<path>.<random>.part`; that one is
 * flushed to the disk and then renamed, which replaces an older file in one step. Whoever opens
 * `path`, at any time and after any crash, finds the old content or the new. When something goes
 * wrong, the new file is removed and the old one stays as it was. After a crash of the machine or
 * the process a `.part` file may be left, which nothing reads.
 *
 * Permissions in Deno: `--allow-write` and `--allow-read`, because renaming needs both; that of the
 * folder, because the name of the new file is not known beforehand. What is missing is an error
 * before anything is written.
 *
 * - **Edge cases**: an existing file keeps its mode (who may read it), and a symbolic link stays
 *   one: what it points to is replaced. A path to anything else (a folder, a device, a pipe) is
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
  const action = `Cannot write ${given}`;
  const fs = nodeFs();
  if (fs === undefined) {
    throw new FileError(`${action}: there must be a file system: a browser has none`);
  }
  const { target, mode } = await inspect(fs, given, action);
  const temporary = `${target}.${randomName()}.part`;
  const file = await fs.open(temporary, "wx").catch((error) => {
    throw fileError(action, error);
  });
  try {
    try {
      await writePieces(file, content, action);
      await file.sync().catch((error) => {
        throw fileError(action, error);
      });
    } finally {
      await file.close();
    }
    await replace(fs, temporary, target, mode, action);
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
    return { target: await fs.realpath(path), mode: stats.mode & 0o777 };
  } catch (error) {
    if (error instanceof FileError) throw error;
    if (isNotFound(error)) return { target: path };
    throw fileError(action, error);
  }
}

async function writePieces(file: NodeFile, content: FileContent, action: string): Promise<void> {
  for await (const piece of piecesOf(content)) {
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

function piecesOf(content: FileContent): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}

async function replace(
  fs: NodeFs,
  temporary: string,
  target: string,
  mode: number | undefined,
  action: string,
): Promise<void> {
  try {
    if (mode !== undefined) await fs.chmod(temporary, mode);
    await fs.rename(temporary, target);
  } catch (error) {
    throw fileError(action, error);
  }
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
