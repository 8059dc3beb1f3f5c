/**
 * Layers of Keras around another: `Bidirectional` and `TimeDistributed`.
 *
 * - **Source**: `bidirectional.py` and `time_distributed.py` of Keras 3.15.
 *
 * @module
 */
import { add, div, mul } from "../../../ops/elementwise/mod.ts";
import { concat, flip, reshape } from "../../../ops/shape/mod.ts";
import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { applyChild, type Layer, trainable } from "../../nn/layer.ts";
import { makeLayer } from "../../nn/make_layer.ts";
import { PLAIN } from "./build_plain.ts";
import { RECURRENT } from "./build_recurrent.ts";
import { SEQUENCES } from "./build_sequences.ts";
import { WEIGHTED } from "./build_weighted.ts";
import { type Builder, type LayerPart, type Part, weighted, type Weights } from "./parts.ts";
import type { LayerSettings } from "./settings.ts";

const MODES = ["concat", "sum", "mul", "ave"] as const;

/** Joins the results of both directions. */
function joinedBy(mode: typeof MODES[number], a: Tensor, b: Tensor): Tensor {
  if (mode === "concat") return concat([a, b], { axis: -1 });
  if (mode === "mul") return mul(a, b);
  return mode === "sum" ? add(a, b) : div(add(a, b), 2);
}

/** Names of the weights of one direction: here, and by their places in a `.keras` file. */
const DIRECTIONS = [["forward", "forward_layer"], ["backward", "backward_layer"]] as const;

/** The parameters of both directions. */
interface BothParams {
  readonly forward: unknown;
  readonly backward: unknown;
}

/** A recurrent layer that goes through sequences both ways. */
function bidirectional(settings: LayerSettings): Part {
  const forward = directed(settings, "layer", false) ??
    settings.fail("layer", "a layer", "none");
  const backward = directed(settings, "backward_layer", false) ??
    directed(settings, "layer", true)!;
  const mode = settings.choice("merge_mode", MODES, "concat");
  const parts = { forward: forward.layer, backward: backward.layer };
  const named = Object.entries(parts).map(([name, layer]) => ({ name, layer }));
  const layer: Layer<BothParams> = makeLayer({
    type: "Bidirectional",
    children: named,
    init: (random, inputShape, create) => ({
      forward: forward.layer.init(random.split("forward"), inputShape, create),
      backward: backward.layer.init(random.split("backward"), inputShape, create),
    }),
    outputShape(inputShape) {
      const shape = forward.layer.outputShape(inputShape);
      return mode === "concat" ? [...shape.slice(0, -1), 2 * shape[shape.length - 1]] : shape;
    },
    apply(params, x, options = {}) {
      const [a, b] = named.map((child) =>
        applyChild(child, params[child.name as keyof BothParams], x, options)
      );
      return joinedBy(mode, a, b.rank === 3 ? flip(b, { axis: 1 }) : b);
    },
    trainable: (params) => ({
      forward: trainable(forward.layer, params.forward),
      backward: trainable(backward.layer, params.backward),
    }),
  }, { params: "{ forward, backward }" });
  const specs = [forward, backward].flatMap(({ weights }, i) =>
    weights.map(({ names: [name], shape }, place) => ({
      names: [`${DIRECTIONS[i][0]}_${name}`, `${DIRECTIONS[i][1]}/cell/${place}`],
      shape,
    }))
  );
  return weighted(layer, specs, (weights) => ({
    forward: forward.params(without("forward_", weights)),
    backward: backward.params(without("backward_", weights)),
  }));
}

/** Builds the recurrent layer of a setting; of the other direction where it `turns`. */
function directed(settings: LayerSettings, name: string, turns: boolean): LayerPart | undefined {
  const nested = settings.nested(name);
  if (nested === undefined) return undefined;
  const build = RECURRENT.get(nested.layer.className);
  if (build === undefined) settings.fail(name, "LSTM, GRU or SimpleRNN", nested.layer.className);
  const { settings: own, layer } = nested;
  const backwards = own.flag("go_backwards", false) !== turns;
  return build!(own.changed(new Map([["go_backwards", backwards]])), layer) as LayerPart;
}

/** Takes the weights whose names begin so, by the rest of their names. */
function without(prefix: string, weights: Weights): Weights {
  const own = [...weights].filter(([name]) => name.startsWith(prefix));
  return new Map(own.map(([name, weight]) => [name.slice(prefix.length), weight]));
}

/** A layer that is applied to every element of sequences alike. */
function timeDistributed(settings: LayerSettings): Part {
  const nested = settings.nested("layer") ?? settings.fail("layer", "a layer", "none");
  const { className } = nested.layer;
  const build = WEIGHTED.get(className) ?? PLAIN.get(className) ?? RECURRENT.get(className) ??
    SEQUENCES.get(className);
  const inner = build?.(nested.settings, nested.layer);
  if (inner?.kind !== "layer") return settings.fail("layer", "a layer that is known", className);
  const { layer: each, weights, params } = inner;
  const elementOf = (shape: Shape) => shape.slice(1);
  const layer: Layer<unknown> = makeLayer({
    type: "TimeDistributed",
    children: [{ name: "layer", layer: each }],
    init: (random, inputShape, create) => each.init(random, elementOf(inputShape), create),
    outputShape: (inputShape) => [inputShape[0], ...each.outputShape(elementOf(inputShape))],
    apply(own, x, options) {
      const [examples, length, ...shape] = x.shape;
      const y = each.apply(own, reshape(x, [examples * length, ...shape]), options);
      return reshape(y, [examples, length, ...y.shape.slice(1)]);
    },
    trainable: (own) => trainable(each, own),
  });
  return { kind: "layer", layer, weights, params };
}

/** Layers around another by their classes. */
export const WRAPPERS: ReadonlyMap<string, Builder> = new Map<string, Builder>([
  ["Bidirectional", bidirectional],
  ["TimeDistributed", timeDistributed],
]);
