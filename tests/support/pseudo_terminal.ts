// Programs on a terminal that nobody types on: Deno asks there for permissions which it denies
// silently where output goes to a file.

import type { Needs } from "./permissions.ts";

/** Permissions of a test that uses {@link onTerminal}. */
export const TERMINAL_NEEDS: Needs = { read: true, run: true, write: true };

/** Reason that no program can be run on a terminal here, where permissions are not the reason. */
export const NO_TERMINAL: string | undefined = Deno.build.os === "linux"
  ? undefined
  : "script(1) of util-linux is not on this system";

/** Beginning of Deno's question. */
const QUESTION = "Deno requests";

/** Output of a command of the shell on its terminal. */
export interface Session {
  readonly text: string;
  /** True if it asked for a permission: it is stopped then, for nobody would answer. */
  readonly asked: boolean;
}

/** Runs a command of the shell on a terminal until it ends, or asks. */
export async function onTerminal(
  command: string,
  options: { readonly cwd?: URL; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Session> {
  const child = new Deno.Command("script", {
    args: ["--quiet", "--return", "--command", command, "/dev/null"],
    ...options,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  let asked = false;
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (asked || !text.includes(QUESTION)) continue;
    asked = true;
    child.kill(); // and the terminal with it, which ends what runs there
  }
  await child.status;
  return { text, asked };
}
