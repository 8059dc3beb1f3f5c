/**
 * Primitives that are made and ready to run on arrays at any addresses: the main one, and a reorder
 * of the filters where the primitive wants them in a layout of its own.
 *
 * @module
 */
import { ARGUMENT, QUERY, SUCCESS } from "./constants.ts";
import type { ArrayDescriptor, ArrayLayout } from "./descriptors.ts";
import { check, type Onednn } from "./library.ts";

/** Bytes of an argument of an execution: a number, and a handle at an address that 8 divides. */
const ARGUMENT_BYTES = 16;

const { from, to } = { from: ARGUMENT.src, to: ARGUMENT.dst };

/** Arrays of a plan, by what they are to it; addresses, 0 where there is none. */
export interface Addresses {
  /** Images, or the left factor. */
  readonly x: number;
  /** Filters, or the right factor. */
  readonly w: number;
  readonly bias: number;
  /** Results. */
  readonly y: number;
  /** Memory of {@link Plan.scratchBytes} for reordered filters. */
  readonly scratch: number;
}

/** Handles of the arrays of a plan; 0 for none. */
export type Memories = Omit<Addresses, "scratch">;

/** Gives arrays their addresses. */
export function place({ c }: Onednn, memories: Memories, at: Addresses): void {
  c.dnnl_memory_set_data_handle(memories.x, at.x);
  c.dnnl_memory_set_data_handle(memories.w, at.w);
  c.dnnl_memory_set_data_handle(memories.y, at.y);
  if (memories.bias !== 0) c.dnnl_memory_set_data_handle(memories.bias, at.bias);
}

/** A computation that is ready to run. */
export interface Plan {
  /** Name of the implementation that the library has chosen. */
  readonly implementation: string;
  /** Bytes of memory that a run needs besides the arrays; 0 if none. */
  readonly scratchBytes: number;
  /** Computes. */
  run(at: Addresses): void;
  /** Gives back what the library holds. */
  close(): void;
}

/** Makes the parts of a plan, and gives back those that it does not need once it stands. */
export class PlanBuilder {
  readonly #library: Onednn;
  /** Ends what is needed while the plan is made. */
  readonly #passing: (() => void)[] = [];
  /** Ends what the plan needs as long as it lives. */
  readonly #lasting: (() => void)[] = [];

  constructor(library: Onednn) {
    this.#library = library;
  }

  /** Describes an array. */
  array(layout: ArrayLayout): ArrayDescriptor {
    const { descriptors } = this.#library;
    const descriptor = descriptors.array(layout);
    this.#passing.push(() => descriptors.free(descriptor));
    return descriptor;
  }

  /** Attributes with relu of the result; 0, none, without. */
  attributes(relu: boolean): number {
    if (!relu) return 0;
    const { c, descriptors } = this.#library;
    const attributes = this.#made((to) => c.dnnl_primitive_attr_create(to));
    this.#passing.push(() => c.dnnl_primitive_attr_destroy(attributes));
    const postOps = this.#made((to) => c.dnnl_post_ops_create(to));
    this.#passing.push(() => c.dnnl_post_ops_destroy(postOps));
    check("run kernel", "append relu", descriptors.appendRelu(postOps));
    check("run kernel", "set it", c.dnnl_primitive_attr_set_post_ops(attributes, postOps));
    return attributes;
  }

  /** Keeps a primitive descriptor while the plan is made. */
  keep(primitiveDescriptor: number): number {
    const { c } = this.#library;
    if (primitiveDescriptor !== 0) {
      this.#passing.push(() => c.dnnl_primitive_desc_destroy(primitiveDescriptor));
    }
    return primitiveDescriptor;
  }

  /** An array that is given an address at every run. */
  memory(descriptor: number): number {
    const { c, engine } = this.#library;
    const memory = this.#made((to) => c.dnnl_memory_create(to, descriptor, engine, 0));
    this.#lasting.push(() => c.dnnl_memory_destroy(memory));
    return memory;
  }

  /** A primitive with its arguments, to be executed. */
  primitive(descriptor: number, memories: readonly (readonly [number, number])[]): () => void {
    const { c, stream } = this.#library;
    const primitive = this.#made((to) => c.dnnl_primitive_create(to, descriptor));
    this.#lasting.push(() => c.dnnl_primitive_destroy(primitive));
    const list = new DataView(new ArrayBuffer(ARGUMENT_BYTES * memories.length));
    memories.forEach(([argument, memory], i) => {
      list.setInt32(ARGUMENT_BYTES * i, argument, true);
      list.setBigUint64(ARGUMENT_BYTES * i + 8, BigInt(memory), true);
    });
    const bytes = new Uint8Array(list.buffer);
    return () => {
      const status = c.dnnl_primitive_execute(primitive, stream, memories.length, bytes);
      if (status !== SUCCESS) check("run kernel", "execute a primitive", status);
    };
  }

  /** A reorder of an array from one layout to another. */
  reorder(
    [source, sourceMemory]: readonly [descriptor: number, memory: number],
    [target, targetMemory]: readonly [descriptor: number, memory: number],
  ): () => void {
    const { c, engine } = this.#library;
    const made = this.#made((to) =>
      c.dnnl_reorder_primitive_desc_create(to, source, engine, target, engine, 0)
    );
    return this.primitive(this.keep(made), [[from, sourceMemory], [to, targetMemory]]);
  }

  /** The layout that a primitive wants of its filters, or makes them in. */
  filters(primitiveDescriptor: number, isResult: boolean): number {
    const question = isResult ? QUERY.diffWeights : QUERY.weights;
    return this.#library.c.dnnl_primitive_desc_query_md(primitiveDescriptor, question, 0);
  }

  /** Name of an implementation. */
  implementation(primitiveDescriptor: number): string {
    const { c, system } = this.#library;
    const text = this.#made((to) =>
      c.dnnl_primitive_desc_query(primitiveDescriptor, QUERY.implementation, 0, to)
    );
    return system.textAt(text);
  }

  /** Ends what was needed on the way; returns what ends the rest. */
  finish(): () => void {
    for (const end of this.#passing.splice(0).reverse()) end();
    const lasting = this.#lasting.splice(0).reverse();
    return () => lasting.splice(0).forEach((end) => end());
  }

  #made(make: (to: BigUint64Array) => number): number {
    const handle = new BigUint64Array(1);
    check("run kernel", "make a primitive", make(handle));
    return Number(handle[0]);
  }
}

/** Builds a plan; whatever fails, nothing is left behind. */
export function build(
  library: Onednn,
  make: (builder: PlanBuilder) => Omit<Plan, "close"> | undefined,
): Plan | undefined {
  const builder = new PlanBuilder(library);
  let plan: Omit<Plan, "close"> | undefined;
  try {
    plan = make(builder);
  } catch (error) {
    builder.finish()();
    throw error;
  }
  const close = builder.finish();
  if (plan !== undefined) return { ...plan, close };
  close();
  return undefined;
}
