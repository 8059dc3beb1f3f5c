/**
 * Machine that the numbers come from, and its load by other programs.
 *
 * @module
 */
import { cpus } from "node:os";

/** The machine and the software that a run was made on. */
export interface Host {
  readonly cpu: string;
  readonly cores: number;
  readonly deno: string;
  readonly v8: string;
  readonly os: string;
  readonly when: string;
  /** Processes that wanted to run in the last minute, when the run began. */
  readonly loadBefore: number;
}

/** Describes this machine. */
export function describeHost(): Host {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: navigator.hardwareConcurrency,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    os: `${Deno.build.os} ${Deno.build.arch}`,
    when: new Date().toISOString(),
    loadBefore: loadNow(),
  };
}

/** Reads the load average of the last minute. */
export function loadNow(): number {
  return Math.round(Deno.loadavg()[0] * 100) / 100;
}

/** Writes two lines for the top of a report. */
export function formatHost({ cpu, cores, deno, v8, os, when, loadBefore }: Host): string {
  return `${cpu}, ${cores} cores, ${os}; Deno ${deno}, V8 ${v8}; ${when}\n` +
    `load average before the run ${loadBefore}: numbers are worth little where others are busy`;
}
