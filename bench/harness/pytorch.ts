/**
 * Finding PyTorch, and an optimized BLAS for a PyTorch that was built without one.
 *
 * @module
 */

/** A Python that has PyTorch. */
export interface PyTorch {
  readonly python: string;
  readonly version: string;
  /** Folder of an optimized `libblas.so.3` to put before its own; none where it needs none. */
  readonly blas: string | undefined;
}

/** A way to run PyTorch: its family, and the variables of its environment. */
export interface PyTorchSetting {
  readonly family: string;
  readonly env: (threads: number) => Readonly<Record<string, string>>;
}

/** Commands that install PyTorch; shown where it is missing. */
export const INSTALL_PYTORCH =
  "`apt-get install python3-torch python3-numpy` or `pip install torch numpy`; --python names it";

/** Commands that install the BLAS; shown where PyTorch runs on a slow one. */
export const INSTALL_BLAS =
  "`apt-get download libopenblas0-openmp` and `dpkg-deb -x FILE bench/.cache/openblas`";

const PROBE = `import numpy, torch
print(torch.__version__)
print(torch.__config__.show())`;

/** Finds the first Python that can import PyTorch; undefined where there is none. */
export async function findPyTorch(
  python: string,
  blas: string,
  cache: string,
): Promise<PyTorch | undefined> {
  for (const candidate of python === "" ? ["python3", "/usr/bin/python3"] : [python]) {
    const answer = await outputOf(candidate, ["-c", PROBE]);
    if (answer === undefined) continue;
    const hasOwn = /BLAS_INFO=mkl|BLAS_INFO=open|Math Kernel Library/i.test(answer);
    const folder = blas !== "" ? blas : hasOwn ? undefined : await findBlas(cache);
    return { python: candidate, version: answer.split("\n")[0], blas: folder };
  }
  return undefined;
}

/**
 * Lists the ways in which PyTorch is timed, the best first.
 *
 * As people run it: with an optimized BLAS, told which kernels to use where it does not know the
 * processor. Tuned: the allocator keeps large blocks, which it otherwise gives back to the system
 * and gets anew, page by page, in every step. As installed: where that means a slow BLAS.
 */
export function settingsOf({ blas }: PyTorch): PyTorchSetting[] {
  const withBlas = (threads: number) => ({ ...threadsOf(threads), ...blasOf(blas) });
  const settings: PyTorchSetting[] = [
    {
      family: "PyTorch, tuned",
      env: (threads) => ({
        ...withBlas(threads),
        MALLOC_MMAP_THRESHOLD_: "1000000000",
        MALLOC_TRIM_THRESHOLD_: "2000000000",
        MALLOC_TOP_PAD_: "268435456",
      }),
    },
    { family: "PyTorch", env: withBlas },
  ];
  if (blas !== undefined) settings.push({ family: "PyTorch, its installed BLAS", env: threadsOf });
  return settings;
}

function threadsOf(threads: number): Record<string, string> {
  return { OMP_NUM_THREADS: `${threads}`, OPENBLAS_NUM_THREADS: `${threads}` };
}

function blasOf(folder: string | undefined): Record<string, string> {
  if (folder === undefined) return {};
  const others = Deno.env.get("LD_LIBRARY_PATH");
  const core = Deno.env.get("OPENBLAS_CORETYPE") ?? coreType();
  return {
    LD_LIBRARY_PATH: others ? `${folder}:${others}` : folder,
    ...(core === undefined ? {} : { OPENBLAS_CORETYPE: core }),
  };
}

/**
 * Names the processor for OpenBLAS, which takes processors (virtual ones above all) that it does
 * not know for very old ones.
 */
function coreType(): string | undefined {
  const flags = readIfPossible("/proc/cpuinfo");
  if (/\bavx512f\b/.test(flags)) return "SkylakeX";
  return /\bavx2\b/.test(flags) ? "Haswell" : undefined;
}

function readIfPossible(file: string): string {
  try {
    return Deno.readTextFileSync(file);
  } catch {
    return "";
  }
}

/** Finds a folder with OpenBLAS's `libblas.so.3`: unpacked into the cache, or installed. */
async function findBlas(cache: string): Promise<string | undefined> {
  for (const root of [`${cache}/openblas/usr/lib`, "/usr/lib"]) {
    for (const machine of await foldersIn(root)) {
      for (const kind of ["openblas-openmp", "openblas-pthread"]) {
        const folder = `${root}/${machine}/${kind}`;
        if ((await foldersIn(folder)).includes("libblas.so.3")) return folder;
      }
    }
  }
  return undefined;
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch {
    return [];
  }
}

async function outputOf(program: string, args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(program, { args, stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}
