/**
 * Files of the sign classifier: what goes wrong becomes one line that says what to do.
 *
 * @module
 */
import { UsageError } from "./usage_error.ts";

/** The bytes of a file. */
export async function readBytes(path: string): Promise<Uint8Array> {
  return await explained("read", path, "-R", () => Deno.readFile(path));
}

/** Whether there is a file at a path. */
export async function fileExists(path: string): Promise<boolean> {
  return await explained("read", path, "-R", async () => {
    try {
      return (await Deno.stat(path)).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}

/** Makes a folder, and the folders it is in. */
export async function makeFolder(path: string): Promise<void> {
  await explained("write", path, "-W", () => Deno.mkdir(path, { recursive: true }));
}

/** Writes a whole file, or leaves none: what could not be finished is removed. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  await explained("write", path, "-W", async () => {
    try {
      await Deno.writeFile(path, bytes);
    } catch (error) {
      await Deno.remove(path).catch(() => {}); // the first error is the one to tell
      throw error;
    }
  });
}

/** The command that would have worked: the one that was run, with a permission. */
export function commandWith(permission: string): string {
  const args = Deno.args.map((arg) => /^[\w./:=-]+$/.test(arg) ? arg : `'${arg}'`);
  const others = ["-R", "-W"].filter((flag) => flag !== permission && isGranted(flag));
  const flags = [...others, permission].sort();
  return ["deno run", ...flags, "examples/signs.ts", ...args].join(" ");
}

function isGranted(flag: string): boolean {
  const name = flag === "-R" ? "read" : "write";
  return Deno.permissions.querySync({ name }).state === "granted";
}

async function explained<Result>(
  action: string,
  path: string,
  permission: string,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw explain(error, `Cannot ${action} ${path}`, permission);
  }
}

function explain(error: unknown, what: string, permission: string): unknown {
  const options = { cause: error };
  if (error instanceof Deno.errors.NotCapable) {
    const command = commandWith(permission);
    return new UsageError(`${what}: permission is missing: run  ${command}`, options);
  }
  if (error instanceof Deno.errors.NotFound) {
    return new UsageError(`${what}: there is no such file or folder`, options);
  }
  if (error instanceof Error && error.constructor.name in Deno.errors) {
    return new UsageError(`${what}: ${error.message}`, options);
  }
  return error;
}
