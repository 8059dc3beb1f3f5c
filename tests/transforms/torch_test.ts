// Second derivatives of CNNs against PyTorch's, in float64: gradients and products of the Hessian
// with a vector, by reverse over reverse and by forward over reverse.

import { assert, assertEquals } from "@std/assert";
import {
  avgPool,
  type Backend,
  conv2d,
  dense,
  flatten,
  grad,
  hvp,
  jvp,
  maxPool,
  referenceBackend,
  relu,
  softmaxCE,
  tanh,
  type Tensor,
  tensor,
  valueAndGrad,
  wasmBackend,
} from "../../mod.ts";
import {
  type Arrays,
  arrays,
  direction,
  labels,
  networks,
  shapes,
} from "../golden/second_order/goldens.ts";

/** Relative to the largest element of an array. */
const TOLERANCE = 1e-9;

type Tensors = Record<string, Tensor>;

const LAYERS: Record<keyof typeof networks, (x: Tensor) => Tensor> = {
  "relu + maxPool": (x) => maxPool(relu(x), { size: 2 }),
  "tanh + avgPool": (x) => avgPool(tanh(x), { size: 2 }),
};

const NAMES = Object.keys(networks) as (keyof typeof networks)[];

for (const name of NAMES) {
  for (const make of [referenceBackend, wasmBackend]) {
    Deno.test(`torch: gradients and Hessian-vector products, ${name}, ${make.name}`, () => {
      using backend: Backend = make();
      const y = tensor(labels as number[], { dtype: "int32", backend });
      const loss = ({ x, w, bias, dense: weights, denseBias }: Tensors) => {
        const features = LAYERS[name](conv2d(x, w, { bias, padding: "same" }));
        return softmaxCE(dense(flatten(features), weights, { bias: denseBias }), y);
      };
      const [params, v] = [upload(arrays, backend), upload(direction, backend)];
      const expected = networks[name];
      const [value, grads] = valueAndGrad(loss)(params);
      assertNear("loss", value.dataSync(), [expected.loss]);
      assertAllNear("gradient", grads, expected.grads);
      assertAllNear("H v", hvp(loss, params, v), expected.products);
      assertAllNear("H v forward", jvp(grad(loss), params, v)[1], expected.products);
    });
  }
}

function upload(values: Arrays, backend: Backend): Tensors {
  return Object.fromEntries(
    Object.entries(values).map(([name, data]) => [
      name,
      tensor(data as number[], { shape: shapes[name], dtype: "float64", backend }),
    ]),
  );
}

function assertAllNear(what: string, actual: Tensors, expected: Arrays): void {
  assertEquals(Object.keys(actual).sort(), Object.keys(expected).sort());
  for (const [name, t] of Object.entries(actual)) {
    assertNear(`${what} ${name}`, t.dataSync(), expected[name]);
  }
}

function assertNear(what: string, actual: ArrayLike<number>, expected: readonly number[]): void {
  assertEquals(actual.length, expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  assert(largest > 0, `${what} is zero`);
  const error = Math.max(...expected.map((value, i) => Math.abs(value - actual[i])));
  assert(error <= TOLERANCE * largest, `${what}: ${error} of ${largest}`);
}
