/** Datasets of tables: numbers by hand, nothing from rows that are put aside, every refusal. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  readTable,
  tableDataset,
  type TableDatasetOptions,
  TableEncoder,
} from "../../../src/data/mod.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

const BIRDS = `species,length,weight,wet,sex
a,1,10,true,m
b,3,,false,f
a,5,30,true,?
b,7,20,false,m
c,9,10,true,m
c,11,50,true,f
`;

function datasets(options: Partial<TableDatasetOptions> = {}, text = BIRDS) {
  return tableDataset(bytesOf(text), { target: "species", name: "birds.csv", ...options });
}

async function message(options: Partial<TableDatasetOptions>, text = BIRDS): Promise<string> {
  return (await assertRejects(() => datasets(options, text), Error)).message;
}

const FILLED = { fill: "median", validation: 0 } as const;

Deno.test("tableDataset: numbers, truth values, categories, gaps: as by hand", async () => {
  const { train, validation, encoder } = await datasets({ ...FILLED, standardize: false });
  assertEquals(encoder.features, ["length", "weight", "wet", "sex=f", "sex=m"]);
  assertEquals([encoder.target, encoder.task, encoder.classes], ["species", "classes", [
    "a",
    "b",
    "c",
  ]]);
  const { x, y } = await train.arrays();
  assertEquals([x.shape, x.dtype, y.shape, y.dtype], [[6, 5], "float32", [6], "int32"]);
  assertEquals(
    [...x.data],
    [
      [1, 10, 1, 0, 1],
      [3, 20, 0, 1, 0], // the median of 10, 10, 20, 30, 50
      [5, 30, 1, 0, 1], // the most frequent of m, m, m, f, f
      [7, 20, 0, 0, 1],
      [9, 10, 1, 0, 1],
      [11, 50, 1, 1, 0],
    ].flat(),
  );
  assertEquals([...y.data], [0, 1, 0, 1, 2, 2]);
  assertEquals(validation.size, 0);
});

Deno.test("tableDataset: what is filled in: statistics, values, by column", async () => {
  const filled = async (fill: TableDatasetOptions["fill"]) => {
    const sets = await datasets({ fill, validation: 0, standardize: false });
    const { data } = (await sets.train.arrays()).x;
    return [data[6], data[13], data[14]]; // weight of the second bird, sex of the third
  };
  assertEquals(await filled("mean"), [24, 0, 1]);
  assertEquals(await filled("most frequent"), [10, 0, 1]);
  assertEquals(await filled({ weight: -1, sex: "f" }), [-1, 1, 0]);
  assertStringIncludes(
    await message({ fill: { weight: 1 } }),
    '"sex" lacks 1, the first in line 4',
  );
  assertStringIncludes(await message({ fill: 0 }), 'fill of column "sex"');
  assertStringIncludes(
    await message({ fill: { weight: "x", sex: "m" } }),
    'fill of column "weight"',
  );
  assertStringIncludes(await message({ fill: { height: 1, weight: 1, sex: "m" } }), '"height"');
  assertEquals(
    await message({}),
    "Cannot make table dataset: every row must have a value, or fill must say what a missing one " +
      'is: of 6 rows, "weight" lacks 1, the first in line 3; "sex" lacks 1, the first in line 4; ' +
      'set fill: "median", or drop the column',
  );
});

Deno.test("tableDataset: means and fills come from the rows to train on alone", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i % 2 ? "a" : "b"},${i * i}\n`).join("");
  const text = `kind,size\n${rows}a,\n`;
  const { train, validation, encoder } = await datasets({ target: "kind", fill: "mean" }, text);
  const data = (await train.arrays()).x.data as Float32Array;
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const square = data.reduce((sum, value) => sum + value ** 2, 0) / data.length;
  assertAlmostEquals(mean, 0, 1e-6);
  assertAlmostEquals(square, 1, 1e-6);
  const other = (await validation.arrays()).x.data as Float32Array;
  assert(Math.abs(other.reduce((sum, value) => sum + value, 0) / other.length) > 1e-3);
  // Each class in proportion, no row on both sides.
  const labels = (await validation.arrays()).y.data as Int32Array;
  assertEquals([labels.filter((k) => k === 0).length, labels.length], [4, 8]);
  const [{ fill, mean: taken }] = encoder.toJSON().features;
  assertAlmostEquals(fill!, taken, 1e-9); // a gap becomes 0
});

Deno.test("tableDataset: seeds decide the rows that are put aside", async () => {
  const text = `k,n\n${
    Array.from({ length: 30 }, (_, i) => `${"ab"[i % 2]},${(i * 7) % 30}\n`).join("")
  }`;
  const rowsOf = async (seed: number) => {
    const sets = await datasets({ target: "k", seed, standardize: false }, text);
    return [...(await sets.validation.arrays()).x.data];
  };
  assertEquals(await rowsOf(1), await rowsOf(1));
  assert(String(await rowsOf(1)) !== String(await rowsOf(2)));
});

Deno.test("tableDataset: targets of classes, of truth values and of numbers", async () => {
  const target = async (target: string | number, task?: "classes" | "numbers") => {
    const { encoder, train } = await datasets({ ...FILLED, target, task });
    const { shape, dtype, data } = (await train.arrays()).y;
    return [encoder.task, encoder.classes, dtype, shape, [...data]];
  };
  assertEquals(await target("wet"), ["classes", ["false", "true"], "int32", [6], [
    1,
    0,
    1,
    0,
    1,
    1,
  ]]);
  assertEquals(await target("length"), [
    "classes",
    ["1", "3", "5", "7", "9", "11"],
    "int32",
    [6],
    [0, 1, 2, 3, 4, 5],
  ]);
  assertEquals(await target("length", "numbers"), [
    "numbers",
    [],
    "float32",
    [6, 1],
    [1, 3, 5, 7, 9, 11],
  ]);
  assertEquals((await target(0))[1], ["a", "b", "c"]);
  assertEquals((await target(-2))[1], ["false", "true"]);
  assertStringIncludes(await message({ ...FILLED, target: 5 }), "5 columns: got 5");
  assertStringIncludes(await message({ ...FILLED, target: "specie" }), 'got "specie"');
  assertStringIncludes(await message({ ...FILLED, task: "numbers" }), "is a category of 3 classes");
  assertStringIncludes(await message({ ...FILLED, task: "other" as never }), "task must be");
  assertStringIncludes(await message({ ...FILLED, target: "weight" }), "line 3 has none");
});

Deno.test("tableDataset: columns are chosen, left out, or refused with their names", async () => {
  const features = async (options: Partial<TableDatasetOptions>, text = BIRDS) =>
    (await datasets({ ...FILLED, ...options }, text)).encoder.features;
  assertEquals(await features({ features: ["wet", "length"] }), ["wet", "length"]);
  assertEquals(await features({ drop: ["sex", "wet"] }), ["length", "weight"]);
  assertStringIncludes(await message({ features: ["species"] }), "without the target");
  assertStringIncludes(await message({ drop: ["sexe"] }), 'got "sexe"');
  assertStringIncludes(await message({ drop: "sex" as never }), "drop must be a list of names");
  assertStringIncludes(await message({ features: [] }), "columns to predict from");
  assertStringIncludes(
    await message({ maxClasses: 1, fill: "median" }),
    'at most maxClasses = 1 classes: of 6 rows, "sex" has 2; leave such columns out: drop: ["sex"]',
  );
});

Deno.test("tableDataset: names of things are no features, and the message says how to go on", async () => {
  const names = Array.from({ length: 70 }, (_, i) => `${"ab"[i % 2]},${i * 3},bird ${i}\n`).join(
    "",
  );
  assertEquals(
    await message({ target: "k" }, `k,n,name\n${names}`),
    "Cannot make table dataset: a category must have at most maxClasses = 64 classes: of 70 rows, " +
      '"name" has 70; leave such columns out: drop: ["name"]',
  );
});

Deno.test("tableDataset: columns that number the rows are left out, unless they are asked for", async () => {
  for (const first of [0, 1]) {
    const rows = Array.from(
      { length: 10 },
      (_, i) => `${i + first},${i * i},${"ab"[i >> 1 & 1]}\n`,
    );
    const text = `,size,kind\n${rows.join("")}`;
    const { rowNumbers, encoder } = await datasets({ target: "kind", validation: 0 }, text);
    assertEquals([rowNumbers, encoder.features], [["column1"], ["size"]]);
    // Fewer may be data that happen to rise by 1.
    const few = `size,kind\n${rows.slice(1).map((row) => row.replace(/,\d+/, "")).join("")}`;
    assertEquals((await datasets({ target: "kind", validation: 0 }, few)).rowNumbers, []);
    const asked = await datasets({ target: "kind", features: ["column1"], validation: 0 }, text);
    assertEquals([asked.rowNumbers, asked.encoder.features], [[], ["column1"]]);
  }
});

Deno.test("tableDataset: a few texts among numbers do not make a category of a column", async () => {
  const rows = Array.from({ length: 12 }, (_, i) => `${i * i},${"ab"[i % 2]}\n`).join("");
  const size = (text: string, options: Partial<TableDatasetOptions> = {}) =>
    datasets({ target: "kind", validation: 0, ...options }, `size,kind\n${rows}${text},a\n`);
  for (
    const [text, why] of [["12.x", "is no number, as most others are"], [
      "inf",
      "is no finite number",
    ], ["1e400", "is no finite number"]]
  ) {
    const { message } = await assertRejects(() => size(text), TypeError);
    assertStringIncludes(message, `in "size", ${text} in line 14 ${why}; mend the file`);
    const { encoder } = await size(text, { missing: [text], fill: "mean" });
    assertEquals(encoder.features, ["size"]);
    assertEquals((await size(text, { kinds: { size: "category" } })).encoder.features.length, 13);
  }
  const dates = "d,x\n1/2/2020,3\n2/2/2020,4\n";
  const refused = await assertRejects(() => datasets({ target: "d" }, dates), TypeError);
  assertStringIncludes(refused.message, "date-dmy");
});

Deno.test("TableEncoder: later rows become what rows of the table became", async () => {
  const { encoder, train, table } = await datasets(FILLED);
  const all = [...(await train.arrays()).x.data];
  assertEquals([...encoder.encode(table).dataSync()], all);
  const rows = [
    { length: 1, weight: 10, wet: true, sex: "m", species: "a" },
    { length: "3", weight: null, wet: "false", sex: "f" },
    { length: 5, weight: 30, wet: 1, sex: "" },
  ];
  assertEquals([...encoder.encode(rows).dataSync()], all.slice(0, 15));
  assertEquals(encoder.encode([]).shape, [0, 5]);
  const { x, y } = await (await encoder.dataset(bytesOf(BIRDS))).arrays();
  assertEquals([[...x.data], [...y.data]], [all, [0, 1, 0, 1, 2, 2]]);
});

Deno.test("TableEncoder: columns that later files write otherwise keep their kind", async () => {
  const { encoder } = await datasets({ ...FILLED, kinds: { length: "category" } });
  const later = "sex,wet,weight,length,species\nm,true,10,11,b\n";
  const { x } = await (await encoder.dataset(bytesOf(later))).arrays();
  const again = encoder.encode([{ sex: "m", wet: true, weight: 10, length: 11 }]);
  assertEquals([...x.data], [...again.dataSync()]);
  assertEquals([...x.data].slice(0, 6), [0, 0, 0, 0, 0, 1]);
});

Deno.test("TableEncoder: what it knows nothing about is refused, with row and column", async () => {
  const { encoder } = await datasets(FILLED);
  const row = { length: 1, weight: 10, wet: true, sex: "m" };
  const refusal = (change: Record<string, string | number | null>) =>
    assertThrows(() => encoder.encode([row, { ...row, ...change }]), Error).message;
  assertStringIncludes(refusal({ sex: "x" }), 'one of "f", "m": got "x" in row 1');
  assertStringIncludes(refusal({ length: "long" }), 'kind integer: got "long" in row 1');
  assertStringIncludes(refusal({ wet: "perhaps" }), 'kind boolean: got "perhaps"');
  for (const none of ["x", null, [null], [1]]) {
    const { message } = assertThrows(() => encoder.encode(none as never), TypeError);
    assertStringIncludes(message, "rows must be a table, or a list");
  }
  const strict = (await datasets({ drop: ["weight", "sex"], validation: 0 })).encoder;
  const { message } = assertThrows(() => strict.encode([{ length: 1 }]), RangeError);
  assertStringIncludes(message, '"wet" must have a value: it is missing in row 0');
  const open = (await datasets({ ...FILLED, unknown: "zeros" })).encoder;
  assertEquals([...open.encode([{ ...row, sex: "x" }]).dataSync()].slice(3), [0, 0]);
  const bad = bytesOf(BIRDS.replace("c,11", "d,11"));
  assertStringIncludes(
    (await assertRejects(() => encoder.dataset(bad), RangeError)).message,
    '"c": got "d"',
  );
});

Deno.test("TableEncoder: saved with a model, and read again", async () => {
  const { encoder, table } = await datasets(FILLED);
  const again = TableEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
  assertEquals([...again.encode(table).dataSync()], [...encoder.encode(table).dataSync()]);
  assertEquals([again.classes, again.features], [encoder.classes, encoder.features]);
  const state = JSON.parse(JSON.stringify(encoder));
  for (
    const wrong of [
      null,
      [],
      {},
      { ...state, format: "other" },
      { ...state, features: {} },
      { ...state, unknown: "maybe" },
      { ...state, target: { ...state.target, task: "x" } },
      ...Object.entries({ column: 1, kind: "text", classes: [1], fill: "x", mean: null, std: 0 })
        .map(([key, value]) => ({ ...state, features: [{ ...state.features[0], [key]: value }] })),
    ]
  ) {
    const { message } = assertThrows(() => TableEncoder.fromJSON(wrong), TypeError);
    assertStringIncludes(message, "Cannot make table encoder of JSON: ");
  }
});

Deno.test("tableDataset: a table that was read, and its options where they cannot be used", async () => {
  const table = await readTable(bytesOf(BIRDS));
  const { train } = await tableDataset(table, { target: "species", ...FILLED });
  assertEquals(train.size, 6);
  assertStringIncludes(await message({ fill: null as never }), "fill must be a rule");
  assertStringIncludes(await message({ kinds: 5 as never }), "kinds must be an object");
  assertStringIncludes(await message({ targets: "x" } as never), "did you mean target?");
  assertStringIncludes(await message({ unknown: "skip" as never }), "unknown must be");
  assertStringIncludes(
    await message({ standardize: 1 as never }),
    "standardize must be true or false",
  );
  assertStringIncludes(await message({ fill: "median", validation: 1 }), "validation");
});
