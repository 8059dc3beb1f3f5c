/**
 * Products of matrices by the C interface of BLAS, which OpenBLAS, BLIS, MKL and Accelerate have.
 *
 * @module
 */
import { openLibrary } from "../../ffi/open_library.ts";
import type { ArgumentType, Symbols, SymbolTable } from "../../ffi/signatures.ts";
import { requireHost } from "../../ffi/open_library.ts";
import { systemOf } from "../../ffi/system.ts";
import { CBLAS } from "./libraries.ts";

const ROW_MAJOR = 101;
const NOT_TURNED = 111;
const TURNED = 112;

/** Arguments of a product whose factors alpha and beta are of one type. */
function product<Float extends "f32" | "f64">(float: Float) {
  return [
    ...["i32", "i32", "i32", "i32", "i32", "i32"] as const, // order, two flags, three sizes
    float, // alpha
    ...["usize", "i32", "usize", "i32"] as const, // two matrices, each with the length of its rows
    float, // beta
    ...["usize", "i32"] as const, // the result
  ] as const satisfies readonly ArgumentType[];
}

const TABLE = {
  cblas_sgemm: { parameters: product("f32"), result: "void" },
  cblas_dgemm: { parameters: product("f64"), result: "void" },
  // The number of threads is set in another way in each library; Accelerate has none.
  openblas_set_num_threads: { parameters: ["i32"], result: "void", optional: true },
  bli_thread_set_num_threads: { parameters: ["usize"], result: "void", optional: true },
  MKL_Set_Num_Threads: { parameters: ["i32"], result: "void", optional: true },
  openblas_get_config: { parameters: [], result: "usize", optional: true },
} as const satisfies SymbolTable;

/** A product `y = a b + beta y`, of matrices at addresses. */
export interface BlasProduct {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly a: number;
  readonly b: number;
  readonly y: number;
  /** Share of y that is kept: 1 to add to it, 0 to write over it. */
  readonly beta: number;
}

/** The library. */
export interface Blas {
  /** Path or name by which it was found. */
  readonly path: string;
  /** Name and version, as far as it tells them. */
  readonly version: string;
  /** Multiplies matrices. */
  multiply(dtype: "float32" | "float64", product: BlasProduct): void;
  /** Sets the number of threads. */
  setThreads(threads: number): void;
}

const opened = new Map<string, Blas>();

/**
 * Opens the library, once for a path.
 *
 * @throws {FileError} if it cannot be found or loaded.
 */
export function openBlas(path: string | undefined): Blas {
  const key = path ?? "";
  let library = opened.get(key);
  if (library === undefined) opened.set(key, library = open(path));
  return library;
}

function open(given: string | undefined): Blas {
  const { path, symbols: c } = openLibrary(CBLAS, TABLE, given);
  return {
    path,
    version: versionOf(c),
    multiply(dtype, { rows, inner, columns, transposeA, transposeB, a, b, y, beta }) {
      const multiply = dtype === "float32" ? c.cblas_sgemm : c.cblas_dgemm;
      multiply(
        ROW_MAJOR,
        transposeA ? TURNED : NOT_TURNED,
        transposeB ? TURNED : NOT_TURNED,
        rows,
        columns,
        inner,
        1,
        a,
        transposeA ? rows : inner,
        b,
        transposeB ? inner : columns,
        beta,
        y,
        columns,
      );
    },
    setThreads(threads) {
      c.openblas_set_num_threads?.(threads);
      c.bli_thread_set_num_threads?.(threads);
      c.MKL_Set_Num_Threads?.(threads);
    },
  };
}

function versionOf(c: Symbols<typeof TABLE>): string {
  if (c.openblas_get_config === null) return "CBLAS";
  const system = systemOf(requireHost(CBLAS.action));
  // "OpenBLAS 0.3.21 DYNAMIC_ARCH ...": what follows is about how it was built.
  return system.textAt(c.openblas_get_config()).split(" ").slice(0, 2).join(" ");
}
