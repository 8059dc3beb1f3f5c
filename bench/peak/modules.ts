/**
 * The yardsticks as WebAssembly: plain fused multiply-adds, plain reading and plain copying.
 *
 * They show what 128-bit instructions can do in this engine on this machine, so that kernels are
 * measured against that and not against a data sheet.
 *
 * @module
 */
import { assemble, type Bytes, F32, type Func, I32, op, V128 } from "./assembler.ts";

/** Multiply-adds on each accumulator between two turns of the loop. */
const UNROLLED = 8;
/** Vectors that are read or copied between two turns of the loop. */
const VECTORS = 16;
const PAGE = 65536;

/** Counts the floating-point operations of one turn of the loop of {@link fmaModule}. */
export function flopsOfTurn(accumulators: number): number {
  return accumulators * UNROLLED * 4 * 2;
}

/** Bytes that reading and copying go ahead at a time; sizes must be multiples of it. */
export const STRIDE = VECTORS * 16;

/** Exports of {@link fmaModule}. */
export interface FmaExports {
  /** Computes `turns` times `a = a * factor + term` on all accumulators, many times over. */
  run(turns: number, factor: number, term: number): number;
}

/**
 * Makes a module of chains of `a = a * factor + term`, as many as there are accumulators, which do
 * not wait for each other. Each starts at another value: an optimizer computes chains that are
 * equal only once.
 *
 * @param fused relaxed SIMD's fused instruction; a product and a sum otherwise.
 */
export function fmaModule(accumulators: number, fused: boolean): Uint8Array<ArrayBuffer> {
  const [turns, factor, term, first] = [0, 1, 2, 5];
  const [factors, terms] = [3, 4];
  const chains = Array.from({ length: accumulators }, (_, i) => first + i);
  const step = (chain: number): Bytes =>
    fused
      ? [chain, factors, terms].flatMap(op.localGet)
        .concat(op.f32x4RelaxedMadd, op.localSet(chain))
      : [chain, factors].flatMap(op.localGet)
        .concat(op.f32x4Mul, op.localGet(terms), op.f32x4Add, op.localSet(chain));
  const func: Func = {
    name: "run",
    params: [I32, F32, F32],
    results: [F32],
    locals: [V128, V128, ...chains.map(() => V128)],
    body: [
      [...op.localGet(factor), ...op.f32x4Splat, ...op.localSet(factors)],
      [...op.localGet(term), ...op.f32x4Splat, ...op.localSet(terms)],
      ...chains.flatMap((chain, i) => [startOf(i), op.localSet(chain)]),
      op.loop,
      ...Array.from({ length: UNROLLED }, () => chains.flatMap(step)),
      [...op.localGet(turns), ...op.i32Const(1), ...op.i32Sub, ...op.localTee(turns)],
      op.brIf(0),
      op.end,
      op.localGet(chains[0]),
      ...chains.slice(1).flatMap((chain) => [op.localGet(chain), op.f32x4Add]),
      op.f32x4ExtractLane(0),
    ],
  };
  return assemble([func]);
}

function startOf(chain: number): Bytes {
  return op.v128Const([0, 1, 2, 3].map((lane) => 1 + chain + lane / 8));
}

/** Exports of {@link memoryModule}. */
export interface MemoryExports {
  /** Adds up `bytes` from 0 on. */
  read(bytes: number): number;
  /** Copies `bytes` from 0 on to `bytes` and on, a vector at a time. */
  copy(bytes: number): void;
  /** Does the same with the engine's own instruction for it. */
  copyBulk(bytes: number): void;
}

/** Makes a module of functions that read and copy memory, with room to copy `bytes`. */
export function memoryModule(bytes: number): Uint8Array<ArrayBuffer> {
  return assemble([readFunc(), copyFunc(), copyBulkFunc()], Math.ceil(2 * bytes / PAGE));
}

const [END, AT] = [0, 1];
const OFFSETS = Array.from({ length: VECTORS }, (_, i) => 16 * i);

function readFunc(): Func {
  const sums = [2, 3, 4, 5];
  const add = (offset: number, i: number): Bytes => {
    const sum = sums[i % sums.length];
    const loaded = [...op.localGet(AT), ...op.v128Load(offset)];
    return [...op.localGet(sum), ...loaded, ...op.f32x4Add, ...op.localSet(sum)];
  };
  return {
    name: "read",
    params: [I32],
    results: [F32],
    locals: [I32, ...sums.map(() => V128)],
    body: [
      ...loopTo(END, OFFSETS.map(add)),
      op.localGet(sums[0]),
      ...sums.slice(1).flatMap((sum) => [op.localGet(sum), op.f32x4Add]),
      op.f32x4ExtractLane(0),
    ],
  };
}

function copyFunc(): Func {
  const to = 2;
  const move = (offset: number): Bytes => [
    ...op.localGet(to),
    ...[...op.localGet(AT), ...op.v128Load(offset)],
    ...op.v128Store(offset),
  ];
  const body = [
    ...OFFSETS.map(move),
    [...op.localGet(to), ...op.i32Const(STRIDE), ...op.i32Add, ...op.localSet(to)],
  ];
  return {
    name: "copy",
    params: [I32],
    results: [],
    locals: [I32, I32],
    body: [[...op.localGet(END), ...op.localSet(to)], ...loopTo(END, body)],
  };
}

function copyBulkFunc(): Func {
  const args = [...op.localGet(0), ...op.i32Const(0), ...op.localGet(0)];
  return {
    name: "copyBulk",
    params: [I32],
    results: [],
    locals: [],
    body: [args, op.memoryCopy],
  };
}

/** Makes a loop in which local {@link AT} goes from 0 to the value of local `end` in strides. */
function loopTo(end: number, body: readonly Bytes[]): Bytes[] {
  const advance = [...op.localGet(AT), ...op.i32Const(STRIDE), ...op.i32Add, ...op.localTee(AT)];
  return [op.loop, ...body, advance, op.localGet(end), op.i32LtU, op.brIf(0), op.end];
}
