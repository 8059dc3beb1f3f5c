// Random samples of convolution and pooling, and of their gradients.

import fc from "fast-check";
import { apply, avgPool, conv2d, maxPool } from "../../../mod.ts";
import { type OpName, ops } from "../../../src/backends/mod.ts";
import { conv2dGeometry, pool2dGeometry } from "../../../src/core/geometry/mod.ts";
import { distinct, farFromZero, offGrid, quarters } from "../grids.ts";
import type { OpCase } from "./op_case.ts";
import { dividing, EXACT, EXACT_BETWEEN_KINKS, sample, SMOOTH } from "../samples.ts";
import { averageCounts, convShape, poolShape } from "../oracles/windows.ts";
import { type ConvSizes, convSizes, type PoolSizes, poolSizes } from "../windows.ts";

const conv2dWithBias = convSizes.chain(({ x, w, options }) =>
  fc.record({ x: quarters(x), w: quarters(w), bias: quarters([w[3]]) })
    .map((variables) =>
      sample({
        op: "conv2d",
        variables,
        attributes: options,
        call: ({ x, w, bias }) => conv2d(x, w, { ...options, bias }),
        options: EXACT,
      })
    )
);

const conv2dAlone = convSizes.chain(({ x, w, options }) =>
  fc.record({ x: quarters(x), w: quarters(w) })
    .map((variables) =>
      sample({
        op: "conv2d",
        variables,
        attributes: options,
        call: ({ x, w }) => conv2d(x, w, options),
        options: EXACT,
      })
    )
);

/** The bias keeps what relu is given away from its kink: far away, or farther than the step. */
const conv2dRelu: OpCase = {
  hasFarKinks: true,
  padsWithZeros: true,
  samples: fc.record({ sizes: convSizes, isFar: fc.boolean() }).chain(({ sizes, isFar }) => {
    const { x, w, options } = sizes;
    const bias = (isFar ? farFromZero : offGrid)([w[3]]);
    return fc.record({ x: quarters(x), w: quarters(w), bias }).map((variables) =>
      sample({
        op: "conv2dRelu",
        variables,
        attributes: options,
        call: ({ x, w, bias }) => conv2d(x, w, { ...options, bias, activation: "relu" }),
        options: isFar ? EXACT : SMOOTH,
      })
    );
  }),
};

const conv2dGradX: OpCase = {
  padsWithZeros: true,
  samples: convSizes.chain((sizes) =>
    fc.record({ dy: quarters(convShape(sizes.x, sizes.w, sizes.options)), w: quarters(sizes.w) })
      .map((variables) =>
        sample({
          op: "conv2dGradX",
          variables,
          attributes: sizes,
          call: ({ dy, w }) => apply(ops.conv2dGradX, { dy, w }, convGeometry(sizes)),
          options: EXACT,
        })
      )
  ),
};

const conv2dGradW: OpCase = {
  padsWithZeros: true,
  samples: convSizes.chain((sizes) =>
    fc.record({ dy: quarters(convShape(sizes.x, sizes.w, sizes.options)), x: quarters(sizes.x) })
      .map((variables) =>
        sample({
          op: "conv2dGradW",
          variables,
          attributes: sizes,
          call: ({ dy, x }) => apply(ops.conv2dGradW, { dy, x }, convGeometry(sizes)),
          options: EXACT,
        })
      )
  ),
};

const maxPoolCase: OpCase = {
  selector: "x",
  samples: poolSizes.chain(({ x, options }) =>
    distinct(x).map((x) =>
      sample({
        op: "maxPool",
        variables: { x },
        attributes: options,
        call: ({ x }) => maxPool(x, options),
        options: EXACT_BETWEEN_KINKS,
      })
    )
  ),
};

const maxPoolGrad: OpCase = {
  selector: "x",
  samples: poolSizes.chain((sizes) =>
    fc.record({ dy: quarters(poolShape(sizes.x, sizes.options)), x: distinct(sizes.x) })
      .map(({ dy, x }) =>
        sample({
          op: "maxPoolGrad",
          variables: { dy },
          constants: { x },
          attributes: sizes.options,
          call: ({ dy, x }) => apply(ops.maxPoolGrad, { dy, x }, poolGeometry(sizes)),
          options: EXACT,
        })
      )
  ),
};

const maxPoolGather: OpCase = {
  selector: "x",
  samples: poolSizes.chain((sizes) =>
    fc.record({ values: quarters(sizes.x), x: distinct(sizes.x) })
      .map(({ values, x }) =>
        sample({
          op: "maxPoolGather",
          variables: { values },
          constants: { x },
          attributes: sizes.options,
          call: ({ values, x }) => apply(ops.maxPoolGather, { values, x }, poolGeometry(sizes)),
          options: EXACT,
        })
      )
  ),
};

const avgPoolCase: OpCase = {
  samples: fc.record({ sizes: poolSizes, countPadding: fc.boolean() })
    .chain(({ sizes: { x: shape, options }, countPadding }) =>
      quarters(shape).map((x) => {
        const all = { ...options, countPadding };
        return sample({
          op: "avgPool",
          variables: { x },
          attributes: all,
          call: ({ x }) => avgPool(x, all),
          options: dividing(averageCounts(shape, all)),
        });
      })
    ),
};

const avgPoolGrad: OpCase = {
  samples: fc.record({ sizes: poolSizes, countPadding: fc.boolean() })
    .chain(({ sizes, countPadding }) =>
      quarters(poolShape(sizes.x, sizes.options)).map((dy) =>
        sample({
          op: "avgPoolGrad",
          variables: { dy },
          attributes: { ...sizes, countPadding },
          call: ({ dy }) => apply(ops.avgPoolGrad, { dy }, poolGeometry(sizes, countPadding)),
          options: dividing(averageCounts(sizes.x, { ...sizes.options, countPadding })),
        })
      )
    ),
};

function convGeometry({ x, w, options }: ConvSizes) {
  return conv2dGeometry(x, w, undefined, options);
}

function poolGeometry({ x, options }: PoolSizes, countPadding = false) {
  return pool2dGeometry("test", x, options, countPadding);
}

/** Cases of convolution and pooling. */
export const windowCases = {
  avgPool: avgPoolCase,
  avgPoolGrad,
  conv2d: { samples: fc.oneof(conv2dWithBias, conv2dAlone), padsWithZeros: true },
  conv2dGradW,
  conv2dGradX,
  conv2dRelu,
  maxPool: maxPoolCase,
  maxPoolGather,
  maxPoolGrad,
} satisfies Partial<Record<OpName, OpCase>>;
