/**
 * Convolutions and both of their gradients: the layers of models S and M, and a larger one.
 *
 * Work is that of the direct method, so that a method with less arithmetic may pass the peak.
 *
 * @module
 */
import type { Conv2dGeometry, Kernels, NdArray } from "@tapegrad/tapegrad/backend";
import { conv2dGeometry, type Padding } from "../../src/core/geometry/mod.ts";
import { formatShape, type KernelCase, operand, sizeOf } from "./kernel_case.ts";

interface Layer {
  readonly name: string;
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly padding: Padding;
}

const LAYERS: readonly Layer[] = [
  { name: "S1", x: [64, 64, 64, 3], w: [4, 4, 3, 8], padding: "same" },
  { name: "S2", x: [64, 8, 8, 8], w: [2, 2, 8, 16], padding: "same" },
  { name: "M1", x: [64, 28, 28, 1], w: [3, 3, 1, 32], padding: "valid" },
  { name: "M2", x: [64, 13, 13, 32], w: [3, 3, 32, 64], padding: "valid" },
  { name: "M3", x: [64, 5, 5, 64], w: [3, 3, 64, 64], padding: "valid" },
  { name: "3x3", x: [32, 32, 32, 32], w: [3, 3, 32, 64], padding: "same" },
];

type Pass = (k: Kernels, operands: Operands) => NdArray;

interface Operands {
  readonly x: NdArray;
  readonly w: NdArray;
  readonly dy: NdArray;
  readonly g: Conv2dGeometry;
}

const forward: Pass = (k, { x, w, g }) => k.conv2d(x, w, null, g);
const gradX: Pass = (k, { dy, w, g }) => k.conv2dGradX(dy, w, g);
const gradW: Pass = (k, { dy, x, g }) => k.conv2dGradW(dy, x, g);

/** Each pass alone, and all three as a training step needs them. */
const PASSES: readonly { readonly name: string; readonly passes: readonly Pass[] }[] = [
  { name: "fwd", passes: [forward] },
  { name: "dx", passes: [gradX] },
  { name: "dw", passes: [gradW] },
  { name: "fwd+dx+dw", passes: [forward, gradX, gradW] },
];

/** Passes of all layers. */
export const CONV_CASES: readonly KernelCase[] = LAYERS.flatMap((layer) =>
  PASSES.map(({ name, passes }) => convCase(layer, name, passes))
);

function convCase(layer: Layer, pass: string, passes: readonly Pass[]): KernelCase {
  const { name, x, w, padding } = layer;
  const g = conv2dGeometry(x, w, undefined, { padding });
  const multiplyAdds = sizeOf(g.yShape) * w[0] * w[1] * w[2];
  return {
    name: `conv ${name} ${pass}`,
    shape: `${formatShape(x)} * ${formatShape(w)} ${padding}`,
    limit: "arithmetic",
    work: 2 * multiplyAdds * passes.length,
    prepare(k) {
      const operands = { x: operand(k, x), w: operand(k, w), dy: operand(k, g.yShape), g };
      return () => {
        for (const run of passes) k.free(run(k, operands));
      };
    },
  };
}
