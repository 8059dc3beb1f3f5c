/**
 * Programs for a device: WGSL around a body, and the numbers that it is told, by their names.
 *
 * @module
 */
import type { DType } from "../../core/dtype.ts";
import { type Commands, type Groups, MANY_NUMBERS, OWN_NUMBERS } from "./commands.ts";
import type { GpuMemory } from "./memory.ts";
import { type WgslFunctions, withLibrary } from "./wgsl/library.ts";

/** Invocations of a group. */
export const GROUP = 64;
/** Most groups along a dimension of a dispatch, of every device. */
const MOST_GROUPS = 65535;
const NUMBERS_IN_VECTOR = 4;

/** Numbers by the names that a program knows them by: integers of 32 bits, as they are. */
export type Numbers = Readonly<Record<string, number>>;

/** A program that runs once for each element. */
export interface ElementProgram {
  /** Its name; programs of one name have one body and the same names of numbers. */
  readonly key: string;
  /** Number of elements. */
  readonly count: number;
  /** Numbers that the body knows by their names, as u32. */
  readonly numbers: Numbers;
  /** Numbers of dimensions, which the body reads as `p[DIMS + d]`, four at a time. */
  readonly dims?: readonly number[];
  /** Numbers of a table, which the body reads as `p[TABLE + i]`, four at a time. */
  readonly table?: readonly number[];
  /** WGSL that computes element `i`. */
  readonly body: () => string;
  /** Functions of its own. */
  readonly functions?: WgslFunctions;
}

/** A program with groups that share memory. */
export interface GroupProgram extends Omit<ElementProgram, "count"> {
  /** Groups to run. */
  readonly groups: Groups;
  /** Invocations of a group along both dimensions. */
  readonly size: readonly [x: number, y: number];
  /** Declarations outside of functions. */
  readonly shared?: string;
}

/** The bits of a float32, as programs are told it: `bitcast<f32>(name)`. */
export function bits(value: number): number {
  FLOAT[0] = value;
  return WORD[0];
}

const FLOAT = new Float32Array(1);
const WORD = new Uint32Array(FLOAT.buffer);

/** Runs programs on arrays of a memory. */
export class Programs {
  readonly commands: Commands;
  readonly memory: GpuMemory;

  constructor(commands: Commands, memory: GpuMemory) {
    this.commands = commands;
    this.memory = memory;
  }

  /** Runs a body for every element. */
  each({ key, count, numbers, dims, table, body, functions }: ElementProgram): void {
    if (count === 0) return;
    const groups = Math.ceil(count / GROUP);
    const rows = Math.ceil(groups / MOST_GROUPS);
    const source = () => {
      const text = `@compute @workgroup_size(${GROUP})
fn main(@builtin(global_invocation_id) invocation: vec3<u32>) {
${named(Object.keys(numbers), 1)}
let i = invocation.x + invocation.y * ${MOST_GROUPS * GROUP}u;
if (i >= p[0][0]) { return; }
${body()}
}`;
      return head(table) + withLibrary(text, functions);
    };
    this.commands.run(
      key,
      source,
      together([count, ...Object.values(numbers)], dims, table),
      [Math.min(groups, MOST_GROUPS), rows, 1],
    );
  }

  /** Runs a body in groups. */
  grouped(program: GroupProgram): void {
    const { key, groups, size, numbers, dims, table, body, shared = "", functions } = program;
    const source = () => {
      const text = `${shared}
@compute @workgroup_size(${size[0]}, ${size[1]})
fn main(@builtin(workgroup_id) block: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
${named(Object.keys(numbers), 0)}
${body()}
}`;
      return head(table) + withLibrary(text, functions);
    };
    this.commands.run(key, source, together(Object.values(numbers), dims, table), groups);
  }
}

/** Vectors of uniforms before a table. */
const TABLE = (OWN_NUMBERS + NUMBERS_IN_VECTOR) / NUMBERS_IN_VECTOR;

/** Vectors of uniforms before dimensions. */
const DIMS = 4;
/** Most dimensions that a program is told. */
export const MOST_DIMS: number = OWN_NUMBERS / NUMBERS_IN_VECTOR - DIMS;

/** Puts numbers, dimensions and a table where programs look for them. */
function together(
  numbers: number[],
  dims: readonly number[] | undefined,
  table: readonly number[] | undefined,
): number[] {
  if (dims !== undefined) {
    while (numbers.length < DIMS * NUMBERS_IN_VECTOR) numbers.push(0);
    numbers.push(...dims);
  }
  if (table !== undefined) {
    while (numbers.length < TABLE * NUMBERS_IN_VECTOR) numbers.push(0);
    numbers.push(...table);
  }
  return numbers;
}

/** Most numbers of a table. */
export const MOST_IN_TABLE: number = MANY_NUMBERS - TABLE * NUMBERS_IN_VECTOR;

/** The beginning of every program: the heap as words, the numbers, and how both are read. */
function head(table: readonly number[] | undefined): string {
  const vectors = table === undefined ? TABLE : MANY_NUMBERS / NUMBERS_IN_VECTOR;
  return `@group(0) @binding(0) var<storage, read_write> heap: array<u32>;
@group(0) @binding(1) var<uniform> p: array<vec4<u32>, ${vectors}>;
const DIMS = ${DIMS}u;
const TABLE = ${TABLE}u;
fn f(at: u32) -> f32 { return bitcast<f32>(heap[at]); }
fn put(at: u32, value: f32) { heap[at] = bitcast<u32>(value); }
fn n(at: u32) -> i32 { return bitcast<i32>(heap[at]); }
fn putInt(at: u32, value: i32) { heap[at] = bitcast<u32>(value); }
fn putByte(at: u32, value: i32) { heap[at] = u32(value) & 255u; }
`;
}

/** Names of numbers, from a place on. */
function named(names: readonly string[], first: number): string {
  return names.map((name, i) => {
    const at = first + i;
    return `let ${name} = p[${Math.floor(at / NUMBERS_IN_VECTOR)}][${at % NUMBERS_IN_VECTOR}];`;
  }).join("\n");
}

/** Names of what reads and writes elements of a dtype. */
export function access(dtype: DType): { readonly get: string; readonly put: string } {
  if (dtype === "float32") return { get: "f", put: "put" };
  return { get: "n", put: dtype === "uint8" ? "putByte" : "putInt" };
}
