// Datasets: what is refused, in which words.

import { ShapeError } from "../../../mod.ts";
import { arrayDataset, generatedDataset, type HostArray } from "../../../src/data/mod.ts";
import { assertExactError, assertExactRejection } from "../../support/exact_error.ts";
import { numbered } from "./support.ts";

type ErrorClass = typeof TypeError | typeof ShapeError;

const scalar: HostArray = { shape: [], dtype: "int32", data: Int32Array.of(1) };

Deno.test("dataset errors: fields", () => {
  const make = (fields: Record<string, unknown>) => () =>
    arrayDataset(fields as Record<string, Int32Array>);
  const cases: [fields: Record<string, unknown>, type: ErrorClass, message: string][] = [
    [{}, TypeError, "it must have fields: got none"],
    [{ x: scalar }, ShapeError, "the first dimension counts the examples: x is a scalar"],
    [
      { x: new Int32Array(2), y: { shape: [3, 0], dtype: "int32", data: new Int32Array() } },
      ShapeError,
      "all fields must hold equally many examples: x is [2], y is [3, 0]",
    ],
    [
      { x: { shape: [2, 2], dtype: "int32", data: new Int32Array(3) } },
      ShapeError,
      "data must fill the shape: x has 3 elements, shape [2, 2] holds 4",
    ],
    ...([
      [null, "null"],
      [3, "number"],
      [{}, "object"],
      [{ shape: [1] }, "object"],
      [[1, 2], "an array"],
      [
        { shape: [1], dtype: "int32", data: new Uint8Array(1) },
        "object",
      ],
    ] as const).map(([x, got]): [Record<string, unknown>, ErrorClass, string] => [
      { x },
      TypeError,
      `a field must be an array with shape, dtype and data: got ${got} for x`,
    ]),
  ];
  for (const [fields, type, rule] of cases) {
    assertExactError(make(fields), type, `Cannot make dataset: ${rule}`);
  }
});

Deno.test("dataset errors: counts and seeds", async () => {
  const dataset = numbered(4);
  const integer = "must be an integer of at least";
  const cases: [() => unknown, string][] = [
    [() => dataset.take(-1), `take examples: count ${integer} 0: got -1`],
    [() => dataset.take(0.5), `take examples: count ${integer} 0: got 0.5`],
    [() => dataset.skip(NaN), `skip examples: count ${integer} 0: got NaN`],
    [() => dataset.batch(0), `make batches: size ${integer} 1: got 0`],
    [() => dataset.batch(1).prefetch(-1), `prefetch batches: ahead ${integer} 0: got -1`],
    [() => dataset.shuffle(0.5), "shuffle dataset: seed must be an integer: got 0.5"],
    [() => dataset.map((e) => e, { seed: NaN }), "map dataset: seed must be an integer: got NaN"],
    [
      () => generatedDataset({ size: -2, examples: () => [] }),
      `make dataset: size ${integer} 0: got -2`,
    ],
  ];
  for (const [act, message] of cases) assertExactError(act, RangeError, `Cannot ${message}`);
  const rejections: [() => Promise<unknown>, string][] = [
    [
      () => dataset.batch(1).batches({ epoch: 0 }).next(),
      `make batches: epoch ${integer} 1: got 0`,
    ],
    [
      () => dataset.batch(1).batches({ seed: 0.5 }).next(),
      "make batches: seed must be an integer: got 0.5",
    ],
    [() => dataset.arrays({ epoch: 1.5 }), `read dataset: epoch ${integer} 1: got 1.5`],
    [
      () => dataset.arrays({ seed: 2 ** 60 }),
      `read dataset: seed must be an integer: got ${2 ** 60}`,
    ],
  ];
  for (const [act, message] of rejections) {
    await assertExactRejection(act, RangeError, `Cannot ${message}`);
  }
});

Deno.test("dataset errors: what a function makes must fit together", async () => {
  const map = (f: (index: number) => unknown) => () =>
    numbered(3).map((_, { index }) => f(index) as { z: HostArray }).arrays();
  const row = (length: number): HostArray => ({
    shape: [length],
    dtype: "float32",
    data: new Float32Array(length),
  });
  await assertExactRejection(
    map((i) => ({ z: row(1 + i) })),
    ShapeError,
    "Cannot map dataset: all examples must have one shape and dtype: " +
      "z of example 0 is float32 [1], of example 1 float32 [2]",
  );
  await assertExactRejection(
    map((i) => ({ z: i < 2 ? scalar : { ...scalar, dtype: "uint8", data: Uint8Array.of(1) } })),
    ShapeError,
    "Cannot map dataset: all examples must have one shape and dtype: " +
      "z of example 0 is int32 [], of example 2 uint8 []",
  );
  await assertExactRejection(
    map((i) => i < 1 ? { z: row(1) } : { z: row(1), u: row(1) }),
    ShapeError,
    "Cannot map dataset: all examples must have the same fields: " +
      "example 0 has z, example 1 has z, u",
  );
  await assertExactRejection(
    map(() => ({ z: 5 })),
    TypeError,
    "Cannot map dataset: a field must be an array with shape, dtype and data: got number for z",
  );
});

Deno.test("dataset errors: generators", async () => {
  const dataset = generatedDataset({ size: 3, examples: () => [{ x: scalar }, { x: scalar }] });
  await assertExactRejection(
    () => dataset.arrays({ epoch: 2 }),
    RangeError,
    "Cannot read dataset: the generator must make size = 3 examples: it made 2 in epoch 2",
  );
  const order = "examples must be at hand in any order: they come from a generator; " +
    "cache() keeps them in memory";
  assertExactError(() => dataset.shuffle(), TypeError, `Cannot shuffle dataset: ${order}`);
  await assertExactRejection(
    () => dataset.split({ validation: 0.5, stratify: "x" }),
    TypeError,
    `Cannot split dataset: ${order}`,
  );
});

Deno.test("dataset errors: splitting", async () => {
  const dataset = numbered(4);
  for (const validation of [0, 1, -1, NaN]) {
    await assertExactRejection(
      () => dataset.split({ validation }),
      RangeError,
      `Cannot split dataset: validation must be a share between 0 and 1: got ${validation}`,
    );
  }
  await assertExactRejection(
    () => dataset.split({ validation: 0.1 }),
    RangeError,
    "Cannot split dataset: both parts must have examples: validation is 0.1 of 4",
  );
  await assertExactRejection(
    () => dataset.split({ validation: 0.5, seed: 0.5 }),
    RangeError,
    "Cannot split dataset: seed must be an integer: got 0.5",
  );
  await assertExactRejection(
    () => dataset.shuffle(0).split({ validation: 0.5 }),
    TypeError,
    "Cannot split dataset: it must not be shuffled yet, or examples would change sides from " +
      "epoch to epoch: shuffle the parts",
  );
  await assertExactRejection(
    () => dataset.split({ validation: 0.5, stratify: "z" }),
    TypeError,
    "Cannot split dataset: stratify must name a field: there is no z",
  );
  await assertExactRejection(
    () => dataset.split({ validation: 0.5, stratify: "x" }),
    ShapeError,
    "Cannot split dataset: stratify must name class indices, int32 or uint8 [N]: " +
      "x is float32 [4, 2]",
  );
});

Deno.test("dataset errors: normalising", async () => {
  const dataset = numbered(4);
  const cases: [() => unknown, string][] = [
    [() => dataset.normalize({ scale: 0 }), "scale must be a finite number other than 0: got 0"],
    [() => dataset.normalize({ mean: NaN }), "mean must be finite numbers: got NaN"],
    [() => dataset.normalize({ mean: [] }), "mean must be finite numbers: got []"],
    [
      () => dataset.normalize({ std: [1, -1] }),
      "std must be finite numbers of at least 0: got [1, -1]",
    ],
  ];
  for (const [act, rule] of cases) {
    assertExactError(act, RangeError, `Cannot normalize dataset: ${rule}`);
  }
  await assertExactRejection(
    () => dataset.normalize({ field: "z" }).arrays(),
    TypeError,
    "Cannot normalize dataset: the field must exist: there is no z among x, y",
  );
  const entries = "mean and std must be one number, or one for each entry of the last axis";
  await assertExactRejection(
    () => dataset.normalize({ mean: [1, 2, 3] }).arrays(),
    ShapeError,
    `Cannot normalize dataset: ${entries}: x is [4, 2], mean has 3, std 1`,
  );
  await assertExactRejection(
    () => dataset.normalize({ field: "y", std: [1, 2, 3, 4] }).arrays(),
    ShapeError,
    `Cannot normalize dataset: ${entries}: y is [4], mean has 1, std 4`,
  );
  await assertExactRejection(
    () => dataset.statistics({ scale: Infinity }),
    RangeError,
    "Cannot compute statistics: scale must be a finite number other than 0: got Infinity",
  );
  await assertExactRejection(
    () => dataset.take(0).statistics(),
    RangeError,
    "Cannot compute statistics: there must be examples: the dataset is empty",
  );
  await assertExactRejection(
    () => dataset.statistics({ field: "z" }),
    TypeError,
    "Cannot compute statistics: the field must exist: there is no z",
  );
});
