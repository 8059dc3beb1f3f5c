// Display of layers and models: in logs and in notebooks.

import { assert, assertEquals } from "@std/assert";
import { relu, tanh, type Tensor } from "../../mod.ts";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  frozen,
  GroupNorm,
  heNormal,
  MaxPool,
  Residual,
  Sequential,
} from "../../src/nn/mod.ts";

function shown(value: object): Record<string, string> {
  return (value as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();
}

const MODEL = Sequential({
  conv: Conv2d({ filters: 8, size: [3, 5], padding: [[1, 1], [2, 2]], activation: relu }),
  norm: BatchNorm(),
  pool: MaxPool({ size: 2, padding: "same" }),
  block: Residual(Sequential([Dense({ units: 4, bias: false, initializer: heNormal }), tanh])),
  base: frozen(GroupNorm({ groups: 2 })),
  drop: Dropout({ rate: 0.5 }),
  "<b>": (x: Tensor) => x,
});

const TEXT = `\
Sequential of 7 layers
Layer             Type        Options
──────────────────────────────────────────────────────────────────────────────────────────────
conv              Conv2d      filters 8, size 3×5, padding [[1,1],[2,2]], activation relu
norm              BatchNorm
pool              MaxPool     size 2, padding same
block             Residual
block.body        Sequential
block.body.dense  Dense       units 4, no bias, initializer heNormal
block.body.tanh   tanh
base              GroupNorm   groups 2, frozen
drop              Dropout     rate 0.5
<b>               <b>`;

Deno.test("display: a model lists its layers with what they were made with", () => {
  const text = shown(MODEL)["text/plain"];
  assertEquals(text.replace(/─+/, ""), TEXT.replace(/─+/, ""));
  assertEquals(Deno.inspect(MODEL), text);
});

Deno.test("display: a model is a table in a notebook, its names escaped", () => {
  const html = shown(MODEL)["text/html"];
  assertEquals(html.match(/<tr>/g)?.length, 11);
  assert(html.startsWith("<div>Sequential of 7 layers</div><table "), html.slice(0, 80));
  assert(html.includes(">&lt;b&gt;</td>") && !html.includes("<b>"));
  assert(
    html.endsWith("<div>summary(model, inputShape) has shapes and numbers of parameters</div>"),
  );
});

Deno.test("display: a layer alone; a list with names after types", () => {
  assertEquals(shown(Dense({ units: 3 }))["text/plain"].split("\n").filter((_, i) => i !== 2), [
    "Dense",
    "Layer  Type   Options",
    "dense  Dense  units 3",
  ]);
  const text = shown(Sequential([Dense({ units: 3 }), Dense({ units: 2 })]))["text/plain"];
  assertEquals(text.split("\n").slice(3), [
    "dense    Dense  units 3",
    "dense_1  Dense  units 2",
  ]);
});

Deno.test("display: a copy of a layer does not show what it is not", () => {
  const copy = { ...Dense({ units: 3 }), type: "Mine" };
  assertEquals(Object.getOwnPropertySymbols(copy), []);
  assertEquals(copy.options, { units: 3 });
});
