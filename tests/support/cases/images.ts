// Random samples of the ops between images and rows of a matrix, and of resampling.

import fc from "fast-check";
import {
  adaptiveAvgPool,
  apply,
  col2im,
  im2col,
  type Pair,
  upsample,
  type UpsampleOptions,
} from "../../../mod.ts";
import { type OpName, ops } from "../../../src/backends/mod.ts";
import {
  adaptiveAvgPoolGeometry,
  adjointResampling,
  type ColumnsWindow,
  type ImageLayout,
  type ResampleGeometry,
  upsampleGeometry,
} from "../../../src/core/geometry/mod.ts";
import { quarters } from "../grids.ts";
import { shapeIn } from "../oracles/images.ts";
import type { OpCase } from "./op_case.ts";
import { EXACT, LINEAR, sample } from "../samples.ts";
import { convShape } from "../oracles/windows.ts";
import { convSizes } from "../windows.ts";

/** Either order of dimensions. */
export const layouts: fc.Arbitrary<ImageLayout> = fc.constantFrom("NHWC", "NCHW");

/** Images, and windows of them as rows. */
interface ColumnsSizes {
  readonly x: readonly number[];
  readonly columns: readonly number[];
  readonly options: ColumnsWindow;
}

const columnsSizes: fc.Arbitrary<ColumnsSizes> = fc.record({ sizes: convSizes, layout: layouts })
  .map(({ sizes: { x, w, options: { groups: _, ...window } }, layout }) => {
    const [batch, height, width] = convShape(x, w, window);
    return {
      x: shapeIn(layout, x),
      columns: [batch * height * width, w[0] * w[1] * x[3]],
      options: { ...window, size: [w[0], w[1]] as const, layout },
    };
  });

const im2colCase: OpCase = {
  samples: columnsSizes.chain(({ x: shape, options }) =>
    quarters(shape).map((x) =>
      sample({
        op: "im2col",
        variables: { x },
        attributes: options,
        call: ({ x }) => im2col(x, options),
        options: EXACT,
      })
    )
  ),
};

const col2imCase: OpCase = {
  samples: columnsSizes.chain(({ x, columns: shape, options }) =>
    quarters(shape).map((columns) =>
      sample({
        op: "col2im",
        variables: { columns },
        attributes: options,
        call: ({ columns }) => col2im(columns, x, options),
        options: EXACT,
      })
    )
  ),
};

const imageShapes = fc.tuple(
  fc.integer({ min: 1, max: 2 }),
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 2 }),
);

function pairsTo(max: number): fc.Arbitrary<Pair> {
  const one = fc.integer({ min: 1, max });
  return fc.oneof(one, fc.tuple(one, one));
}

const modes: fc.Arbitrary<UpsampleOptions> = fc.constantFrom<UpsampleOptions>(
  {},
  { mode: "nearest" },
  { mode: "bilinear" },
  { mode: "bilinear", alignCorners: true },
);

const upsampleOptions: fc.Arbitrary<UpsampleOptions> = fc.record({
  mode: modes,
  size: fc.oneof(
    pairsTo(6).map((size) => ({ size })),
    pairsTo(3).map((factor) => ({ factor })),
  ),
  layout: layouts,
}).map(({ mode, size, layout }) => ({ ...mode, ...size, layout }));

/** Chooses the exactness: equal to the last bit where all weights are multiples of 1/64. */
function exactness({ vertical, horizontal }: ResampleGeometry) {
  const weights = [...vertical.weights, ...horizontal.weights];
  return weights.every((weight) => Number.isInteger(weight * 64)) ? EXACT : LINEAR;
}

const upsampled = fc.record({ shape: imageShapes, options: upsampleOptions })
  .chain(({ shape, options }) => {
    const given = shapeIn(options.layout!, shape);
    return quarters(given).map((x) =>
      sample({
        op: "upsample",
        variables: { x },
        attributes: options,
        call: ({ x }) => upsample(x, options),
        options: exactness(upsampleGeometry(shape, options)),
      })
    );
  });

const averaged = fc.record({ shape: imageShapes, size: pairsTo(5), layout: layouts })
  .chain(({ shape, ...options }) => {
    const given = shapeIn(options.layout, shape);
    return quarters(given).map((x) =>
      sample({
        op: "adaptiveAvgPool",
        variables: { x },
        attributes: options,
        call: ({ x }) => adaptiveAvgPool(x, options),
        options: exactness(adaptiveAvgPoolGeometry(shape, options.size)),
      })
    );
  });

const adjoint = fc.record({ shape: imageShapes, mode: modes, size: pairsTo(5) })
  .chain(({ shape, mode, size }) => {
    const g = adjointResampling(upsampleGeometry(shape, { ...mode, size }));
    return quarters(g.xShape).map((x) =>
      sample({
        op: "resample",
        variables: { x },
        attributes: g,
        call: ({ x }) => apply(ops.resample, { x }, g),
        options: exactness(g),
      })
    );
  });

/** Cases of rows and of resampling. */
export const imageCases = {
  col2im: col2imCase,
  im2col: im2colCase,
  resample: { samples: fc.oneof(upsampled, averaged, adjoint) },
} satisfies Partial<Record<OpName, OpCase>>;
