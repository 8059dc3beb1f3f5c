// The safety net: memory that nobody freed is freed by the garbage collector. It is asked to run
// in a process of its own, where it can be.

import { assertEquals } from "@std/assert";
import { ifPossible } from "../support/permissions.ts";

const LIBRARY = new URL("../../mod.ts", import.meta.url).href;
const CONFIG = new URL("../../deno.json", import.meta.url);

/** Runs code with the library at hand and the garbage collector as `collect`; gives its output. */
async function run(body: string): Promise<string> {
  const code = `
    import { Arena, grad, mul, referenceBackend, relu, reshape, sum, Tape, tensor } from
      ${JSON.stringify(LIBRARY)};
    const backend = referenceBackend();
    async function collect() {
      for (let i = 0; i < 10; i++) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return backend.liveBytes;
    }
    const make = (values) => tensor(values, { backend });
    ${body}`;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--config", CONFIG.pathname, "--no-check", "--v8-flags=--expose-gc", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(code));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const text = new TextDecoder();
  return text.decode(stdout) + text.decode(stderr);
}

Deno.test(ifPossible({
  name: "finalizer: tensors that nobody disposed of are freed, those in use are not",
  needs: { run: true, read: true },
  async fn() {
    const output = await run(`
      const kept = make([1, 2]);
      const view = reshape(make([3, 4]), [2, 1]);
      (() => { for (let i = 0; i < 100; i++) mul(make([i, i]), 2); })();
      console.log(backend.liveBytes > 1000, await collect());
      console.log(kept.toArray(), view.toArray());`);
    assertEquals(output, "true 16\n[ 1, 2 ] [ [ 3 ], [ 4 ] ]\n");
  },
}));

Deno.test(ifPossible({
  name: "finalizer: tapes and arenas that nobody ended are freed with all they own",
  needs: { run: true, read: true },
  async fn() {
    const output = await run(`
      (() => {
        for (let i = 0; i < 20; i++) {
          const tape = new Tape();
          const x = tape.watch(make([1, 2]));
          tape.gradient(sum(mul(relu(x), x)), x);
          const arena = new Arena();
          mul(arena.adopt(make([3])), 2);
        }
      })();
      console.log(backend.liveBytes > 500, await collect());`);
    assertEquals(output, "true 0\n");
  },
}));

Deno.test(ifPossible({
  name: "finalizer: a parameter that lives on does not keep the tapes that watched it",
  needs: { run: true, read: true },
  async fn() {
    const output = await run(`
      const w = make([1, 2]);
      let y;
      (() => {
        for (let i = 0; i < 20; i++) {
          new Arena().follow(w);
          const tape = new Tape();
          tape.watch(w);
          y = sum(mul(w, w));
          tape.gradient(y, w);
        }
      })();
      const [before, after] = [backend.liveBytes, await collect()];
      console.log(before > 500, after - y.bytes - w.bytes, y.item());
      y = undefined;
      console.log(await collect(), w.toArray());`);
    assertEquals(output, "true 16 5\n8 [ 1, 2 ]\n", "the last tape alone is there");
  },
}));

Deno.test(ifPossible({
  name: "finalizer: a tape holds on to what it needs for its gradients",
  needs: { run: true, read: true },
  async fn() {
    const output = await run(`
      const tape = new Tape();
      const [x, y] = (() => {
        const x = tape.watch(make([1, 2]));
        return [x, sum(mul(mul(x, x), make([3, 4])))];
      })();
      await collect();
      console.log(tape.gradient(y, x).toArray());
      tape.dispose();
      x.dispose();
      console.log(await collect());`);
    assertEquals(output, "[ 6, 16 ]\n0\n");
  },
}));

Deno.test(ifPossible({
  name: "finalizer: what is returned from an ended tape stays, as long as somebody holds it",
  needs: { run: true, read: true },
  async fn() {
    const output = await run(`
      let dx = grad((x) => sum(mul(x, x)))(make([1, 2]));
      console.log(await collect(), dx.toArray());
      dx = undefined;
      console.log(await collect());`);
    assertEquals(output, "8 [ 2, 4 ]\n0\n");
  },
}));
