// Jobs of real MPI: the launchers that are installed, and programs that they start, each with a time
// limit of its own.

import { readVariable } from "./effort.ts";
import { missing } from "./permissions.ts";

/** An implementation of MPI, by its launcher. */
export interface Implementation {
  readonly name: "MPICH" | "Open MPI";
  /** Program that starts ranks; there are links of these names on Debian. */
  readonly launcher: string;
  /** Arguments of every job here: more ranks than cores, as any user. */
  readonly args: readonly string[];
}

export const IMPLEMENTATIONS: readonly Implementation[] = [
  { name: "MPICH", launcher: "mpirun.mpich", args: [] },
  {
    name: "Open MPI",
    launcher: "mpirun.openmpi",
    args: ["--allow-run-as-root", "--oversubscribe"],
  },
];

/** Permissions of tests that start jobs. */
export const MPI_NEEDS = { read: true, run: true, env: true, ffi: true } as const;

/** Says why a job of an implementation cannot be started; undefined if it can. */
export function reasonAgainst({ name, launcher }: Implementation): string | undefined {
  return missing(MPI_NEEDS) ?? (isInstalled(launcher) ? undefined : `${name} is not installed`);
}

/** Tells whether a program is in one of the folders of programs. */
export function isInstalled(program: string): boolean {
  return (readVariable("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

/** Outcome of a job. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Job to start. */
export interface Job {
  readonly ranks: number;
  /** Program of Deno and its arguments. */
  readonly program: readonly (string | URL)[];
  /** Flags of `deno run`; those for native libraries and files by default. */
  readonly flags?: readonly string[];
  /** More arguments of the launcher. */
  readonly launcherArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Program, with arguments, that starts the launcher; it is started as it is by default. */
  readonly starter?: readonly [program: string, ...args: string[]];
  /** Seconds after which it is killed, which is an error. */
  readonly limit: number;
}

const FLAGS = ["--no-check", "--allow-ffi", "--allow-read"];

/** Starts a job, and waits for its end; throws where it does not end in time. */
export async function runJob(
  { launcher, args }: Implementation,
  { ranks, program, flags = FLAGS, launcherArgs = [], env, starter, limit }: Job,
): Promise<Ended> {
  const command = [Deno.execPath(), "run", ...flags, ...program.map(String)];
  const whole = [launcher, ...args, ...launcherArgs, "-n", String(ranks), ...command];
  const [first, ...rest] = [...starter ?? [], ...whole];
  return await run(first, rest, { env, limit });
}

/** Runs a program; throws where it does not end in time. */
export async function run(
  program: string,
  args: readonly string[],
  { env, limit }: { readonly env?: Readonly<Record<string, string>>; readonly limit: number },
): Promise<Ended> {
  const start = performance.now();
  const child = new Deno.Command(program, {
    args: [...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let isLate = false;
  // The launcher ends its ranks when it is asked to end, and would leave them when it is killed.
  const timers = [
    setTimeout(() => {
      isLate = true;
      child.kill("SIGTERM");
    }, limit * 1000),
    setTimeout(() => child.kill("SIGKILL"), (limit + 5) * 1000),
  ];
  // Not its output: programs that it has started may keep that open when it is gone.
  child.status.then(() => timers.forEach(clearTimeout));
  const { code, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (isLate) {
    throw new Error(`${program} ${args.join(" ")}: not over in ${limit} s:\n${out}${err}`);
  }
  return { code, stdout: out, stderr: err, seconds: (performance.now() - start) / 1000 };
}
