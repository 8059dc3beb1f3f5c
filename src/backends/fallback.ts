/**
 * Fast kernels where a backend has them, the reference's loops over the same memory everywhere
 * else: for kernels it lacks, for other dtypes, and for calls that a fast kernel declines.
 *
 * @module
 */
import type { DType } from "../core/dtype.ts";
import type { FallbackCounts, Kernels, NdArray, StepArrays } from "./kernels.ts";

/** Result of a fast kernel that, before it has written anything, leaves a call to the reference. */
export const DECLINED: unique symbol = Symbol("declined");

/** The name of a kernel. */
export type KernelName = keyof Kernels;

/** Kernels that may decline a call: "too large for scratch memory". */
export type FastKernels<Names extends KernelName = KernelName> = {
  [N in Names]: (
    ...args: Parameters<Kernels[N]>
  ) => ReturnType<Kernels[N]> | typeof DECLINED;
};

/** Kernels of a backend's own, and the dtypes they compute. */
export interface FastTable {
  /** The kernels; those that are absent run in the reference's loops. */
  readonly kernels: Partial<FastKernels>;
  /** Dtypes that the kernels compute. */
  readonly dtypes: readonly DType[];
  /** Dtypes of single kernels that take others. */
  readonly dtypesOf?: Partial<Record<KernelName, readonly DType[]>>;
}

/** Positions of the arguments that a call computes with; of two, the other is the third. */
type Subjects = readonly [first: 0 | 1 | 2, second?: 2];

/** Kernels whose first argument is not what they compute with. */
type Listed = {
  [N in KernelName]: Parameters<Kernels[N]>[0] extends NdArray ? never : N;
}[KernelName];

/**
 * Positions of the arguments that decide what a call computes with: the first one where a kernel is
 * not listed. An array stands for its dtype and must not be empty; a dtype stands for itself; of a
 * list of arrays, which may be empty, the first one counts; of the arrays of a step the weight.
 */
const SUBJECTS:
  & Record<Listed, Subjects>
  & Partial<Record<KernelName, Subjects>> = {
    fill: [1],
    create: [0],
    unary: [1],
    activationGrad: [1],
    binary: [1, 2],
    compare: [1, 2],
    where: [1],
    concat: [0],
    scatterAdd: [1],
    oneHot: [2],
    reduce: [1],
    softmaxCEGrad: [1],
    pairLoss: [1],
    pairLossGrad: [1],
    stepInPlace: [1],
  };

/** Memory and checks: nothing falls back where these are loops. */
const NO_ARITHMETIC: ReadonlySet<string> = new Set<KernelName>(
  ["create", "fill", "copy", "assignInPlace", "read", "free", "firstOutOfRange"],
);

/** A kernel with its types erased; none has more arguments. */
export type Run = (
  a: unknown,
  b: unknown,
  c: unknown,
  d: unknown,
  e: unknown,
  f: unknown,
) => unknown;

/** Counts calls that ran in the reference's loops. */
export class Fallbacks implements FallbackCounts {
  readonly #calls = new Map<string, number>();
  #total = 0;

  /** See {@link FallbackCounts}. */
  get total(): number {
    return this.#total;
  }

  /** See {@link FallbackCounts}. */
  get calls(): ReadonlyMap<string, number> {
    return this.#calls;
  }

  /** The same kernels, each call of which is counted unless it made nothing. */
  counting(reference: Kernels): Kernels {
    return wrapped(reference, (name, run) => {
      if (NO_ARITHMETIC.has(name)) return run;
      return (a, b, c, d, e, f) => {
        const y = run(a, b, c, d, e, f);
        if (y === undefined || (y as NdArray).storage.bytes > 0) this.#add(name);
        return y;
      };
    });
  }

  #add(name: string): void {
    this.#calls.set(name, (this.#calls.get(name) ?? 0) + 1);
    this.#total++;
  }
}

/**
 * A whole table of kernels: the fast one where there is one for the dtype and it does not decline,
 * else the reference's. Fast kernels never see an empty array as their first.
 *
 * @param reference loops over the memory in which the fast kernels work; see
 * {@link Fallbacks.counting}.
 * @param fast what there is, and for which dtypes.
 * @returns kernels of which each is chosen call by call.
 */
export function withFallback(reference: Kernels, fast: FastTable): Kernels {
  return wrapped(reference, (name, slow) => {
    const run = fast.kernels[name] as Run | undefined;
    if (run === undefined) return slow;
    if (name === "read" || name === "free") return run;
    const dtypes = fast.dtypesOf?.[name] ?? fast.dtypes;
    return guarded(run, slow, SUBJECTS[name] ?? [0], dtypes);
  });
}

/** A kernel that leaves to another what it does not compute, and what it declines. */
function guarded(
  fast: Run,
  slow: Run,
  [first, second]: Subjects,
  dtypes: readonly DType[],
): Run {
  return (a, b, c, d, e, f) => {
    const computes = isComputed(first === 0 ? a : first === 1 ? b : c, dtypes) &&
      (second === undefined || isComputed(c, dtypes));
    if (computes) {
      const y = fast(a, b, c, d, e, f);
      if (y !== DECLINED) return y;
    }
    return slow(a, b, c, d, e, f);
  };
}

/** Returns true if an argument of a call is something to compute with in one of the dtypes. */
function isComputed(subject: unknown, dtypes: readonly DType[]): boolean {
  if (typeof subject === "string") return dtypes.includes(subject as DType);
  if (Array.isArray(subject)) return dtypes.includes((subject as readonly NdArray[])[0].dtype);
  const { dtype, shape } = (subject as StepArrays).w ?? subject as NdArray;
  return dtypes.includes(dtype) && !shape.includes(0);
}

/** A table made of another, kernel by kernel. */
export function wrapped(kernels: Kernels, wrap: (name: KernelName, run: Run) => Run): Kernels {
  const entries = Object.entries(kernels).map(([name, run]) => [
    name,
    wrap(name as KernelName, run as Run),
  ]);
  return Object.fromEntries(entries) as Kernels;
}
