/**
 * Functions of elements, one by one.
 *
 * @module
 */
import { repeatedStrides } from "../../../core/geometry/broadcast.ts";
import { sizeOf } from "../../../core/shape.ts";
import { DECLINED, type FastKernels } from "../../fallback.ts";
import type { ActivationKind, ActivationParameters, MapKind, NdArray } from "../../kernels.ts";
import { access, bits, type Programs } from "../programs.ts";
import {
  ACTIVATION_FUNCTIONS,
  ACTIVATIONS,
  BINARIES,
  COMPARISONS,
  INTEGER_BINARIES,
  INTEGER_FUNCTIONS,
  INTEGER_MAPS,
  MAPS,
  PARAMETERS,
} from "../wgsl/kinds.ts";
import { walkOver } from "./strides.ts";

type Names =
  | "unary"
  | "activationGrad"
  | "binary"
  | "compare"
  | "where"
  | "addInPlace"
  | "blendInPlace"
  | "cast";

/** Parameters of an activation as numbers of a program. */
function parametersOf(kind: ActivationKind, parameters: ActivationParameters) {
  const values = parameters as Readonly<Record<string, number>>;
  const [a = 0, b = 0] = (PARAMETERS[kind] ?? []).map((name) => values[name]);
  return { aBits: bits(a), bBits: bits(b) };
}

const WITH_PARAMETERS = "let a = bitcast<f32>(aBits); let b = bitcast<f32>(bBits);";

/** The kernels. */
export function elementwiseKernels(g: Programs): Pick<FastKernels, Names> {
  const { memory } = g;

  function map(kind: MapKind, x: NdArray): NdArray | typeof DECLINED {
    const { get, put } = access(x.dtype);
    const expression = (x.dtype === "float32" ? MAPS : INTEGER_MAPS)[kind];
    if (expression === undefined) return DECLINED;
    const y = memory.reserve(x.shape, x.dtype);
    g.each({
      key: `${kind} ${x.dtype}`,
      count: sizeOf(x.shape),
      numbers: { wordX: memory.word(x), wordY: memory.word(y) },
      body: () => `let x = ${get}(wordX + i); ${put}(wordY + i, ${expression});`,
    });
    return y;
  }

  function activate(kind: ActivationKind, x: NdArray, parameters: ActivationParameters): NdArray {
    const y = memory.reserve(x.shape, x.dtype);
    g.each({
      key: kind,
      count: sizeOf(x.shape),
      numbers: {
        wordX: memory.word(x),
        wordY: memory.word(y),
        ...parametersOf(kind, parameters),
      },
      functions: ACTIVATION_FUNCTIONS,
      body: () =>
        `${WITH_PARAMETERS} let x = f(wordX + i); put(wordY + i, ${ACTIVATIONS[kind].value});`,
    });
    return y;
  }

  return {
    unary: (kind, x, parameters = {}) =>
      kind in MAPS
        ? map(kind as MapKind, x)
        : x.dtype === "float32"
        ? activate(kind as ActivationKind, x, parameters)
        : DECLINED,

    activationGrad(kind, dy, x, parameters) {
      const dx = dy.isSpent ? dy : memory.reserve(x.shape, x.dtype);
      g.each({
        key: `${kind}Grad`,
        count: sizeOf(x.shape),
        numbers: {
          wordDy: memory.word(dy),
          wordX: memory.word(x),
          wordDx: memory.changedWord(dx),
          ...parametersOf(kind, parameters),
        },
        functions: ACTIVATION_FUNCTIONS,
        body: () =>
          `${WITH_PARAMETERS}
let x = f(wordX + i);
let slope = select(${ACTIVATIONS[kind].slope}, x, isNan(x));
put(wordDx + i, select(f(wordDy + i) * slope, 0.0, slope == 0.0));`,
      });
      return dx;
    },

    binary(kind, a, b, { shape, aStrides, bStrides }) {
      const { get, put } = access(a.dtype);
      const expression = (a.dtype === "float32" ? BINARIES : INTEGER_BINARIES)[kind];
      const walk = walkOver(shape, [aStrides, bStrides]);
      if (expression === undefined || walk === undefined) return DECLINED;
      const y = memory.reserve(shape, a.dtype);
      g.each({
        key: `${kind} ${a.dtype} ${walk.key}`,
        count: walk.count,
        numbers: {
          wordA: memory.word(a),
          wordB: memory.word(b),
          wordY: memory.word(y),
          ...walk.numbers,
        },
        dims: walk.dims,
        functions: INTEGER_FUNCTIONS,
        body: () =>
          `${walk.code}
let a = ${get}(atA); let b = ${get}(atB);
${put}(wordY + i, ${expression});`,
      });
      return y;
    },

    compare(kind, a, b, { shape, aStrides, bStrides }) {
      const { get } = access(a.dtype);
      const walk = walkOver(shape, [aStrides, bStrides]);
      if (walk === undefined) return DECLINED;
      const y = memory.reserve(shape, "uint8");
      const isFloat = a.dtype === "float32";
      const nan = kind === "notEqual" ? "true" : "false";
      const holds = isFloat
        ? `select(${COMPARISONS[kind]}, ${nan}, isNan(a) || isNan(b))`
        : COMPARISONS[kind];
      g.each({
        key: `${kind} ${isFloat} ${walk.key}`,
        count: walk.count,
        numbers: {
          wordA: memory.word(a),
          wordB: memory.word(b),
          wordY: memory.word(y),
          ...walk.numbers,
        },
        dims: walk.dims,
        body: () =>
          `${walk.code}
let a = ${get}(atA); let b = ${get}(atB);
putInt(wordY + i, select(0, 1, ${holds}));`,
      });
      return y;
    },

    where(condition, a, b, { shape, shapes }) {
      const walk = walkOver(shape, shapes.map((own) => repeatedStrides(own, shape)));
      if (walk === undefined) return DECLINED;
      const y = memory.reserve(shape, a.dtype);
      g.each({
        key: `where ${walk.key}`,
        count: walk.count,
        numbers: {
          wordA: memory.word(condition),
          wordB: memory.word(a),
          wordC: memory.word(b),
          wordY: memory.word(y),
          ...walk.numbers,
        },
        dims: walk.dims,
        body: () =>
          `${walk.code}
heap[wordY + i] = select(heap[atC], heap[atB], heap[atA] != 0u);`,
      });
      return y;
    },

    addInPlace(target, x) {
      const { get, put } = access(x.dtype);
      g.each({
        key: `addInPlace ${x.dtype}`,
        count: sizeOf(x.shape),
        numbers: { wordX: memory.word(x), wordY: memory.changedWord(target) },
        body: () => `${put}(wordY + i, ${get}(wordY + i) + ${get}(wordX + i));`,
      });
    },

    blendInPlace(target, x, keep, take) {
      g.each({
        key: "blendInPlace",
        count: sizeOf(x.shape),
        numbers: {
          wordX: memory.word(x),
          wordY: memory.changedWord(target),
          keep: bits(keep),
          take: bits(take),
        },
        body: () =>
          "put(wordY + i, bitcast<f32>(keep) * f(wordY + i) + bitcast<f32>(take) * f(wordX + i));",
      });
    },

    cast(x, dtype) {
      if (dtype === "float64") return DECLINED;
      const isFloat = x.dtype === "float32";
      const { get } = access(x.dtype);
      const { put } = access(dtype);
      const value = isFloat === (dtype === "float32") ? "x" : isFloat ? "wrapped(x)" : "f32(x)";
      const y = memory.reserve(x.shape, dtype);
      g.each({
        key: `cast ${x.dtype} ${dtype}`,
        count: sizeOf(x.shape),
        numbers: { wordX: memory.word(x), wordY: memory.word(y) },
        functions: CASTS,
        body: () => `let x = ${get}(wordX + i); ${put}(wordY + i, ${value});`,
      });
      return y;
    },
  };
}

/** A float cut off towards 0, of which the low 32 bits are kept: by the bits of the float. */
const CASTS = {
  wrapped: `fn wrapped(x: f32) -> i32 {
  let word = bitcast<u32>(x);
  let e = i32((word >> 23u) & 255u) - 150;
  if (e > 31 || e < -23) { return 0; }
  let mantissa = (word & 0x007fffffu) | 0x00800000u;
  let size = select(mantissa >> u32(max(-e, 0)), mantissa << u32(max(e, 0)), e >= 0);
  return select(i32(size), -i32(size), (word >> 31u) == 1u);
}`,
};
