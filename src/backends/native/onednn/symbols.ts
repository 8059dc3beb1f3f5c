/**
 * Functions of oneDNN that are called: those that all versions have, and those by which version 2
 * describes things as structures and version 3 as objects of its own. Addresses and handles are
 * `usize`.
 *
 * @module
 */
import type { SymbolTable } from "../../../ffi/signatures.ts";

/** The function by which the version is found out, before any other is called. */
export const VERSION = {
  dnnl_version: { parameters: [], result: "usize" },
} as const satisfies SymbolTable;

/** Functions of all versions. */
export const COMMON = {
  dnnl_engine_create: { parameters: ["buffer", "i32", "usize"], result: "i32" },
  dnnl_stream_create: { parameters: ["buffer", "usize", "u32"], result: "i32" },
  dnnl_stream_wait: { parameters: ["usize"], result: "i32" },
  dnnl_memory_create: { parameters: ["buffer", "usize", "usize", "usize"], result: "i32" },
  dnnl_memory_destroy: { parameters: ["usize"], result: "i32" },
  dnnl_memory_set_data_handle: { parameters: ["usize", "usize"], result: "i32" },
  dnnl_memory_desc_equal: { parameters: ["usize", "usize"], result: "i32" },
  dnnl_memory_desc_get_size: { parameters: ["usize"], result: "usize" },
  dnnl_primitive_desc_query: { parameters: ["usize", "i32", "i32", "buffer"], result: "i32" },
  dnnl_primitive_desc_query_md: { parameters: ["usize", "i32", "i32"], result: "usize" },
  dnnl_primitive_desc_destroy: { parameters: ["usize"], result: "i32" },
  dnnl_primitive_create: { parameters: ["buffer", "usize"], result: "i32" },
  dnnl_primitive_destroy: { parameters: ["usize"], result: "i32" },
  dnnl_primitive_execute: { parameters: ["usize", "usize", "i32", "buffer"], result: "i32" },
  dnnl_reorder_primitive_desc_create: {
    parameters: ["buffer", "usize", "usize", "usize", "usize", "usize"],
    result: "i32",
  },
  dnnl_primitive_attr_create: { parameters: ["buffer"], result: "i32" },
  dnnl_primitive_attr_destroy: { parameters: ["usize"], result: "i32" },
  dnnl_primitive_attr_set_post_ops: { parameters: ["usize", "usize"], result: "i32" },
  dnnl_post_ops_create: { parameters: ["buffer"], result: "i32" },
  dnnl_post_ops_destroy: { parameters: ["usize"], result: "i32" },
  // Since 2.5. Without it there is nothing but float32.
  dnnl_set_default_fpmath_mode: { parameters: ["i32"], result: "i32", optional: true },
  // Of the OpenMP that the library runs on, which is found through it; missing with other threads.
  omp_set_num_threads: { parameters: ["i32"], result: "void", optional: true },
} as const satisfies SymbolTable;

/** Descriptors of the arrays of a convolution or product. */
const THREE_ARRAYS = ["usize", "usize", "usize"] as const;
const FOUR_ARRAYS = ["usize", "usize", "usize", "usize"] as const;
/** Strides, dilations, and zeros before and after the image. */
const WINDOW = ["buffer", "buffer", "buffer", "buffer"] as const;

/** Functions of version 2: structures are filled in, then made a primitive descriptor. */
export const VERSION_2 = {
  dnnl_memory_desc_init_by_strides: {
    parameters: ["buffer", "i32", "buffer", "i32", "buffer"],
    result: "i32",
  },
  dnnl_memory_desc_init_by_tag: {
    parameters: ["buffer", "i32", "buffer", "i32", "i32"],
    result: "i32",
  },
  dnnl_dilated_convolution_forward_desc_init: {
    parameters: ["buffer", "i32", "i32", ...FOUR_ARRAYS, ...WINDOW],
    result: "i32",
  },
  dnnl_dilated_convolution_backward_data_desc_init: {
    parameters: ["buffer", "i32", ...THREE_ARRAYS, ...WINDOW],
    result: "i32",
  },
  dnnl_dilated_convolution_backward_weights_desc_init: {
    parameters: ["buffer", "i32", ...FOUR_ARRAYS, ...WINDOW],
    result: "i32",
  },
  dnnl_matmul_desc_init: { parameters: ["buffer", ...FOUR_ARRAYS], result: "i32" },
  dnnl_primitive_desc_create: {
    parameters: ["buffer", "buffer", "usize", "usize", "usize"],
    result: "i32",
  },
  dnnl_post_ops_append_eltwise: {
    parameters: ["usize", "f32", "i32", "f32", "f32"],
    result: "i32",
  },
} as const satisfies SymbolTable;

/** Functions of version 3: everything is an object that the library makes and destroys. */
export const VERSION_3 = {
  dnnl_memory_desc_create_with_strides: {
    parameters: ["buffer", "i32", "buffer", "i32", "buffer"],
    result: "i32",
  },
  dnnl_memory_desc_create_with_tag: {
    parameters: ["buffer", "i32", "buffer", "i32", "i32"],
    result: "i32",
  },
  dnnl_memory_desc_destroy: { parameters: ["usize"], result: "i32" },
  dnnl_convolution_forward_primitive_desc_create: {
    parameters: ["buffer", "usize", "i32", "i32", ...FOUR_ARRAYS, ...WINDOW, "usize"],
    result: "i32",
  },
  dnnl_convolution_backward_data_primitive_desc_create: {
    parameters: ["buffer", "usize", "i32", ...THREE_ARRAYS, ...WINDOW, "usize", "usize"],
    result: "i32",
  },
  dnnl_convolution_backward_weights_primitive_desc_create: {
    parameters: ["buffer", "usize", "i32", ...FOUR_ARRAYS, ...WINDOW, "usize", "usize"],
    result: "i32",
  },
  dnnl_matmul_primitive_desc_create: {
    parameters: ["buffer", "usize", ...FOUR_ARRAYS, "usize"],
    result: "i32",
  },
  dnnl_post_ops_append_eltwise: { parameters: ["usize", "i32", "f32", "f32"], result: "i32" },
} as const satisfies SymbolTable;
