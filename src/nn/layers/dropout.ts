/**
 * The layer of `dropout`.
 *
 * @module
 */
import { dropout } from "../../../ops/norms/dropout.ts";
import type { Layer } from "../layer.ts";
import { makeLayer } from "../make_layer.ts";
import { checkOptions } from "../../core/options.ts";

/** Options of {@link Dropout}. */
export interface DropoutLayerOptions {
  /** Share of the elements that become 0 in training, from 0 to 1; 0.5 by default. */
  readonly rate?: number;
}

const KNOWN = "rate#";

/**
 * Makes a layer that sets random elements to 0 in training; after it, it changes nothing: the op
 * `dropout`.
 *
 * - **Formula**: `dropout(x)` with the numbers of `options.random`.
 * - **Shapes**: any, kept.
 * - **Source**: N. Srivastava et al., "Dropout", JMLR 15, 2014.
 *
 * @example
 * ```ts
 * import { ones, Random } from "@tapegrad/tapegrad";
 * import { Dropout } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = Dropout({ rate: 0.5 });
 * assertEquals(layer.apply(null, ones([2, 2])).toArray(), [[1, 1], [1, 1]]);
 * const y = layer.apply(null, ones([9, 9]), { train: true, random: new Random(0) });
 * assertEquals([...new Set(y.dataSync())].sort(), [0, 2]);
 * ```
 *
 * @param options `rate`.
 * @returns a layer without parameters; in training it needs `random`, which `fit` gives.
 * @throws {RangeError} if the rate is not from 0 to 1.
 */
export function Dropout(options: DropoutLayerOptions = {}): Layer<null> {
  options = checkOptions("make Dropout", options, KNOWN);
  const { rate = 0.5 } = options;
  if (!(rate >= 0 && rate <= 1)) {
    throw new RangeError(`Cannot make Dropout: rate must be from 0 to 1: got ${rate}`);
  }
  return makeLayer({
    type: "Dropout",
    options,
    init: () => null,
    outputShape: (inputShape) => inputShape,
    apply(_params, x, { train = false, random } = {}) {
      if (!train) return x;
      if (random !== undefined) return dropout(x, { rate, random: random });
      throw new TypeError(
        "Cannot apply Dropout: in training it must be given random numbers: got no random; pass " +
          "{ train: true, random: new Random(seed) }",
      );
    },
  });
}
