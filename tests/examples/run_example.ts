// Examples as a user runs them: processes without permissions, of which all output is kept.

const ROOT = new URL("../../", import.meta.url);

/** Output and exit code of a process. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an example without permissions; the test needs `run` and `read`. */
export async function runExample(name: string, ...args: string[]): Promise<Outcome> {
  return await runPermitted([], name, ...args);
}

/** Runs an example with permissions of its own: `["-R"]`. */
export async function runPermitted(
  flags: readonly string[],
  name: string,
  ...args: string[]
): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...flags, `examples/${name}`, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/**
 * Says why a test cannot use data that are no part of the project; unknown without permission to
 * look.
 */
export function dataReason(path: string): string | undefined {
  try {
    Deno.statSync(new URL(path, ROOT));
    return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `no data in ${path}`;
    return undefined; // no permission: said by the test's needs
  }
}
