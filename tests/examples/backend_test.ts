// `--backend` of the examples that train: each trains on each backend, and comes to much the same.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { nativeBackend } from "@tapegrad/tapegrad/native";
import { EFFORT } from "../support/effort.ts";
import { ifPossible } from "../support/permissions.ts";
import { NO_ADAPTER } from "../support/webgpu.ts";
import { type Outcome, runExample, runPermitted } from "./run_example.ts";

const PROGRAMS = ["table.ts", "signs.ts", "simple_convnet.ts", "mnist.ts"];

/** Exit code of a process that the system has ended for its reach into memory. */
const CRASHED = 139;

/**
 * Runs an example; once more where it has crashed on a graphics device: llvmpipe does so now and then
 * as a process ends that still has a device.
 */
async function runOn(
  backend: string,
  flags: readonly string[],
  ...args: [string, ...string[]]
): Promise<Outcome> {
  const ended = await runPermitted(flags, ...args);
  const isDriver = backend === "webgpu" && ended.code === CRASHED;
  return isDriver ? await runPermitted(flags, ...args) : ended;
}

const BACKENDS = [
  {
    backend: "native",
    programs: PROGRAMS,
    flags: ["--allow-ffi"],
    skip: nativeBackend.reasonAgainst(),
  },
  // Pictures take a software driver long.
  { backend: "webgpu", programs: ["table.ts", "signs.ts"], flags: [], skip: NO_ADAPTER },
];

/** Accuracy of the last line that has one: that of data which were not trained with. */
const accuracyIn = (text: string) => Number(text.match(/.*accuracy +([\d.]+)/s)?.[1]);

for (const { backend, programs: all, flags, skip } of BACKENDS) {
  Deno.test(ifPossible({
    name: `examples: --backend ${backend} trains as the default does`,
    needs: { read: true, run: true },
    skip,
    async fn() {
      const programs = EFFORT === "quick" ? ["table.ts"] : all;
      for (const program of programs) {
        const args = [program, "--epochs", "1", "--backend"];
        const usual = await runExample(args[0], ...args.slice(1), "wasm");
        const { code, stdout, stderr } = await runOn(
          backend,
          flags,
          program,
          ...args.slice(1),
          backend,
        );
        assertEquals(code, 0, stderr);
        const [one, other] = [usual.stdout, stdout].map(accuracyIn);
        assert(Math.abs(one - other) <= 0.01, `${program}: ${one} on wasm, ${other}`);
      }
    },
  }));

  Deno.test(ifPossible({
    name: `examples: the report of training on ${backend} says so, and on what`,
    needs: { read: true, write: true, run: true },
    skip,
    effort: "full",
    async fn() {
      const out = await Deno.makeTempDir();
      try {
        const args = ["--epochs", "1", "--backend", backend, "--out", out];
        const { code, stderr } = await runOn(backend, [...flags, "-W"], "signs.ts", ...args);
        assertEquals(code, 0, stderr);
        const page = await Deno.readTextFile(`${out}/report.html`);
        const [, about] = page.match(/; computed on ([^<]+)/) ?? [];
        assert(about?.startsWith(`${backend}, `), about);
        assertEquals(
          page.split(about).length - 1,
          2,
          `${about}: as the report's subject, and a fact`,
        );
      } finally {
        await Deno.remove(out, { recursive: true });
      }
    },
  }));
}

Deno.test(ifPossible({
  name: "examples: --backend is in every help; an unknown one, and a missing right, are refused",
  needs: { read: true, run: true },
  effort: "full",
  async fn() {
    for (const program of PROGRAMS) {
      const { stdout } = await runExample(program, "--help");
      assertMatch(stdout, /--backend NAME {4}wasm \(the default/);
    }
    const unknown = await runExample("table.ts", "--backend", "gpu");
    assertEquals([unknown.code, unknown.stderr], [
      1,
      "Cannot use --backend: it must be one of wasm, reference, native, webgpu: got gpu\n",
    ]);
    const refused: [string, ...string[]][] = [
      ["table.ts", "--backend", "native"],
      ["mnist.ts", "--distributed"],
    ];
    for (const [program, ...args] of refused) {
      const flag = args.join(" ");
      const { code, stderr } = await runExample(program, ...args);
      const command = `deno run --allow-ffi examples/${program} ${flag}`;
      const reason = `Cannot use ${flag}: permission is missing: run  ${command}\n`;
      assertEquals([code, stderr], [1, reason]);
    }
  },
}));
