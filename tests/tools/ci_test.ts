// `.ci/run`, with a `deno` that only pretends: its exit code is that of the checks, and its last
// line counts tests whatever happens.

import { assert, assertEquals } from "@std/assert";
import { ifPossible } from "../support/permissions.ts";

const RUN = new URL("../../.ci/run", import.meta.url);
const BASH = "/bin/bash";

/** A test of the script, skipped where there is no bash to run it. */
function test(name: string, fn: () => Promise<void>): Deno.TestDefinition {
  return ifPossible({
    name: `ci: ${name}`,
    needs: { read: true, write: true, run: true, env: true },
    skip: Deno.build.os === "windows" ? "the script is for bash" : undefined,
    fn,
  });
}

/** Programs that every run pretends, or the script would install what this machine lacks. */
const HARMLESS = { chromium: "", "apt-get": "exit 1", "dpkg-query": "printf installed" };

/** Runs the script where programs are pretended: each is a script of its own, by name. */
async function ci(programs: Readonly<Record<string, string>>) {
  const folder = await Deno.makeTempDir({ prefix: "tapegrad-ci-" });
  try {
    for (const [name, script] of Object.entries({ ...HARMLESS, ...programs })) {
      const path = `${folder}/${name}`;
      await Deno.writeTextFile(path, `#!${BASH}\n${script}\n`);
      await Deno.chmod(path, 0o755);
    }
    const { code, stdout } = await new Deno.Command(BASH, {
      args: [RUN.pathname],
      env: { PATH: `${folder}:/usr/bin:/bin` },
      clearEnv: true,
      stdin: "null",
      stderr: "null",
    }).output();
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
    return { code, lines, last: lines.at(-1) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A `deno` of the right version whose `task ok` is a script. */
function deno(taskOk: string, version = "2.9.6"): string {
  return `if [[ $* == --version ]]; then echo "deno ${version} (stable)"; exit; fi
if [[ $* != "task ok" ]]; then echo "called with $*"; exit 9; fi
${taskOk}`;
}

Deno.test(
  test("when all is fine, it succeeds, and its last line is that of the checks", async () => {
    const { code, last } = await ci({ deno: deno("echo working; echo '12 passed, 0 failed'") });
    assertEquals([code, last], [0, "12 passed, 0 failed"]);
    const skipping = await ci({ deno: deno("echo '12 passed, 0 failed, 3 skipped'") });
    assertEquals([skipping.code, skipping.last], [0, "12 passed, 0 failed, 3 skipped"]);
  }),
);

Deno.test(test("when a check fails, it fails with that exit code", async () => {
  for (const failure of [1, 3]) {
    const { code, last } = await ci({ deno: deno(`echo '11 passed, 1 failed'; exit ${failure}`) });
    assertEquals([code, last], [failure, "11 passed, 1 failed"]);
  }
}));

Deno.test(test("checks that end without a count are one failure", async () => {
  const uncounted = [
    "exit 0",
    "echo 'error: no such task'; exit 1",
    "echo '12 passed, 0 failed'; echo Killed; exit 137",
    "echo '12 passed'",
    "echo 'some passed, 0 failed'",
  ];
  for (const script of uncounted) {
    const { code, last } = await ci({ deno: deno(script) });
    assertEquals([code, last], [1, "0 passed, 1 failed"], script);
  }
}));

Deno.test(test("what the checks write to either stream is in its output", async () => {
  const { lines } = await ci({ deno: deno("echo out; echo err >&2; echo '1 passed, 0 failed'") });
  assertEquals(lines.slice(-3), ["out", "err", "1 passed, 0 failed"]);
}));

Deno.test(test("without a deno of the right version, npx fetches that", async () => {
  const npx = `echo "npx $*"; echo '5 passed, 0 failed'`;
  for (const other of [{ deno: deno("", "2.9.5") }, { deno: deno("", "2.9.61") }]) {
    const { code, lines } = await ci({ ...other, npx });
    assertEquals([code, ...lines.slice(-2)], [
      0,
      "npx --yes deno@2.9.6 task ok",
      "5 passed, 0 failed",
    ]);
  }
}));

Deno.test(test("what is missing is installed, and what cannot be had is no failure", async () => {
  const run = (aptGet: string) =>
    ci({
      id: "echo 0",
      "dpkg-query": "exit 1",
      "apt-get": `echo "$*" >> "$0.log"; ${aptGet}`,
      deno: deno(`sort -u "\${0%/*}/apt-get.log"; echo '1 passed, 0 failed'`),
    });
  for (const [aptGet, notice] of [["exit 0", false], ["exit 100", true]] as const) {
    const { code, lines, last } = await run(aptGet);
    assertEquals([code, last], [0, "1 passed, 0 failed"]);
    assertEquals(lines.some((line) => line.startsWith("Not to be had: ")), notice);
    assertEquals(lines.filter((line) => line === "-qq update"), ["-qq update"]);
    assert(lines.some((line) => line.startsWith("-qq --yes install --no-install-recommends ")));
  }
}));

Deno.test(test("without being root, or with everything there, nothing is installed", async () => {
  const aptGet = "echo 'apt-get was called'; exit 1";
  const missing = { id: "echo 1000", "dpkg-query": "exit 1" };
  for (const programs of [missing, { id: "echo 0" }]) {
    const { lines } = await ci({
      ...programs,
      "apt-get": aptGet,
      deno: deno("echo '1 passed, 0 failed'"),
    });
    assertEquals(lines, ["1 passed, 0 failed"]);
  }
}));
