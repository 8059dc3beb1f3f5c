/**
 * Threads for TensorFlow.js's WASM backend outside of browsers, where it never starts any: it
 * makes workers of blobs, which only browsers take, and at most half as many as there are cores.
 *
 * What the backend would be if it could: its users do not have this. Blobs of scripts become texts
 * that workers evaluate.
 *
 * @module
 */
import { createRequire } from "node:module";

interface NodeWorkerThreads {
  Worker: new (source: string, options?: { readonly eval: true }) => object;
}

interface NodeOs {
  cpus(): unknown[];
}

/** Begins a script that stands for itself where an address is expected. */
const SCRIPT = "/* script */";

/**
 * Runs in a worker before the backend's own code, which sets globals that cannot be set here, reads
 * scripts from files, and calls modules by the names that a bundler gave them.
 */
const PRELUDE = `
for (const name of ["self", "location", "performance", "postMessage", "Worker", "require"]) {
  Object.defineProperty(globalThis, name, {
    value: name === "self" ? globalThis : globalThis[name],
    configurable: true,
    writable: true,
  });
}
Object.assign(globalThis, {
  require,
  commonjsGlobal: globalThis,
  require$$0: require("fs"),
  require$$1: require("path"),
  require$$3: require("perf_hooks"),
  require$$4: require("os"),
});
const scripts = new Map();
URL.createObjectURL = (script) => {
  const name = "script" + scripts.size;
  scripts.set(name, String(script));
  return name;
};
URL.revokeObjectURL = () => {};
const { readFileSync } = require("fs");
require("fs").readFileSync = (file, encoding) => scripts.get(file) ?? readFileSync(file, encoding);
`;

/** Lets the backend start `threads` threads when it is set up. */
export function allowThreads(threads: number): void {
  const require = createRequire(import.meta.url);
  keepScriptsAsText();
  evaluateScripts(require("worker_threads") as NodeWorkerThreads);
  const os = require("os") as NodeOs;
  const [core] = os.cpus();
  os.cpus = () => Array.from({ length: 2 * threads }, () => core);
}

function keepScriptsAsText(): void {
  const { Blob } = globalThis;
  const { createObjectURL } = URL;
  function ScriptOrBlob(parts: BlobPart[], options?: BlobPropertyBag): object {
    if (!options?.type?.includes("javascript")) return new Blob(parts, options);
    return new String(SCRIPT + parts.join(""));
  }
  Object.assign(globalThis, { Blob: ScriptOrBlob });
  URL.createObjectURL = (source: unknown) =>
    source instanceof String ? String(source) : createObjectURL(source as Blob);
}

function evaluateScripts(modules: NodeWorkerThreads): void {
  const { Worker } = modules;
  modules.Worker = class extends Worker {
    constructor(source: string) {
      super(...argumentsFor(source));
    }
  };
}

/** Makes the arguments for a worker of a script or of a file. */
function argumentsFor(source: string): ConstructorParameters<NodeWorkerThreads["Worker"]> {
  return source.startsWith(SCRIPT) ? [`${PRELUDE}\n${source}`, { eval: true }] : [source];
}
