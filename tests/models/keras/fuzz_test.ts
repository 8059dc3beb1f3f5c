// Damaged files of Keras: their structure, their lists of names and their settings as JSON.

import { assert, assertEquals, assertLess, assertRejects, assertThrows } from "@std/assert";
import { Random } from "../../../mod.ts";
import type { Hdf5File } from "../../../src/formats/hdf5/hdf5.ts";
import { leavesOf } from "../../../src/core/structure.ts";
import { loadKerasH5 } from "../../../src/models/mod.ts";
import { checkConfig } from "../../../src/models/keras/config.ts";
import { numbered, readStoredModel } from "../../../src/models/keras/stored_model.ts";
import { goldens } from "../../golden/keras/goldens.ts";
import { fuzz } from "../../support/fuzz.ts";
import { watched } from "../../support/work.ts";
import { frozen, unpack, words } from "./models.ts";

const bytesOf = (texts: readonly string[]) => texts.map((text) => new TextEncoder().encode(text));

/**
 * Number of damaged files; those of HDF5 are tested with more of them; here, what Keras has in
 * them.
 */
const RUNS = 3000;

Deno.test("loadKerasH5: damaged files", async () => {
  const files = [
    goldens.words.files.keras3,
    goldens.words.files.whole,
    goldens.frozen.files.legacy,
  ];
  const samples = await Promise.all(files.map(unpack));
  const models = [words, words, frozen];
  const params = models.map((model, i) => model.init(new Random(0), i < 2 ? [4] : [2]));
  let sample = 0;
  const { runs, refused, read } = await fuzz({
    samples,
    read: (bytes) => {
      const i = sample++ % samples.length;
      const options = { name: "fuzz.h5", maxElements: 2 ** 20 };
      return loadKerasH5<unknown>(bytes, models[i], params[i], options);
    },
    check(loaded, i) {
      const expected = leavesOf("test", params[i]);
      const found = leavesOf("test", loaded);
      assertEquals(found.map(({ tensor }) => tensor.shape), expected.map((w) => w.tensor.shape));
      for (const { tensor } of found) tensor.dispose();
    },
    runs: RUNS,
    tokens: bytesOf(["layer_names", "weight_names", "model_config", "__proto__", "layers", "vars"]),
  });
  assert(refused > runs / 8 && read > runs / 8, `${refused} refused, ${read} read`);
});

/** Writes the settings of the model of words, as Keras does. */
async function settings(): Promise<string> {
  const text = new TextDecoder().decode(await unpack(goldens.words.files.whole));
  const start = text.indexOf('{"class_name"');
  return text.slice(start, text.indexOf("\0", start));
}

Deno.test("loadKerasH5: damaged settings", async () => {
  const sample = new TextEncoder().encode(await settings());
  const { runs, refused, read } = await fuzz({
    samples: [sample],
    read: (bytes) =>
      checkConfig(new TextDecoder().decode(bytes), words.children!, "Cannot read fuzz.h5"),
    check: () => {},
    tokens: bytesOf([
      "{",
      "[",
      "]",
      "}",
      '"',
      "null",
      "1e999",
      '"__proto__":',
      '"class_name":"Sequential"',
      '"layers":[',
      "[".repeat(100),
      "\\u0000",
      "channels_first",
    ]),
  });
  assert(refused > runs / 2 && read > runs / 100, `${refused} refused, ${read} read`);
});

Deno.test("loadKerasH5: settings that nest without end, and names that mean something elsewhere", () => {
  const check = (config: string) =>
    assertThrows(() => checkConfig(config, words.children!, "Cannot read x"), SyntaxError).message;
  const inner = '{"class_name":"Sequential","config":{"layers":[';
  assertEquals(
    check(inner.repeat(10_000)).replace(/character \d+/, "character N"),
    "Cannot read x: model_config must be JSON: at its character N expected at most 64 levels of " +
      'brackets, found [{"class_name":"Sequenti',
  );
  assertEquals(
    check('{"class_name":"__proto__","config":{}}'),
    "Cannot read x: model_config: the model must be Sequential, or a chain of layers: found " +
      "__proto__",
  );
  assertEquals(
    check(`${inner}{"class_name":"constructor","config":{"name":"__proto__"}}]}}`),
    "Cannot read x: functions must be those of the model: expected none, found constructor at " +
      "__proto__",
  );
  const first = '{"class_name":"Conv2D","config":{"data_format":"channels_first","name":"c"}}';
  assertEquals(
    check(`${inner}${first}]}}`),
    "Cannot read x: model_config: layers must have channels last: expected data_format " +
      "channels_last, found channels_first at c",
  );
});

Deno.test("loadKerasH5: a heap of texts that has no end is refused", async () => {
  const bytes = await unpack(goldens.words.files.whole);
  const heap = new TextDecoder("latin1").decode(bytes).indexOf("GCOL\x01");
  new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(heap + 24, 2n ** 64n - 16n, true);
  const error = await assertRejects(
    () => loadKerasH5(bytes, words, words.init(new Random(0), [4]), { name: "a.h5" }),
    SyntaxError,
  );
  assertEquals(
    error.message,
    "Cannot read a.h5: attribute layer_names of /model_weights must be sound: it is damaged",
  );
});

/** Makes a file of data sets and attributes without an HDF5 library. */
function fileOf(names: string[], attributes: Record<string, string[]>): Hdf5File {
  const texts = (path: string, attribute: string) =>
    Object.hasOwn(attributes, `${path} ${attribute}`)
      ? attributes[`${path} ${attribute}`]
      : undefined;
  return { name: "x", names, texts } as unknown as Hdf5File;
}

Deno.test("loadKerasH5: huge lists are read a few times, deep groups once, names are only names", () => {
  const count = 100_000;
  const list = Array.from({ length: count }, (_, i) => `dense_${i}`);
  const weights = Array.from({ length: count }, (_, i) => `m/dense_${count - i}/kernel:0`);
  const names = watched(["m/m/dense_1/kernel:0", ...weights.map((w) => `m/${w}`)]);
  const lists = [watched(list), watched(weights)];
  const huge = readStoredModel(fileOf(names.array as string[], {
    "/ layer_names0": lists[0].array as string[],
    "/ layer_names1": ["m"],
    "/m weight_names": lists[1].array as string[],
  }));
  for (const { reads } of [names, ...lists]) assertLess(reads(), 10 * count);
  assert(huge.layers.kind === "ordered");
  assertEquals(huge.layers.entries.map(({ layers }) => layers.length), [count]);
  assertEquals(huge.layers.entries[0].layers[0].name, "m/dense_1");
  const deep = readStoredModel(fileOf([`${"layers/sequential/".repeat(10_000)}vars/0`], {}));
  assert(deep.layers.kind === "numbered");
  assertEquals(numbered(deep.layers, "sequential").length, 1);
  const strange = readStoredModel(fileOf(["layers/__proto__/vars/0", "layers/../vars/0"], {}));
  assert(strange.layers.kind === "numbered");
  assertEquals([...strange.layers.groups.keys()], ["__proto__", ".."]);
  const random = ["layers/dense/vars/0", "layers/dropout/seed_generator/vars/0"];
  const { layers } = readStoredModel(fileOf(random, {}));
  assert(layers.kind === "numbered");
  assertEquals([...layers.groups.keys()], ["dense"]); // no weights of a layer
  const lost = () =>
    readStoredModel(fileOf(["a/b"], { "/ layer_names": ["a"], "/a weight_names": ["../../c"] }));
  assertEquals(
    assertThrows(lost, SyntaxError).message,
    "Cannot read x: every weight that is listed must be there: expected a/../../c, found none",
  );
});
