// Worker that takes a seat in a group, runs one function there, and posts what came out.

import { useBackend } from "../../src/core/backend.ts";
import { wasmBackend } from "../../src/backends/wasm/mod.ts";
import { workerGroup } from "../../src/distributed/worker_group.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent) => void;
  postMessage(message: unknown): void;
};

scope.onmessage = async ({ data: { seat, module, name, argument } }) => {
  const group = workerGroup(seat);
  try {
    useBackend(wasmBackend({ threads: 1 }));
    const functions = await import(module);
    scope.postMessage({ value: await functions[name](group, argument) });
  } catch (error) {
    scope.postMessage({ error: (error as Error).message });
  } finally {
    group[Symbol.dispose]();
  }
};
