// Checks of activations, saliency and Grad-CAM. The checks take the library, so that they can be
// run on one with a mistake in it too.

import { assert, assertEquals } from "@std/assert";
import type * as Core from "../../mod.ts";
import type * as Networks from "../../src/nn/mod.ts";
import { goldens, type Maps } from "../golden/explain/goldens.ts";

/** The parts of the library that the checks use. */
export interface Library {
  readonly core: typeof Core;
  readonly nn: typeof Networks;
}

type Check = (library: Library) => void;

/** Makes the network of `make_goldens.py`, its parameters and its input. */
function goldenNetwork({ core, nn }: Library) {
  const { tanh, relu, tensor } = core;
  const { Conv2d, Dense, GlobalAvgPool, MaxPool, Residual, Sequential } = nn;
  const model = Sequential({
    conv1: Conv2d({ filters: 4, size: 3, padding: "same" }),
    tanh,
    block: Residual(Sequential([Conv2d({ filters: 4, size: 3, padding: "same" }), relu])),
    pool: MaxPool({ size: 2 }),
    conv3: Conv2d({ filters: 5, size: 3, activation: relu }),
    mean: GlobalAvgPool(),
    dense: Dense({ units: 3 }),
  });
  const make = (shape: number[], f: (t: number) => number) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return tensor(Float64Array.from({ length: size }, (_, t) => f(t)), { shape });
  };
  const weights = (l: number, shape: number[]) => ({
    w: make(shape, (t) => Math.sin(t * t + l) / 2),
    bias: make(shape.slice(-1), (t) => Math.sin(t + l) / 4),
  });
  const params = {
    conv1: weights(0, [3, 3, 3, 4]),
    tanh: null,
    block: { body: [weights(1, [3, 3, 4, 4]), null], shortcut: null },
    pool: null,
    conv3: weights(2, [3, 3, 4, 5]),
    mean: null,
    dense: weights(3, [5, 3]),
  } as ReturnType<typeof model.init>;
  return { model, params, x: make([2, 9, 8, 3], (t) => Math.cos(t * t)) };
}

function assertClose(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  assertEquals(actual.length, expected.length);
  const largest = Math.max(...expected.map(Math.abs), 1e-3);
  expected.forEach((value, i) => {
    const distance = Math.abs(actual[i] - value);
    assert(distance <= 1e-9 * largest, `${what}[${i}] is ${actual[i]}, not ${value}`);
  });
}

/** The checks by what they say. */
export const explainChecks = {
  "saliency is PyTorch's": (library) => {
    const { model, params, x } = goldenNetwork(library);
    const scores = model.apply(params, x);
    assertClose(scores.dataSync(), goldens.scores.flat(), "scores");
    const compare = (options: Networks.ExplainOptions, maps: Maps) => {
      const map = library.nn.saliency(model, params, x, options);
      assertEquals(map.shape, [2, 9, 8]);
      assertClose(map.dataSync(), maps.saliency, "saliency");
    };
    compare({}, goldens.predictedMaps);
    compare({ classes: goldens.predicted }, goldens.predictedMaps);
    compare({ classes: goldens.given }, goldens.givenMaps);
    const classes = library.core.tensor([...goldens.given], { dtype: "int32" });
    compare({ classes }, goldens.givenMaps);
  },

  "Grad-CAM is PyTorch's, of every layer": (library) => {
    const { model, params, x } = goldenNetwork(library);
    for (const layer of Object.keys(goldens.givenMaps.gradCam)) {
      const compare = (options: Networks.GradCamOptions, maps: Maps) => {
        const map = library.nn.gradCam(model, params, x, options);
        assertEquals(map.shape, [2, 9, 8]);
        assertClose(map.dataSync(), maps.gradCam[layer], layer);
      };
      compare({ layer }, goldens.predictedMaps);
      compare({ layer, classes: goldens.given }, goldens.givenMaps);
      if (layer === "conv3") compare({}, goldens.predictedMaps);
    }
  },

  "activations are what the layers make, one after the other": (library) => {
    const { model, params, x } = goldenNetwork(library);
    const made = library.nn.activations(model, params, x);
    const body = "block.body.conv2d block.body.relu block.body block".split(" ");
    assertEquals(Object.keys(made), ["conv1", "tanh", ...body, "pool", "conv3", "mean", "dense"]);
    const { add, conv2d, relu, tanh } = library.core;
    const first = conv2d(x, params.conv1.w, { bias: params.conv1.bias!, padding: "same" });
    assertEquals(made.conv1.toArray(), first.toArray());
    assertEquals(made.tanh.toArray(), tanh(first).toArray());
    const inner = made["block.body.conv2d"];
    assertEquals(made["block.body"].toArray(), relu(inner).toArray());
    assertEquals(made.block.toArray(), add(made["block.body.relu"], made.tanh).toArray());
    assertEquals(made.dense.toArray(), model.apply(params, x).toArray());
  },

  "saliency of a linear model is its weights, exactly": ({ core, nn }) => {
    const { ones, tensor } = core;
    const model = nn.Sequential({
      flatten: nn.Flatten(),
      dense: nn.Dense({ units: 3, bias: false }),
    });
    // Three images of 1 x 2 pixels of 2 channels; the scores are the columns of w.
    const w = tensor([[1, -7, 2], [-3, 0, 0.5], [0, 2, -4], [0, 1, 4]]);
    const params = { flatten: null, dense: { w, bias: null } };
    const x = ones([3, 1, 2, 2]);
    const of = (options?: Networks.ExplainOptions) =>
      nn.saliency(model, params, x, options).toArray();
    assertEquals(of({ classes: [0, 1, 2] }), [[[3, 0]], [[7, 2]], [[2, 4]]]);
    assertEquals(of({ classes: [1, 1, 0] }), [[[7, 2]], [[7, 2]], [[3, 0]]]);
    assertEquals(of(), [[[2, 4]], [[2, 4]], [[2, 4]]]); // scores -2, -4, 2.5
  },

  "Grad-CAM of a model that is known: weights, relu, size, and the last convolution": (library) => {
    const { core: { tensor }, nn } = library;
    const model = nn.Sequential({
      first: nn.Conv2d({ filters: 2, size: 1, bias: false }),
      block: nn.Residual(nn.Sequential([nn.Conv2d({ filters: 2, size: 1, bias: false })]), {
        shortcut: nn.Conv2d({ filters: 2, size: 1, bias: false }),
      }),
      pool: nn.GlobalAvgPool(),
      dense: nn.Dense({ units: 2, bias: false }),
    });
    const matrix = (values: number[], shape: number[]) => tensor(values, { shape });
    const eye = { w: matrix([1, 0, 0, 1], [1, 1, 2, 2]), bias: null };
    const params = {
      first: { w: matrix([1, -1], [1, 1, 1, 2]), bias: null },
      block: { body: [eye], shortcut: { w: matrix([0, 0, 0, 8], [1, 1, 2, 2]), bias: null } },
      pool: null,
      dense: { w: tensor([[4, 0], [0, 4]]), bias: null },
    } as ReturnType<typeof model.init>;
    const x = tensor([3, 1, -2, 0], { shape: [1, 2, 2, 1] });
    const cam = (options: Networks.GradCamOptions) =>
      nn.gradCam(model, params, x, options).toArray() as number[][][];
    // Score 0 is the sum of x, score 1 nine times its negative: of 4 pixels, with weights of 4.
    assertEquals(cam({ classes: [0] }), [[[3, 1], [0, 0]]]);
    assertEquals(cam({ classes: [1] }), [[[0, 0], [2, 0]]]);
    assertEquals(cam({ classes: [1], layer: "first" }), [[[0, 0], [18, 0]]]);
    assertEquals(cam({}), cam({ classes: [0] }));
    // Each image has its own weights.
    const two = tensor([3, 1, -2, 0, 3, 1, -2, 0], { shape: [2, 2, 2, 1] });
    const both = nn.gradCam(model, params, two, { classes: [1, 0] }).toArray();
    assertEquals(both, [...cam({ classes: [1] }), ...cam({ classes: [0] })]);
    // Maps that are smaller than the image grow: 2 x 1 pixels to 4 x 2.
    const small = nn.Sequential([
      nn.Conv2d({ filters: 1, size: 2, stride: 2, bias: false }),
      nn.Flatten(),
      nn.Dense({ units: 1, bias: false }),
    ]);
    const weights = [
      { w: matrix([1, 0, 0, 0], [2, 2, 1, 1]), bias: null },
      null,
      { w: tensor([[1], [1]]), bias: null },
    ] as ReturnType<typeof small.init>;
    const tall = matrix([4, 0, 0, 0, 8, 0, 0, 0], [1, 4, 2, 1]);
    assertEquals(nn.gradCam(small, weights, tall).toArray(), [[[4, 4], [5, 5], [7, 7], [8, 8]]]);
  },
} satisfies Record<string, Check>;
