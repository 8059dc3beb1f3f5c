/**
 * Layers of the library as they are handed out: with checks of their arguments, and as a table.
 *
 * @module
 */
import { checkTensors } from "../core/checks.ts";
import { CREATE_OPTIONS } from "../core/create.ts";
import { kindOf } from "../core/kind_of.ts";
import { checkOptions } from "../core/options.ts";
import { Tensor } from "../core/tensor.ts";
import { checkRandom } from "../random/check_random.ts";
import type { Layer } from "./layer.ts";
import { withDisplay } from "./layer_display.ts";

/** Options of applying a layer or a model. */
export const APPLY_OPTIONS = "train? random updates scope batchNorm";

/** Differences between layers that are made. */
interface Making {
  /** Parameters without which the layer cannot run, for errors: `{ w, bias }`; none by default. */
  readonly params?: string;
  /** True where gradients do not change it. */
  readonly isFrozen?: boolean;
}

/** Makes a layer that checks what plain JavaScript may give it, and shows what it was made with. */
export function makeLayer<P>(layer: Layer<P>, { params: wanted, isFrozen }: Making = {}): Layer<P> {
  const { type, init, apply } = layer;
  const [initialise, application] = [`initialise ${type}`, `apply ${type}`];
  return withDisplay({
    ...layer,
    init(random, inputShape, create) {
      if (random !== undefined) checkRandom(initialise, random); // not every layer needs one
      if (create !== undefined) checkOptions(initialise, create, CREATE_OPTIONS);
      return init(random, inputShape, create);
    },
    apply(params, x, options) {
      if (wanted !== undefined || params instanceof Tensor) {
        checkParams(application, wanted, params);
      }
      if (!(x instanceof Tensor)) checkTensors(application, { x });
      if (options !== undefined) checkOptions(application, options, APPLY_OPTIONS);
      return apply(params, x, options);
    },
  }, { isFrozen });
}

function checkParams(action: string, wanted: string | undefined, params: unknown): void {
  if (typeof params === "object" && params !== null && !(params instanceof Tensor)) return;
  throw new TypeError(
    `Cannot ${action}: params must be ${wanted === undefined ? "" : `${wanted}, `}those of ` +
      "layer.init(random, inputShape): got " +
      (params instanceof Tensor ? "a tensor" : kindOf(params)),
  );
}
