// A rank of MPI in Node: a collective of each kind of memory, and then the way to end that is named.

import { mpi } from "../../../src/distributed/mod.ts";

const group = mpi({ timeout: 20 });
const large = new Float32Array(100_000).fill(group.rank + 1);
group.allReduce(large, "sum");
const small = Float64Array.of(group.rank + 0.5);
group.allReduce(small, "mean");
const rows = group.allGather(Int32Array.of(group.rank, 7));

const { process } = globalThis as unknown as {
  process: { readonly argv: readonly string[]; exit(code: number): never };
};
if (group.rank === 1) {
  if (process.argv[2] === "throw") throw new Error("the cause");
  if (process.argv[2] === "exit") process.exit(0);
}
group.barrier();
if (group.rank === 0) console.log(JSON.stringify([group.size, large[99_999], small[0], ...rows]));
group[Symbol.dispose]();
