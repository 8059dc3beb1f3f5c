// Arguments of fit, evaluate and predict that plain JavaScript lets through: said by name, before
// anything runs.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { adam, mse, Random, sgd, ShapeError, softmaxCE, tensor } from "@tapegrad/tapegrad";
import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
import { accuracy, collect, evaluate, fit, predict } from "@tapegrad/tapegrad/train";
import { assertExactError, assertExactRejection } from "../support/exact_error.ts";

/** Passes a value as a user without types can. */
// deno-lint-ignore no-explicit-any -- stands for any wrong type
const wrong = (value: unknown): any => value;

const MODEL = Sequential({ hidden: Dense({ units: 3 }), head: Dense({ units: 2 }) });
const DATA = { x: tensor([[1, 2], [3, 4]]), y: tensor([0, 1], { dtype: "int32" }) };

function options() {
  return {
    params: MODEL.init(new Random(0), [2]),
    loss: softmaxCE,
    optimizer: sgd({ learningRate: 0.1 }),
    epochs: 1,
  };
}

function evaluation() {
  const { params, loss } = options();
  return { params, loss };
}

function prediction() {
  const { params } = options();
  return { params };
}

/** Arguments of a wrong kind, and the text about them. */
const REFUSED: readonly [more: Record<string, unknown>, text: string][] = [
  [
    { params: undefined },
    "params must be those of model.init(random, inputShape): got undefined",
  ],
  [{ loss: "mse" }, 'loss must be a function of y and target, such as softmaxCE: got "mse"'],
  [
    { loss: undefined },
    "loss must be a function of y and target, such as softmaxCE: got undefined",
  ],
  [{ metrics: ["accuracy"] }, "metrics must be named, { accuracy: accuracy() }: got an array"],
  [{ metrics: { a: "accuracy" } }, 'metric a must be made by a call, accuracy(): got "accuracy"'],
];

const OPTIMIZERS: typeof REFUSED = [["adam", '"adam"'], [adam, "function"], [
  undefined,
  "undefined",
]]
  .map(([optimizer, got]) => [
    { optimizer },
    `optimizer must be one that a call has made, such as adam({ learningRate: 0.001 }): got ${got}`,
  ]);

Deno.test("fit, evaluate, predict: options of the wrong kind are named", async () => {
  for (const [more, text] of [...REFUSED, ...OPTIMIZERS]) {
    const given = wrong({ ...options(), ...more });
    assertExactError(() => fit(MODEL, DATA, given), TypeError, `Cannot train: ${text}`);
    if ("optimizer" in more) continue;
    const evaluated = () => evaluate(MODEL, DATA, wrong({ ...evaluation(), ...more }));
    await assertExactRejection(evaluated, TypeError, `Cannot evaluate: ${text}`);
    if (!("params" in more)) continue;
    const predicted = () => predict(MODEL, DATA.x, wrong({ ...prediction(), ...more }));
    await assertExactRejection(predicted, TypeError, `Cannot predict: ${text}`);
  }
  assertExactError(
    () => fit(MODEL, DATA, wrong(undefined)),
    TypeError,
    "Cannot train: options must be an object with params, loss, optimizer: got undefined",
  );
  assertThrows(
    () => fit(MODEL, DATA, wrong({ ...options(), epochs: undefined })),
    RangeError,
    "epochs",
  );
});

Deno.test("fit, evaluate, predict: models and data of the wrong kind are named", async () => {
  for (
    const [model, got] of [["Dense", '"Dense"'], [Dense, "function"], [undefined, "undefined"]]
  ) {
    const text = `model must be a layer or { apply: (params, x) => … }: got ${got}`;
    assertExactError(() => fit(wrong(model), DATA, options()), TypeError, `Cannot train: ${text}`);
    const predicted = () => predict(wrong(model), DATA.x, prediction());
    await assertExactRejection(predicted, TypeError, `Cannot predict: ${text}`);
  }
  const refused: [data: unknown, text: string][] = [
    [undefined, "data must be examples { x, y } or a source of batches: got undefined"],
    [[DATA.x, DATA.y], "data must be examples { x, y } or a source of batches: got an array"],
    [
      { ...DATA, x: [[1, 2], [3, 4]] },
      "x must be a tensor, tensor(x), or { shape, dtype, data }: got an array",
    ],
    [
      { ...DATA, y: Int32Array.of(0, 1) },
      "y must be a tensor, tensor(y), or { shape, dtype, data }: got Int32Array",
    ],
  ];
  for (const [data, text] of refused) {
    assertExactError(() => fit(MODEL, wrong(data), options()), TypeError, `Cannot train: ${text}`);
    const evaluated = () => evaluate(MODEL, wrong(data), evaluation());
    await assertExactRejection(evaluated, TypeError, `Cannot evaluate: ${text}`);
  }
});

Deno.test("fit: a metric that was not called is named", async () => {
  const metrics = { share: wrong(accuracy) };
  await assertRejects(
    () => collect(fit(MODEL, DATA, { ...options(), metrics })),
    TypeError,
    "Cannot measure share: a metric must make { add, value } when it is called: got function; " +
      "metrics of the library are made by a call, accuracy()",
  );
});

Deno.test("fit: errors in the middle name the layer, and what to do about labels", async () => {
  const { params, ...rest } = options();
  const other = Sequential({ hidden: Dense({ units: 3 }), head: Dense({ units: 2 }) });
  const error = await assertRejects(
    () => collect(fit(other, { ...DATA, x: tensor([[1, 2, 3], [4, 5, 6]]) }, { params, ...rest })),
    ShapeError,
    "; in layer hidden (Dense)",
  );
  assertEquals(error.message.startsWith("Cannot apply dense: "), true);
  await assertRejects(
    () => collect(fit(MODEL, { ...DATA, y: tensor([0, 1]) }, options())),
    ShapeError,
    'cast(labels, "int32")',
  );
  await assertRejects(
    () => collect(fit(MODEL, { ...DATA, y: tensor([[0], [1]]) }, { ...options(), loss: mse })),
    ShapeError,
  );
});
