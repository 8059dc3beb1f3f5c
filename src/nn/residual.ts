/**
 * Layers with a way around them.
 *
 * @module
 */
import { add } from "../../ops/elementwise/add.ts";
import { ShapeError } from "../core/errors.ts";
import { checkRandom } from "../random/check_random.ts";
import { formatShape, sameShape, type Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import {
  applyChild,
  asLayer,
  checkModule,
  type Layer,
  type Module,
  type ParamsOf,
  type Trainable,
  trainable,
} from "./layer.ts";
import { inLayer } from "./layer_errors.ts";
import { makeLayer } from "./make_layer.ts";
import { checkOptions } from "../core/options.ts";

/** Options of {@link Residual}. */
export interface ResidualOptions<S extends Module> {
  /** Function of the way around: a projection where shapes change. By default nothing. */
  readonly shortcut?: S;
}

const KNOWN = "shortcut";

/** The parameters of a {@link Residual}. */
export interface ResidualParams<M, S> {
  /** Parameters of the layer. */
  readonly body: ParamsOf<M>;
  /** Parameters of the way around it; null where it does nothing. */
  readonly shortcut: ParamsOf<S>;
}

/**
 * Makes a layer with a way around it: its output is added to its input.
 *
 * - **Formula**: `body(x) + shortcut(x)`.
 * - **Shapes**: both must give the same one.
 * - **Source**: K. He, X. Zhang, S. Ren, J. Sun: "Deep residual learning for image recognition",
 *   CVPR 2016.
 *
 * @example
 * ```ts
 * import { ones, Random, relu } from "@tapegrad/tapegrad";
 * import { constant, Dense, Residual } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const block = Residual(Dense({ units: 2, activation: relu, initializer: constant(0.5) }));
 * const params = block.init(new Random(0), [2]);
 * assertEquals(block.apply(params, ones([1, 2])).toArray(), [[2, 2]]);
 * ```
 *
 * @param body a layer or function of a batch.
 * @param options `shortcut`, a layer or function; x itself by default.
 * @returns a layer.
 */
export function Residual<M extends Module, S extends Module = (x: Tensor) => Tensor>(
  body: M,
  options: ResidualOptions<S> = {},
): Layer<ResidualParams<M, S>> {
  const read = checkOptions<ResidualOptions<Module>, typeof KNOWN>("make Residual", options, KNOWN);
  const { shortcut } = read as ResidualOptions<S>;
  checkModule("make Residual", "body", body);
  if (shortcut !== undefined) checkModule("make Residual", "shortcut", shortcut);
  const [inner, around] = [asLayer(body), asLayer(shortcut ?? ((x: Tensor) => x))];
  const children = [
    { name: "body", layer: inner as Layer<unknown> },
    { name: "shortcut", layer: around as Layer<unknown> },
  ];

  /** Computes the shape that both ways give; throws where it is not the same. */
  function checkShapes(inputShape: Shape): Shape {
    const [body, passed] = children.map((child) =>
      inLayer(child, () => child.layer.outputShape(inputShape))
    );
    checkSameShape(inputShape, body, passed);
    return body;
  }

  return makeLayer({
    type: "Residual",
    children: shortcut === undefined ? children.slice(0, 1) : children,
    init(random, inputShape, create) {
      checkRandom("initialise Residual", random);
      checkShapes(inputShape);
      const [body, shortcut] = children.map((child) =>
        inLayer(child, () => child.layer.init(random.split(child.name), inputShape, create))
      );
      return { body, shortcut } as ResidualParams<M, S>;
    },
    outputShape: checkShapes,
    apply(params, x, options = {}) {
      const [y, passed] = children.map((child) =>
        applyChild(child, params?.[child.name as keyof typeof params], x, options)
      );
      return add(y, passed);
    },
    trainable: (params) => ({
      body: trainable(inner, params.body),
      shortcut: trainable(around, params.shortcut as never),
    } as Trainable<ResidualParams<M, S>>),
  });
}

function checkSameShape(inputShape: Shape, body: Shape, shortcut: Shape): void {
  if (sameShape(body, shortcut)) return;
  throw new ShapeError(
    `Cannot make Residual: body and shortcut must give the same shape: body makes ` +
      `${formatShape(body)} of ${formatShape(inputShape)}, shortcut ${formatShape(shortcut)}`,
  );
}
