// A loss that is no number ends training with the step, the layer and the op that made it.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  div,
  log,
  mean,
  mul,
  Random,
  relu,
  sgd,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from "@tapegrad/tapegrad";
import { constant, Dense, Residual, Sequential } from "@tapegrad/tapegrad/nn";
import { fit, type Model, NonFiniteLossError } from "@tapegrad/tapegrad/train";

const squares = (y: Tensor, target: Tensor) => mean(square(sub(y, target)));

async function lossError<P>(
  model: Model<P>,
  params: P,
  x: number[][],
  { rate = 0.1, loss = squares, y = x } = {},
): Promise<NonFiniteLossError> {
  const training = fit(model, { x: tensor(x), y: tensor(y) }, {
    params,
    loss,
    optimizer: sgd({ learningRate: rate }),
    epochs: 5,
    batchSize: 1,
    shuffle: false,
  });
  return await assertRejects(() => Array.fromAsync(training), NonFiniteLossError);
}

Deno.test("NaN loss: the step, the layer and the op", async () => {
  const model = Sequential({
    first: Dense({ units: 1, initializer: constant(1) }),
    block: Residual(Sequential({ relu, unsafe: (x: Tensor) => div(x, x) })),
    last: Dense({ units: 1, initializer: constant(1) }),
  });
  const params = model.init(new Random(0), [1]);
  const error = await lossError(model, params, [[1], [0.5], [-8]], { rate: 0 });
  assertEquals(
    error.message,
    "Cannot train: the loss must be finite: it is NaN in step 3 of epoch 1; the first op that " +
      "made one is div, number 3 of the step, in layer block.body.unsafe",
  );
  const { op, layer, step, epoch, inputs } = error;
  assert(Number.isNaN(error.loss));
  assertEquals([op, layer, step, epoch, inputs], ["div", "block.body.unsafe", 3, 1, []]);
});

Deno.test("NaN loss: in the loss itself, which is in no layer", async () => {
  const model = Dense({ units: 1, initializer: constant(0) });
  const params = model.init(new Random(0), [1]);
  const error = await lossError(model, params, [[1]], { loss: (y) => sum(log(y)) });
  assertEquals(
    error.message,
    "Cannot train: the loss must be finite: it is -Infinity in step 1 of epoch 1; the first op " +
      "that made one is log, number 2 of the step, outside of the layers",
  );
  assertEquals(params.w.toArray(), [[0]], "the step was not taken");
});

Deno.test("NaN loss: brought in by the data", async () => {
  const model = Sequential({ layer: Dense({ units: 1 }) });
  const params = model.init(new Random(0), [1]);
  const error = await lossError(model, params, [[1], [NaN]], { rate: 0 });
  assertEquals(error.inputs, ["x", "y"]);
  assertEquals(
    error.message,
    "Cannot train: the loss must be finite: it is NaN in step 2 of epoch 1; before the step x, y " +
      "held a value that is not finite; the first op that made one is dense, number 1 of the " +
      "step, in layer layer",
  );
});

Deno.test("NaN loss: a parameter that an earlier step has lost", async () => {
  const model = { apply: (params: { w: Tensor }, x: Tensor) => mul(x, params.w) };
  const params = { w: tensor([1]) };
  const error = await lossError(model, params, [[1], [2]], { rate: 1e38, y: [[1e10], [1]] });
  assertEquals(error.inputs, ["w"]);
  assertEquals([error.step, error.op, error.layer], [2, "mul", ""]);
});
