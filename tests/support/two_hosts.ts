// Two hosts on one machine: network namespaces joined by a pair of virtual interfaces, and a program in
// the place of ssh that runs commands in the namespace of a host. Needs Linux, root and `ip`.

import { type Implementation, isInstalled, type Job, run } from "./mpi.ts";
import { missing } from "./permissions.ts";

/** Two hosts, and what a launcher must be told to start ranks on them. */
export interface TwoHosts extends AsyncDisposable {
  /** Makes what a job needs to have one rank a host, joined by the network and by nothing else. */
  job(implementation: Implementation): Pick<Job, "starter" | "launcherArgs" | "env">;
  /** Bytes that the first host has received and sent. */
  bytes(): Promise<number>;
  /** Cuts the cable between them. */
  cut(): Promise<void>;
  /** Lists the programs of Deno that run on the second host. */
  ranksOnSecond(): Promise<readonly number[]>;
}

const NETWORK = "10.97.41";

/** Says why there can be no two hosts here; undefined if there can. */
export function reasonAgainstHosts(): string | undefined {
  const reason = missing({ run: true, read: true, write: true, env: true, sys: ["uid"] });
  if (reason !== undefined) return reason;
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "needs root on Linux";
  const program = ["ip", "unshare"].find((name) => !isInstalled(name));
  if (program !== undefined) return `${program} is not installed`;
  return mayMakeHosts() ? undefined : "network namespaces are not allowed here";
}

/** Tries to make a namespace: containers may forbid it. */
function mayMakeHosts(): boolean {
  const name = `tgtry${Deno.pid}`;
  const call = (what: string) =>
    new Deno.Command("ip", { args: ["netns", what, name] }).outputSync();
  return call("add").success && call("delete").success;
}

async function ip(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run("ip", args, { limit: 10 });
  if (code !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Script in the place of ssh: `rsh.sh [options] HOST command…`. */
const REMOTE_SHELL = (names: readonly string[]) =>
  `#!/bin/bash
while [[ $1 == -* ]]; do case $1 in -l|-p|-o) shift 2;; *) shift;; esac; done
host=$1; shift
case $host in
${names.map((name, i) => `${NETWORK}.${i + 1}) name=${name};;`).join("\n")}
*) echo "no host $host" >&2; exit 9;; esac
exec ip netns exec $name unshare -u -- bash -c "hostname $name; $*"
`;

/** Makes two hosts. */
export async function makeHosts(): Promise<TwoHosts> {
  const names = ["a", "b"].map((letter) => `tg${Deno.pid}${letter}`);
  const ends = names.map((name) => `v${name}`);
  const folder = await Deno.makeTempDir();
  const shell = `${folder}/rsh.sh`;
  await Deno.writeTextFile(shell, REMOTE_SHELL(names), { mode: 0o755 });
  for (const name of names) await ip("netns", "add", name);
  await ip("link", "add", ends[0], "type", "veth", "peer", "name", ends[1]);
  for (const [i, name] of names.entries()) {
    const inside = ["-n", name];
    await ip("link", "set", ends[i], "netns", name);
    await ip(...inside, "address", "add", `${NETWORK}.${i + 1}/24`, "dev", ends[i]);
    await ip(...inside, "link", "set", ends[i], "up");
    await ip(...inside, "link", "set", "lo", "up");
  }
  const hosts = names.map((_, i) => `${NETWORK}.${i + 1}`).join(",");
  return {
    job: ({ name }) => ({
      starter: ["ip", "netns", "exec", names[0]],
      launcherArgs: name === "MPICH"
        ? ["-launcher", "ssh", "-launcher-exec", shell, "-hosts", hosts, "-ppn", "1"]
        : [
          ...["--mca", "plm_rsh_agent", shell, "--mca", "btl", "tcp,self", "--mca", "pml", "ob1"],
          ...["--mca", "btl_tcp_if_include", `${NETWORK}.0/24`],
          ...["--mca", "oob_tcp_if_include", `${NETWORK}.0/24`, "-H", hosts],
        ],
      // UCX, below MPICH, finds the shared memory of both hosts, unless it is told not to look.
      env: { UCX_TLS: "tcp,self" },
    }),
    async bytes() {
      const text = await ip("-n", names[0], "-s", "-j", "link", "show", ends[0]);
      const [{ stats64: { rx, tx } }] = JSON.parse(text);
      return rx.bytes + tx.bytes;
    },
    async cut() {
      await ip("-n", names[1], "link", "set", ends[1], "down");
    },
    async ranksOnSecond() {
      const pids = (await ip("netns", "pids", names[1])).split("\n").map(Number);
      const isRank = (pid: number) => pid > 0 && commandOf(pid).includes("deno");
      return pids.filter(isRank);
    },
    async [Symbol.asyncDispose]() {
      for (const name of names) {
        const pids = (await ip("netns", "pids", name)).split("\n").map(Number);
        for (const pid of pids) if (pid > 0) end(pid);
        await ip("netns", "delete", name);
      }
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** The command line of a process; empty where it has ended. */
function commandOf(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`);
  } catch {
    return "";
  }
}

/** Ends a process of the hosts, unless it has ended by itself. */
function end(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has.
  }
}
