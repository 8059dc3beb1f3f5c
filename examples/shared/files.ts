/**
 * Files of the examples: what goes wrong becomes one line that says what to do.
 *
 * @module
 */
import { writeFile } from "@tapegrad/tapegrad/plot";
import { FileError } from "@tapegrad/tapegrad/train";
import { UsageError } from "./usage_error.ts";

/** Reads and parses a file; what is wrong with it is the user's to mend. */
export async function parsed<Result>(
  path: string,
  parse: (bytes: Uint8Array<ArrayBuffer>) => Result | Promise<Result>,
): Promise<Result> {
  const bytes = await explained("read", path, ["-R"], () => Deno.readFile(path));
  try {
    return await parse(bytes);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** Returns true if there is a file at a path. */
export async function fileExists(path: string): Promise<boolean> {
  return await explained("read", path, ["-R"], async () => {
    try {
      return (await Deno.stat(path)).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}

/** Lists the names of what is in a folder. */
export async function namesIn(folder: string): Promise<string[]> {
  return await explained("read", folder, ["-R"], async () => {
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  });
}

/** Makes a folder, and the folders it is in. */
export async function makeFolder(path: string): Promise<void> {
  await explained("write", path, ["-W"], () => Deno.mkdir(path, { recursive: true }));
}

/**
 * Writes a whole file. With `-R` an older one stays until the new one is there, since the new one is
 * renamed, which needs it; without, what could not be finished is removed.
 */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  if (isGranted("-R")) {
    return await explained("write", path, ["-W"], () => writeFile(path, content));
  }
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  await explained("write", path, ["-W"], async () => {
    // A file that cannot be opened is not ours to remove.
    const file = await Deno.open(path, { write: true, create: true, truncate: true });
    try {
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    } catch (error) {
      await Deno.remove(path).catch(() => {}); // the first error is the one to tell
      throw error;
    } finally {
      file.close();
    }
  });
}

/** Writes the command that was run. */
export function theCommand(): string {
  return commandWith([]);
}

/**
 * Writes the command that would have worked: the one that was run, with the permissions it needs.
 */
function commandWith(permissions: readonly string[]): string {
  const args = Deno.args.map((arg) => /^[\w./:=-]+$/.test(arg) ? arg : `'${arg}'`);
  const flags = Object.keys(FLAGS).filter((flag) => permissions.includes(flag) || isGranted(flag));
  const program = Deno.mainModule.replace(/^.*\/examples\//, "examples/");
  return ["deno run", ...flags, program, ...args].join(" ");
}

/** Permission that each of Deno's flags gives. */
const FLAGS: Readonly<Record<string, "read" | "write" | "net" | "ffi">> = {
  "-R": "read",
  "-W": "write",
  "-N": "net",
  "--allow-ffi": "ffi",
};

function isGranted(flag: string): boolean {
  return Deno.permissions.querySync({ name: FLAGS[flag] }).state === "granted";
}

/** Runs what reads or writes a path; what the user can mend becomes one line. */
export async function explained<Result>(
  action: string,
  path: string,
  permissions: readonly string[],
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw explain(error, `Cannot ${action} ${path}`, permissions);
  }
}

/** Makes the error for a part of the machine, asked for by a flag, that cannot be used: one line. */
export function explainUse(flag: string, error: unknown): unknown {
  const isOurs = error instanceof Error && error.message.startsWith("Cannot ");
  if (isOurs) return new UsageError(error.message, { cause: error });
  return explain(error, `Cannot use ${flag}`, ["--allow-ffi"]);
}

function explain(thrown: unknown, what: string, permissions: readonly string[]): unknown {
  const error = thrown instanceof FileError ? thrown.cause : thrown;
  const options = { cause: thrown };
  if (error instanceof Deno.errors.NotCapable) {
    const command = commandWith(permissions);
    return new UsageError(`${what}: permission is missing: run  ${command}`, options);
  }
  if (error instanceof Deno.errors.NotFound) {
    return new UsageError(`${what}: there is no such file or folder`, options);
  }
  if (error instanceof Error && error.constructor.name in Deno.errors) {
    return new UsageError(`${what}: ${error.message}`, options);
  }
  if (thrown instanceof FileError) return new UsageError(thrown.message, options);
  return thrown;
}
