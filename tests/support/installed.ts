// What some tests use if this machine has it: a program, a font.

/** Where it was found, or why there is none to be had; neither where it may not be looked for. */
export interface Installed {
  readonly path?: string;
  /** Why a test is skipped, where permissions are not the reason. */
  readonly skip?: string;
}

/** The first of some paths that is a file here. */
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
