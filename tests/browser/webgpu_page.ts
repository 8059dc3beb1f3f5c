// A page that trains on WebGPU, and its worker, which runs the suite of all backends with reading at
// once: what the browser test bundles and opens.

import { softmaxCE, Tape } from "@tapegrad/tapegrad";
import { webgpuBackend } from "@tapegrad/tapegrad/webgpu";
import { makeInputs, type Model } from "../../bench/models/inputs.ts";
import { makeTraining } from "../../bench/models/tapegrad.ts";

/** Report of the page. */
export interface Report {
  /** Adapter, as it describes itself; empty where there is none. */
  readonly adapter: string;
  /** The losses of each model's first steps. */
  readonly losses: Readonly<Record<Model, readonly number[]>>;
  /** Calls that ran on the host. */
  readonly fallbacks: number;
  /** Error of reading at once in a page. */
  readonly waiting: string;
  /** Checks of the suite that failed in the worker, with their errors; how many passed. */
  readonly suite: SuiteReport;
}

/** Report of the worker. */
export interface SuiteReport {
  readonly passed: number;
  readonly failed: readonly string[];
}

const STEPS = 4;

/** Trains a model for some steps. */
export async function train(model: Model) {
  const backend = await webgpuBackend();
  const { params, x, labels, optimizer, forward } = makeTraining(model, makeInputs(model), backend);
  const losses: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    const tape = new Tape();
    tape.watch(params);
    const loss = softmaxCE(forward(params, x), labels);
    optimizer.step(params, tape.gradient(loss, params));
    const read = loss.data();
    tape.dispose();
    losses.push((await read)[0]);
  }
  const { adapter: { vendor, architecture, description }, fallbacks } = backend;
  let waiting = "";
  try {
    x.dataSync();
  } catch (error) {
    waiting = (error as Error).message;
  }
  backend.close();
  return {
    losses,
    fallbacks: fallbacks!.total,
    waiting,
    adapter: `${vendor} ${architecture} ${description}`.trim(),
  };
}

/** Runs the suite; a backend of its own for each check. */
async function runSuite(): Promise<SuiteReport> {
  // The effort of tests is told by the environment, which a page does not have.
  const permissions = { querySync: () => ({ state: "denied" }) };
  Object.assign(globalThis, { Deno: { permissions } });
  const { CHECK_NAMES, conformanceChecks } = await import("../support/conformance/mod.ts");
  const failed: string[] = [];
  for (const name of CHECK_NAMES) {
    const backend = await webgpuBackend({ synchronousReads: true });
    try {
      conformanceChecks[name](backend, { runs: 2, smallest: 2 ** -126 });
    } catch (error) {
      failed.push(`${name}: ${(error as Error).stack}`);
    } finally {
      backend.close();
    }
  }
  return { passed: CHECK_NAMES.length - failed.length, failed };
}

function suiteInWorker(): Promise<SuiteReport> {
  const worker = new Worker("/page.js", { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
}

async function reportOfPage(): Promise<Report> {
  const [s, m] = [await train("S"), await train("M")];
  const isIsolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
  return {
    adapter: s.adapter,
    losses: { S: s.losses, M: m.losses },
    fallbacks: s.fallbacks + m.fallbacks,
    waiting: s.waiting,
    suite: isIsolated ? await suiteInWorker() : { passed: 0, failed: [] },
  };
}

if ("document" in globalThis) {
  const report = await reportOfPage().catch((error) => ({ failed: String(error.stack) }));
  Object.assign(globalThis, { report });
} else if ("importScripts" in globalThis) {
  const worker = globalThis as unknown as { postMessage(report: SuiteReport): void };
  worker.postMessage(
    await runSuite().catch((error) => ({ passed: 0, failed: [String(error.stack)] })),
  );
}
