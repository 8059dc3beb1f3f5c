// The optimizers against PyTorch's (and Keras's rules): 20 steps in float64 through the whole loop of tape, gradient
// and step, on parameters of three shapes.

import { assert, assertEquals } from "@std/assert";
import {
  adagrad,
  adam,
  adamw,
  add,
  type Backend,
  lion,
  matmul,
  mean,
  mul,
  type Optimizer,
  referenceBackend,
  rmsprop,
  sgd,
  square,
  sub,
  tanh,
  Tape,
  type Tensor,
  tensor,
  wasmBackend,
} from "../../mod.ts";
import { type Run, runs, start, target, x } from "../golden/optim/goldens.ts";

/** Relative to 1: the values are of that size. */
const TOLERANCE = 1e-12;

interface Params {
  w: Tensor;
  bias: Tensor;
  scale: Tensor;
}

const MAKE: Record<Run["optimizer"], (options: Run["options"]) => Optimizer> = {
  sgd,
  adam,
  adamw,
  rmsprop,
  adagrad,
  lion,
};

function lossOf({ w, bias, scale }: Params, inputs: Tensor, targets: Tensor): Tensor {
  return mean(square(sub(mul(tanh(add(matmul(inputs, w), bias)), scale), targets)));
}

/** Steps along with a run and asserts that every element stays near to PyTorch's. */
function follow({ optimizer: name, options, steps }: Run, backend: Backend): void {
  const make = (values: number | number[] | number[][]) =>
    tensor(values, { dtype: "float64", backend });
  using optimizer = MAKE[name](options);
  const params = { w: make(start.w), bias: make(start.bias), scale: make(start.scale) };
  const [inputs, targets] = [make(x), make(target)];
  steps.forEach((expected, step) => {
    using tape = new Tape();
    const loss = lossOf(tape.watch(params), inputs, targets);
    optimizer.step(params, tape.gradient(loss, params));
    const actual = [params.w, params.bias, params.scale].flatMap((t) => [...t.dataSync()]);
    assertEquals(actual.length, expected.length);
    actual.forEach((value, i) => {
      const error = Math.abs(value - expected[i]);
      assert(error <= TOLERANCE, `step ${step + 1}, element ${i}: ${value}, not ${expected[i]}`);
    });
  });
}

for (const run of runs) {
  const options = Object.entries(run.options).map(([key, value]) => `${key} ${value}`).join(", ");
  Deno.test(`optim: golden ${run.optimizer}, ${options}`, () => {
    assertEquals(run.steps.length, 20);
    follow(run, referenceBackend());
    using wasm = wasmBackend({ threads: 1 });
    follow(run, wasm);
  });
}
