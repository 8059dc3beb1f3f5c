/**
 * Recurrent layers of Keras: `SimpleRNN`, `LSTM`, `GRU`, over sequences `[N, T, C]`.
 *
 * - **Source**: `simple_rnn.py`, `lstm.py` and `gru.py` of Keras 3.15; for the order of gates and the
 *   two forms of GRU.
 *
 * @module
 */
import { add, mul, sub } from "../../../ops/elementwise/mod.ts";
import { dense, matmul } from "../../../ops/linalg/mod.ts";
import { slice, stack } from "../../../ops/shape/mod.ts";
import { zeros } from "../../core/create.ts";
import type { Tensor } from "../../core/tensor.ts";
import { glorotUniform, orthogonal } from "../../nn/initializers.ts";
import type { Layer } from "../../nn/layer.ts";
import { makeLayer } from "../../nn/make_layer.ts";
import type { TensorFunction } from "./activations.ts";
import { type Builder, type Part, weighted, type WeightSpec } from "./parts.ts";
import type { LayerSettings } from "./settings.ts";

/** Parameters of a recurrent layer. */
interface RecurrentParams {
  /** Weights of inputs, `[C, gates U]`. */
  readonly w: Tensor;
  /** Weights of the state, `[U, gates U]`. */
  readonly recurrent: Tensor;
  /** Summands, `[gates U]`; `[2, gates U]` of a GRU that resets after the product. */
  readonly bias: Tensor | null;
}

/** Functions of a cell. */
interface Cell {
  readonly units: number;
  readonly activation: TensorFunction;
  readonly gate: TensorFunction;
}

/** State of a cell: what it gives, and what it keeps besides. */
interface State {
  readonly h: Tensor;
  readonly c?: Tensor;
}

/** A step: from the products of the inputs and the state before to the next state. */
type Step = (cell: Cell, inputs: Tensor, state: State, params: RecurrentParams) => State;

const same: TensorFunction = (x) => x;

/** Takes gate `i` of products `[N, gates U]`. */
function gateOf(x: Tensor, i: number, units: number): Tensor {
  return slice(x, [null, [i * units, (i + 1) * units]]);
}

const simpleStep: Step = ({ activation }, inputs, { h }, { recurrent }) => ({
  h: activation(add(inputs, matmul(h, recurrent))),
});

const lstmStep: Step = ({ units, activation, gate }, inputs, { h, c }, { recurrent }) => {
  const sums = add(inputs, matmul(h, recurrent));
  const [input, forget, output] = [0, 1, 3].map((i) => gate(gateOf(sums, i, units)));
  const kept = add(mul(forget, c!), mul(input, activation(gateOf(sums, 2, units))));
  return { h: mul(output, activation(kept)), c: kept };
};

/** A step of a GRU: the reset gate acts on the state after its product with the weights, or before. */
const gruStep = (resetsAfter: boolean): Step => (cell, inputs, { h }, { recurrent, bias }) => {
  const { units, activation, gate } = cell;
  const own = bias !== null && resetsAfter ? slice(bias, [1]) : undefined;
  const products = resetsAfter
    ? dense(h, recurrent, { bias: own })
    : matmul(h, slice(recurrent, [null, [0, 2 * units]]));
  const [update, reset] = [0, 1].map((i) =>
    gate(add(gateOf(inputs, i, units), gateOf(products, i, units)))
  );
  const past = resetsAfter
    ? mul(reset, gateOf(products, 2, units))
    : matmul(mul(reset, h), slice(recurrent, [null, [2 * units, 3 * units]]));
  const candidate = activation(add(gateOf(inputs, 2, units), past));
  return { h: add(mul(update, h), mul(sub(1, update), candidate)) };
};

/** Makes a layer of a step with so many gates. */
function recurrent(type: string, gates: number, settings: LayerSettings, step: Step): Part {
  for (const name of ["stateful", "return_state"]) {
    if (settings.flag(name, false)) settings.fail(name, "false", "true");
  }
  const units = settings.integer("units");
  const sequences = settings.flag("return_sequences", false);
  const backwards = settings.flag("go_backwards", false);
  const hasBias = settings.flag("use_bias", true);
  const resetsAfter = type === "GRU" && settings.flag("reset_after", settings.isNew);
  const cell: Cell = {
    units,
    activation: settings.activation("activation", "tanh") ?? same,
    gate: settings.activation("recurrent_activation", "sigmoid") ?? same,
  };
  const size = gates * units;
  const biasShape = resetsAfter ? [2, size] : [size];
  const layer: Layer<RecurrentParams> = makeLayer({
    type,
    options: { units, sequences, backwards },
    init(random, inputShape, create) {
      return {
        w: glorotUniform(random.split("w"), [inputShape[1], size], create),
        recurrent: orthogonal()(random.split("recurrent"), [units, size], create),
        bias: hasBias ? zeros(biasShape, create) : null,
      };
    },
    outputShape: ([length]) => sequences ? [length, units] : [units],
    apply(params, x) {
      const { bias } = params;
      const own = bias === null ? undefined : resetsAfter ? slice(bias, [0]) : bias;
      const products = dense(x, params.w, { bias: own });
      const length = x.shape[1];
      const start = zeros([x.shape[0], units], { dtype: x.dtype, backend: x.backend });
      let state: State = { h: start, c: start };
      const results: Tensor[] = [];
      for (let i = 0; i < length; i++) {
        const inputs = slice(products, [null, backwards ? length - 1 - i : i]);
        state = step(cell, inputs, state, params);
        if (sequences) results.push(state.h);
      }
      return sequences ? stack(results, { axis: 1 }) : state.h;
    },
  }, { params: "{ w, recurrent, bias }" });
  const spec = (name: string, shape: WeightSpec["shape"]): WeightSpec => ({ names: [name], shape });
  const specs = [spec("kernel", [null, size]), spec("recurrent_kernel", [units, size])];
  if (hasBias) specs.push(spec("bias", biasShape));
  return weighted(layer, specs, (weights) => ({
    w: weights.get("kernel")!,
    recurrent: weights.get("recurrent_kernel")!,
    bias: weights.get("bias") ?? null,
  }));
}

/** Recurrent layers by their classes. */
export const RECURRENT: ReadonlyMap<string, Builder> = new Map<string, Builder>([
  ["GRU", (settings) => {
    const resetsAfter = settings.flag("reset_after", settings.isNew);
    return recurrent("GRU", 3, settings, gruStep(resetsAfter));
  }],
  ["LSTM", (settings) => recurrent("LSTM", 4, settings, lstmStep)],
  ["SimpleRNN", (settings) => recurrent("SimpleRNN", 1, settings, simpleStep)],
]);
