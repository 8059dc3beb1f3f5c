/**
 * Serving the report of a training while it runs, and after it.
 *
 * @module
 */
import type { LiveReport } from "@tapegrad/tapegrad/plot";
import { explained } from "./files.ts";

/** Address at which a report is served. */
export interface ServeOptions {
  /** The port; 0 for any that is free. */
  readonly port: number;
  /** The address or name to serve at. */
  readonly host: string;
}

/** A report that is served. */
export interface Serving {
  /** Serves until the user ends it with Ctrl-C. */
  untilInterrupted(): Promise<void>;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/** Serves a report, and says where. */
export async function serve(live: LiveReport, { port, host }: ServeOptions): Promise<Serving> {
  const name = host === "localhost" ? "127.0.0.1" : host;
  const server = await explained(
    "serve on",
    `port ${port}`,
    ["-N"],
    // deno-lint-ignore require-await
    async () => Deno.serve({ hostname: name, port, onListen: () => {} }, live.fetch),
  );
  const shown = name.includes(":") ? `[${name}]` : name;
  const address = `http://${shown}:${server.addr.port}/`;
  console.log(`Live report: ${address}`);
  if (!LOOPBACK.test(host)) {
    console.log("Warning: whoever can reach this machine can watch, pause and stop the training.");
  }
  return {
    async untilInterrupted() {
      console.log(`\nStill serving ${address}  Ctrl-C ends.`);
      await new Promise<void>((resolve) => Deno.addSignalListener("SIGINT", () => resolve()));
      live.close();
      await server.shutdown();
    },
  };
}

/** Yields the reports of a training; one that is stopped by its signal ends without an error. */
export async function* untilStopped<Report>(
  training: AsyncIterable<Report>,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<Report, void, void> {
  try {
    yield* training;
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  }
}
