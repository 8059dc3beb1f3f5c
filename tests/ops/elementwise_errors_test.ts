// Errors of the elementwise ops, word by word.

import {
  add,
  ceil,
  clip,
  div,
  elu,
  floor,
  fmod,
  gelu,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  less,
  logicalXor,
  logSigmoid,
  maximum,
  minimum,
  mish,
  mod,
  mul,
  pow,
  relu,
  relu6,
  round,
  ShapeError,
  silu,
  softplus,
  square,
  sub,
  tensor,
  where,
  zeros,
} from "../../mod.ts";
import { floatFunctions } from "../support/float_functions.ts";
import { assertRefuses, type Refusal } from "../support/refusals.ts";

/** Passes a value as a user without types can. */
// deno-lint-ignore no-explicit-any -- stands for any wrong type
const wrong = (value: unknown): any => value;

const int32 = (...values: number[]) => tensor(values, { dtype: "int32" });

function refuses(name: string, refusals: readonly Refusal[]): void {
  Deno.test(name, () => refusals.forEach(assertRefuses));
}

const FLOATS = "dtype must be float32 or float64, cast(x, dtype) converts";
const ALIKE = "dtypes must be equal, cast(x, dtype) converts";

const FLOAT_FUNCTIONS = [
  ...Object.values(floatFunctions).map(({ of }) => of),
  ...[ceil, elu, floor, gelu, hardSigmoid, hardSwish, leakyRelu, logSigmoid, mish, relu, relu6],
  ...[round, silu, softplus],
];

refuses(
  "elementwise: refuse integers where a function has fractions",
  FLOAT_FUNCTIONS.map((op): Refusal => [
    () => op(int32(1)),
    ShapeError,
    `Cannot apply ${op.name}: ${FLOATS}: x is int32`,
  ]),
);

refuses("elementwise: refuse parameters that are no such numbers", [
  [
    () => leakyRelu(zeros([1]), { slope: wrong("0.1x") }),
    TypeError,
    'Cannot apply leakyRelu: slope must be a number: got "0.1x"',
  ],
  [
    () => elu(zeros([1]), { alpha: NaN }),
    RangeError,
    "Cannot apply elu: alpha must be a number: got NaN",
  ],
  [
    () => clip(zeros([1]), NaN, 1),
    RangeError,
    "Cannot apply clip: low must be a number: got NaN",
  ],
  [
    () => clip(zeros([1]), 0, wrong(undefined)),
    RangeError,
    "Cannot apply clip: high must be a number: got undefined",
  ],
  [
    () => clip(zeros([1]), 2, 1),
    RangeError,
    "Cannot apply clip: low must not be above high: low is 2, high is 1",
  ],
  [
    () => gelu(zeros([1]), { approximate: wrong("fast") }),
    RangeError,
    'Cannot apply gelu: approximate must be "none" or "tanh": got fast',
  ],
]);

refuses("where: refuses conditions that are no answers, and what does not go together", [
  [
    () => where(zeros([2]), 1, 0),
    ShapeError,
    "Cannot apply where: condition must be uint8, as comparisons make them: condition is float32",
  ],
  [
    () => where(wrong(true), 1, 0),
    TypeError,
    "Cannot apply where: condition must be a tensor: got boolean; make one with tensor(values)",
  ],
  [
    () => where(zeros([2], { dtype: "uint8" }), zeros([3]), 0),
    ShapeError,
    "Cannot apply where: sizes of condition, a and b must be equal or 1 in each dimension, " +
    "counted from the last: condition is [2], a is [3], b is []",
  ],
  [
    () => where(zeros([2], { dtype: "uint8" }), zeros([2]), int32(1)),
    ShapeError,
    `Cannot apply where: ${ALIKE}: a is float32, b is int32`,
  ],
]);

refuses("elementwise: refuse operands that do not go together", [
  ...[add, sub, mul, div, minimum, maximum, pow, mod, fmod, less, logicalXor].flatMap((
    op,
  ): Refusal[] => [
    [
      () => op(zeros([2, 3]), zeros([2])),
      ShapeError,
      `Cannot apply ${op.name}: sizes of a and b must be equal or 1 in each dimension, counted ` +
      "from the last: a is [2, 3], b is [2]",
    ],
    [
      () => op(zeros([0]), zeros([2])),
      ShapeError,
      `Cannot apply ${op.name}: sizes of a and b must be equal or 1 in each dimension, counted ` +
      "from the last: a is [0], b is [2]",
    ],
    [
      () => op(zeros([2]), zeros([2], { dtype: "float64" })),
      ShapeError,
      `Cannot apply ${op.name}: ${ALIKE}: a is float32, b is float64`,
    ],
    [
      () => op(wrong([1]), zeros([1])),
      TypeError,
      `Cannot apply ${op.name}: a must be a tensor: got an array; make one with tensor(values)`,
    ],
  ]),
  [
    () => div(int32(4), int32(2)),
    ShapeError,
    `Cannot apply div: ${FLOATS}: a is int32, b is int32`,
  ],
  [
    () => square(wrong("x")),
    TypeError,
    "Cannot apply square: x must be a tensor: got string; make one with tensor(values)",
  ],
  [
    () => add(int32(1), 0.5),
    RangeError,
    "Cannot create tensor: int32 holds integers from -2147483648 to 2147483647: got 0.5",
  ],
]);
