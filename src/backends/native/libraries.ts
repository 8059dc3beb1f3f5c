/**
 * Native libraries of this backend: where they are looked for, how they are installed, and the
 * variables that must be set before they are loaded.
 *
 * @module
 */
import { type LibrarySearch, requireHost } from "../../ffi/open_library.ts";
import { systemOf } from "../../ffi/system.ts";

const ACTION = "make native backend";

/** The search for oneDNN, whose Debian package is libdnnl. */
export const ONEDNN: LibrarySearch = {
  action: ACTION,
  title: "oneDNN",
  option: "libraries.onednn",
  variable: "TAPEGRAD_ONEDNN",
  names: {
    linux: ["libdnnl.so.3", "libdnnl.so.2", "libdnnl.so"],
    darwin: [
      "libdnnl.dylib",
      "/opt/homebrew/lib/libdnnl.dylib",
      "/usr/local/lib/libdnnl.dylib",
    ],
    win32: ["dnnl.dll"],
  },
  install: [
    "apt install libdnnl2, or libdnnl3 where that is newer (Debian, Ubuntu)",
    "dnf install onednn (Fedora)",
    "brew install onednn (macOS)",
    "conda install -c conda-forge onednn (Windows, all)",
  ],
};

/** The search for a library with the C interface of BLAS. */
export const CBLAS: LibrarySearch = {
  action: ACTION,
  title: "a BLAS",
  option: "libraries.blas",
  variable: "TAPEGRAD_BLAS",
  names: {
    linux: [
      "libopenblas.so.0",
      "libopenblas.so",
      "libblis.so.4",
      "libmkl_rt.so.2",
      "libcblas.so.3",
      "libblas.so.3",
    ],
    darwin: [
      "/System/Library/Frameworks/Accelerate.framework/Accelerate",
      "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
      "/usr/local/opt/openblas/lib/libopenblas.dylib",
    ],
    win32: ["libopenblas.dll", "openblas.dll", "mkl_rt.2.dll"],
  },
  install: [
    "apt install libopenblas0 (Debian, Ubuntu)",
    "dnf install openblas (Fedora)",
    "nothing, Accelerate is part of it (macOS)",
    "conda install -c conda-forge openblas (Windows, all)",
  ],
};

/**
 * Variables by which threads of the libraries sleep when they have nothing to do. They spin
 * otherwise, on the cores that ours need between two calls, and where the machine is busy a call
 * takes many times as long.
 */
const PASSIVE: Readonly<Record<string, string>> = {
  OMP_WAIT_POLICY: "passive", // every OpenMP
  KMP_BLOCKTIME: "0", // that of Intel and LLVM
  OPENBLAS_THREAD_TIMEOUT: "4", // powers of two of cycles; 4 is the least
};

/** Makes the threads of libraries that are loaded from now on sleep; what the user set stays. */
export function letThreadsSleep(): void {
  const system = systemOf(requireHost(ACTION));
  for (const [name, value] of Object.entries(PASSIVE)) {
    if (system.variable(name) === undefined) system.setVariable(name, value);
  }
}
