// Tools of this machine that some tests use if they are there: a program, a font.

/** Path of a tool, or the reason that there is none; neither where it may not be looked for. */
export interface Installed {
  readonly path?: string;
  /** Reason for skipping a test, where permissions are not the reason. */
  readonly skip?: string;
}

/** Finds the first of some paths that is a file here. */
export function firstInstalled(paths: readonly string[], skip: string): Installed {
  if (Deno.permissions.querySync({ name: "read" }).state !== "granted") return {};
  const path = paths.find(isFile);
  return path === undefined ? { skip } : { path };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
