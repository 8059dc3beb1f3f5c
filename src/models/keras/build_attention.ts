/**
 * Attention of Keras: of one head by products or sums, and of many heads.
 *
 * - **Source**: `attention.py`, `additive_attention.py` and `multi_head_attention.py` of Keras 3.15.
 *
 * @module
 */
import { add, mul, tanh } from "../../../ops/elementwise/mod.ts";
import { einsum, matmul } from "../../../ops/linalg/mod.ts";
import { softmax } from "../../../ops/losses/mod.ts";
import { sum } from "../../../ops/reduce/mod.ts";
import { expandDims } from "../../../ops/shape/mod.ts";
import { type CreateOptions, ones, tensor, zeros } from "../../core/create.ts";
import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { glorotUniform } from "../../nn/initializers.ts";
import type { Random } from "../../random/random.ts";
import type { Builder, CallSettings, JointLayer, WeightSpec } from "./parts.ts";
import type { LayerSettings } from "./settings.ts";

/** A summand that takes the elements of a sequence after each out of its softmax. */
const FAR = -1e9;

/** Makes scores `[..., T, S]` those of elements that are not after each other, if so asked. */
function looksBack(scores: Tensor, call: CallSettings): Tensor {
  if (call.get("use_causal_mask") !== true) return scores;
  const [from, to] = scores.shape.slice(-2);
  const later = Float32Array.from(
    { length: from * to },
    (_, i) => i % to > Math.floor(i / to) ? FAR : 0,
  );
  const { dtype, backend } = scores;
  return add(scores, tensor(later, { shape: [from, to], dtype, backend }));
}

/** Query, value and key, which is the value where there is none. */
function threeOf(settings: LayerSettings, inputs: readonly Tensor[]): [Tensor, Tensor, Tensor] {
  const [query, value, key = value] = inputs;
  const isFine = inputs.length > 1 && inputs.length < 4 && inputs.every(({ rank }) => rank === 3);
  return isFine
    ? [query, value, key]
    : settings.fail("inputs", "two or three sequences", inputs.map(({ rank }) => rank).join(", "));
}

/** Parameters of attention with one head. */
interface ScaleParams {
  readonly scale: Tensor;
}

/** Attention with one head, by scores of queries and keys. */
function singleHead(
  settings: LayerSettings,
  type: string,
  scaleShape: ((query: Shape) => Shape) | null,
  scoresOf: (query: Tensor, key: Tensor, scale: Tensor | undefined) => Tensor,
) {
  const joint: JointLayer = {
    type,
    init: (_random, [query], create) =>
      scaleShape === null ? null : { scale: ones(scaleShape(query), create) },
    outputShape: ([query, value]) => [query[0], value[1]],
    apply(params, inputs, call) {
      const [query, value, key] = threeOf(settings, inputs);
      const scores = scoresOf(query, key, (params as ScaleParams | null)?.scale);
      return matmul(softmax(looksBack(scores, call)), value);
    },
  };
  const weights: WeightSpec[] = scaleShape === null
    ? []
    : [{ names: ["scale"], shape: scaleShape([null as never, null as never]) }];
  return {
    kind: "joint",
    joint,
    weights,
    params: (weights: ReadonlyMap<string, Tensor>) =>
      scaleShape === null ? null : { scale: weights.get("scale")! },
  } as const;
}

const dotAttention: Builder = (settings, { className }) => {
  settings.choice("score_mode", ["dot"], "dot");
  const scaleShape = settings.flag("use_scale", false) ? () => [] : null;
  return singleHead(settings, className, scaleShape, (query, key, scale) => {
    const scores = matmul(query, key, { transposeB: true });
    return scale === undefined ? scores : mul(scores, scale);
  });
};

const additiveAttention: Builder = (settings, { className }) => {
  const scaleShape = settings.flag("use_scale", true) ? (query: Shape) => [query[1]] : null;
  return singleHead(settings, className, scaleShape, (query, key, scale) => {
    const sums = tanh(add(expandDims(query, 2), expandDims(key, 1)));
    return sum(scale === undefined ? sums : mul(sums, scale), { axis: -1 });
  });
};

/** A product of sequences for all heads, `[D, H, K]` or back `[H, K, D]`. */
interface Projection {
  readonly w: Tensor;
  readonly bias: Tensor | null;
}

const PROJECTIONS = ["query", "key", "value", "output"] as const;
type HeadParams = Readonly<Record<typeof PROJECTIONS[number], Projection>>;

function project(equation: string, x: Tensor, { w, bias }: Projection): Tensor {
  const y = einsum(equation, x, w);
  return bias === null ? y : add(y, bias);
}

const manyHeads: Builder = (settings, { className }) => {
  const [heads, size] = [settings.integer("num_heads"), settings.integer("key_dim")];
  const valueSize = settings.integer("value_dim", size);
  const hasBias = settings.flag("use_bias", true);
  if (settings.raw("output_shape") !== undefined) settings.fail("output_shape", "none", "another");
  if (settings.single("attention_axes", 1) !== 1) settings.fail("attention_axes", "1", "another");
  if (settings.flag("use_gate", false)) settings.fail("use_gate", "false", "true");
  const sizes = { query: size, key: size, value: valueSize };
  const joint: JointLayer = {
    type: className,
    init(random, [query, value, key = value], create) {
      const from = { query, key, value };
      const entries = (["query", "key", "value"] as const).map((name) => [
        name,
        projection(random.split(name), [from[name][1], heads, sizes[name]], [heads, sizes[name]]),
      ]);
      const output = projection(random.split("output"), [heads, valueSize, query[1]], [query[1]]);
      return { ...Object.fromEntries(entries), output };

      function projection(own: Random, shape: Shape, biasShape: Shape): Projection {
        const options: CreateOptions = create ?? {};
        const w = glorotUniform(own, shape, options);
        return { w, bias: hasBias ? zeros(biasShape, options) : null };
      }
    },
    outputShape: ([query]) => query,
    apply(params, inputs, call) {
      const own = params as HeadParams;
      const [query, value, key] = threeOf(settings, inputs);
      const q = mul(project("btd,dhk->bthk", query, own.query), 1 / Math.sqrt(size));
      const k = project("btd,dhk->bthk", key, own.key);
      const v = project("btd,dhk->bthk", value, own.value);
      const scores = looksBack(einsum("bqhk,bshk->bhqs", q, k), call);
      const seen = einsum("bhqs,bshv->bqhv", softmax(scores), v);
      return project("bqhv,hvd->bqd", seen, own.output);
    },
  };
  const specs = PROJECTIONS.flatMap((name): WeightSpec[] => {
    const shape = name === "output" ? [heads, valueSize, null] : [null, heads, sizes[name]];
    const biasShape = name === "output" ? [null] : [heads, sizes[name]];
    const kernel = { names: [`${name}_kernel`, `${name}_dense/0`, `_${name}_dense/0`], shape };
    const bias = {
      names: [`${name}_bias`, `${name}_dense/1`, `_${name}_dense/1`],
      shape: biasShape,
    };
    return hasBias ? [kernel, bias] : [kernel];
  });
  return {
    kind: "joint",
    joint,
    weights: specs,
    params: (weights) =>
      Object.fromEntries(PROJECTIONS.map((name) => [name, {
        w: weights.get(`${name}_kernel`)!,
        bias: weights.get(`${name}_bias`) ?? null,
      }])),
  };
};

/** Attention by its classes. */
export const ATTENTION: ReadonlyMap<string, Builder> = new Map<string, Builder>([
  ["AdditiveAttention", additiveAttention],
  ["Attention", dotAttention],
  ["MultiHeadAttention", manyHeads],
]);
