/**
 * End of this process, watched, so that no rank ends alone: one that ends before it has left the group
 * takes the job down.
 *
 * @module
 */

/** Answers to the ways in which a process ends. */
export interface Endings {
  /** An error that nobody has caught: tell it, and end the job. */
  readonly failed: (error: unknown) => void;
  /** The process ends; `code` is its exit code where that is known. */
  readonly ended: (code: number | undefined) => void;
}

interface NodeProcess {
  readonly versions?: { readonly node?: string; readonly deno?: string };
  on?(event: "uncaughtExceptionMonitor", listener: (error: unknown) => void): void;
  on?(event: "exit", listener: (code: number) => void): void;
}

/** Watches the end of this process, in Deno or in Node. */
export function watchEnd({ failed, ended }: Endings): void {
  const { process } = globalThis as unknown as { process?: NodeProcess };
  if (process?.on !== undefined && process.versions?.deno === undefined) {
    process.on("uncaughtExceptionMonitor", (error) => failed(error));
    process.on("exit", (code) => ended(code));
    return;
  }
  addEventListener("error", (event) => {
    if (!event.defaultPrevented) failed((event as ErrorEvent).error);
  });
  addEventListener("unhandledrejection", (event) => {
    if (!event.defaultPrevented) failed((event as PromiseRejectionEvent).reason);
  });
  addEventListener("unload", () => ended(undefined));
}
