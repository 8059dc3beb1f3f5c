// The activation functions: values by hand, kinks, NaN, infinities, large arguments.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  clip,
  elu,
  gelu,
  grad,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  logSigmoid,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  sum,
  type Tensor,
  tensor,
} from "../../mod.ts";

const FLOATS = ["float32", "float64"] as const;
const tanhGelu = (x: Tensor) => gelu(x, { approximate: "tanh" });

type Activation = (x: Tensor) => Tensor;

function slopes(f: Activation, x: readonly number[], dtype: "float32" | "float64" = "float64") {
  return grad((x: Tensor) => sum(f(x)))(tensor([...x], { dtype })).toArray();
}

/** A function at some points, and its derivative there. */
interface Points {
  readonly f: Activation;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly slope: readonly number[];
}

const KINKS: Record<string, Points> = {
  relu: { f: relu, x: [-1, -0, 0, 2], y: [0, 0, 0, 2], slope: [0, 0, 0, 1] },
  relu6: { f: relu6, x: [-1, 0, 2, 6, 7], y: [0, 0, 2, 6, 6], slope: [0, 0, 1, 0, 0] },
  leakyRelu: {
    f: (x) => leakyRelu(x, { slope: 0.25 }),
    x: [-4, 0, 2, -Infinity],
    y: [-1, 0, 2, -Infinity],
    slope: [0.25, 0.25, 1, 0.25],
  },
  clip: {
    f: (x) => clip(x, -1, 2),
    x: [-2, -1, 0, 2, 3, Infinity, -Infinity],
    y: [-1, -1, 0, 2, 2, 2, -1],
    slope: [0, 1, 1, 1, 0, 0, 0],
  },
  elu: {
    f: (x) => elu(x, { alpha: 2 }),
    x: [0, 3, Infinity, -Infinity],
    y: [0, 3, Infinity, -2],
    slope: [2, 1, 1, 0],
  },
  hardSigmoid: {
    f: hardSigmoid,
    x: [-4, -3, 0, 3, Infinity],
    y: [0, 0, 0.5, 1, 1],
    slope: [0, 0, Math.fround(1 / 6), 0, 0],
  },
  hardSwish: {
    f: hardSwish,
    x: [-4, -3, 0, 3, Infinity, -Infinity],
    y: [0, 0, 0, 3, Infinity, 0],
    slope: [0, 0, 0.5, 1, 1, 0],
  },
};

Deno.test("activations: values and slopes at kinks and infinities", () => {
  for (const [name, { f, x, y, slope }] of Object.entries(KINKS)) {
    for (const dtype of FLOATS) {
      assertEquals(f(tensor([...x], { dtype })).toArray(), [...y], `${name}, ${dtype}`);
      const actual = (slopes(f, x, dtype) as number[]).map(Math.fround);
      assertEquals(actual, [...slope], `the slope of ${name}, ${dtype}`);
    }
  }
});

const SMOOTH: readonly (readonly [name: string, f: Activation, limits: readonly number[]])[] = [
  ["softplus", softplus, [1e4, 0, Infinity, 0]],
  ["logSigmoid", logSigmoid, [0, -1e4, 0, -Infinity]],
  ["silu", silu, [1e4, 0, Infinity, 0]],
  ["mish", mish, [1e4, 0, Infinity, 0]],
  ["gelu", gelu, [1e4, 0, Infinity, 0]],
  ["geluTanh", tanhGelu, [1e4, 0, Infinity, 0]],
];

Deno.test("activations: large arguments and infinities give limits, and so do slopes", () => {
  const far = [1e4, -1e4, Infinity, -Infinity];
  for (const [name, f, limits] of SMOOTH) {
    for (const dtype of FLOATS) {
      assertEquals(f(tensor(far, { dtype })).toArray(), [...limits], `${name}, ${dtype}`);
      const expected = name === "logSigmoid" ? [0, 1, 0, 1] : [1, 0, 1, 0];
      assertEquals(slopes(f, far, dtype), expected, `the slope of ${name}, ${dtype}`);
      const bends = slopes((x) => grad((x: Tensor) => sum(f(x)))(x), [1e4, -1e4, 1e30], dtype);
      assertEquals(bends, [0, 0, 0], `the second derivative of ${name}, ${dtype}`);
    }
  }
  assertEquals(sigmoid(tensor([-1e4, 1e4])).toArray(), [0, 1]);
});

Deno.test("activations: NaN goes through values and slopes, whatever the gradient", () => {
  const all = [...Object.values(KINKS).map(({ f }) => f), ...SMOOTH.map(([, f]) => f), selu];
  for (const f of all) {
    for (const dtype of FLOATS) {
      assertEquals(f(tensor([NaN], { dtype })).toArray(), [NaN]);
      assertEquals(slopes(f, [NaN], dtype), [NaN]);
    }
  }
});

Deno.test("activations: values to all digits", () => {
  // mpmath 1.3.0, mp.dps = 40: the formulas of the docs, rounded to float64.
  const at = [-3, -0.5, 1.5];
  const table: [Activation, number[]][] = [
    [softplus, [0.04858735157374206, 0.4740769841801067, 1.7014132779827524]],
    [logSigmoid, [-3.048587351573742, -0.9740769841801067, -0.2014132779827524]],
    [silu, [-0.14227761953270035, -0.18877033439907273, 1.2263617142904655]],
    [mish, [-0.14564746127562458, -0.22074377465173, 1.4033782663958025]],
    [gelu, [-0.0040496940948902835, -0.15426876936299344, 1.399789198096713]],
    [tanhGelu, [-0.003637392081773019, -0.15428599017485609, 1.3995715769802328]],
    [elu, [-0.950212931632136, -0.3934693402873666, 1.5]],
    [selu, [-1.670568728767112, -0.6917581878028713, 1.5760514810332207]],
  ];
  for (const [f, expected] of table) {
    const y = f(tensor(at, { dtype: "float64" })).dataSync();
    expected.forEach((value, i) => assertAlmostEquals(y[i], value, 1e-14 * Math.abs(value)));
  }
});
