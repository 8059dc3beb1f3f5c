/**
 * A small assembler of WebAssembly modules: just what the yardsticks of the bench need.
 *
 * @module
 */

/** An instruction or any other piece of a module, as bytes. */
export type Bytes = readonly number[];

/** Types of values, as they are encoded. */
export const I32 = 0x7f;
export const F32 = 0x7d;
export const V128 = 0x7b;

/** A function that a module exports. */
export interface Func {
  readonly name: string;
  readonly params: Bytes;
  readonly results: Bytes;
  /** Types of the local variables after the parameters. */
  readonly locals: Bytes;
  readonly body: readonly Bytes[];
}

/** Writes an unsigned number in as many groups of seven bits as it needs. */
export function unsigned(value: number): Bytes {
  const bytes: number[] = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push(value % 128 + (rest > 0 ? 128 : 0));
    value = rest;
  } while (value > 0);
  return bytes;
}

/** Writes a signed number of at most 32 bits, the same way. */
export function signed(value: number): Bytes {
  const bytes: number[] = [];
  while (true) {
    const group = value & 127;
    value >>= 7;
    if (value === (group & 64 ? -1 : 0)) return [...bytes, group];
    bytes.push(group | 128);
  }
}

const simd = (opcode: number, ...rest: Bytes): Bytes => [0xfd, ...unsigned(opcode), ...rest];
const access = (opcode: number, offset: number) => simd(opcode, 0, ...unsigned(offset));
const f32 = (value: number): Bytes => [...new Uint8Array(new Float32Array([value]).buffer)];

/** Instructions, by their names in the text format. */
export const op = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  end: [0x0b],
  brIf: (depth: number): Bytes => [0x0d, ...unsigned(depth)],
  localGet: (index: number): Bytes => [0x20, ...unsigned(index)],
  localSet: (index: number): Bytes => [0x21, ...unsigned(index)],
  localTee: (index: number): Bytes => [0x22, ...unsigned(index)],
  i32Const: (value: number): Bytes => [0x41, ...signed(value)],
  i32LtU: [0x49],
  i32Add: [0x6a],
  i32Sub: [0x6b],
  memoryCopy: [0xfc, 0x0a, 0x00, 0x00],
  v128Load: (offset: number): Bytes => access(0x00, offset),
  v128Store: (offset: number): Bytes => access(0x0b, offset),
  v128Const: (lanes: Bytes): Bytes => simd(0x0c, ...lanes.flatMap(f32)),
  f32x4Splat: simd(0x13),
  f32x4ExtractLane: (lane: number): Bytes => simd(0x1f, lane),
  f32x4Add: simd(0xe4),
  f32x4Mul: simd(0xe6),
  f32x4RelaxedMadd: simd(0x105),
} as const;

/** Assembles a module with functions, and with `pages` of memory where there is any. */
export function assemble(funcs: readonly Func[], pages = 0): Uint8Array<ArrayBuffer> {
  const types = funcs.map(({ params, results }) => [0x60, ...list([...params]), ...list(results)]);
  const exports = funcs.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]);
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(3, vector(funcs.map((_, i) => unsigned(i)))),
    ...(pages > 0 ? section(5, vector([[0x00, ...unsigned(pages)]])) : []),
    ...section(7, vector(exports)),
    ...section(10, vector(funcs.map(code))),
  ]);
}

function code({ locals, body }: Func): Bytes {
  const declared = locals.map((type) => [1, type]);
  return list([...vector(declared), ...body.flat(), ...op.end]);
}

function section(id: number, content: Bytes): Bytes {
  return [id, ...list(content)];
}

function vector(items: readonly Bytes[]): Bytes {
  return [...unsigned(items.length), ...items.flat()];
}

function list(bytes: Bytes): Bytes {
  return [...unsigned(bytes.length), ...bytes];
}

function text(name: string): Bytes {
  return list([...new TextEncoder().encode(name)]);
}
