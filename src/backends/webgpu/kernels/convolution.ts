/**
 * Convolutions and their gradients as implicit products: windows are read where the image is. An
 * invocation computes a tile of some pixels and some channels in registers.
 *
 * @module
 */
import type { Conv2dGeometry } from "../../../core/geometry/mod.ts";
import { sizeOf } from "../../../core/shape.ts";
import { DECLINED, type FastKernels } from "../../fallback.ts";
import type { Programs } from "../programs.ts";
import { gradW } from "./filter_gradient.ts";
import { list, unrolled } from "./unroll.ts";
import { windowNumbers } from "./window_numbers.ts";

type Names = "conv2d" | "conv2dGradX" | "conv2dGradW";

/** Pixels of a tile. */
const PIXELS = 4;
/** Channels of a tile, where a group has so many. */
const CHANNELS = 4;
/** Most terms of a sum: loops have limits. */
const LONGEST_SUM = 60000;

/** Channels of a tile. */
const tileOf = (channels: number) => channels >= CHANNELS ? CHANNELS : 1;

/** WGSL that finds the tile of invocation i: `group`, `channel` (within it) and `pixel`. */
function tile(channels: string, pixels: string, width: number): string {
  return `let channelTiles = (${channels} + ${width - 1}u) / ${width}u;
let channel = i % channelTiles * ${width}u;
let group = i / channelTiles % groups;
let pixel = i / (channelTiles * groups) * ${PIXELS}u;
let pixels = ${pixels};`;
}

/** WGSL that finds image, row and column of each pixel of the tile. */
function places(height: string, width: string): string {
  return unrolled(
    list(PIXELS),
    (j) =>
      `let at${j} = min(pixel + ${j}u, pixels - 1u);
let image${j} = at${j} / (${height} * ${width});
let row${j} = at${j} / ${width} % ${height};
let column${j} = at${j} % ${width};`,
  );
}

/** Ways through the products of a tap: all pixels of the tile are inside of images, or some. */
type Way = "all inside" | "some inside";

/**
 * WGSL that adds products of pixels and filters, of as many terms as `count` says. Pixels
 * that are padding add nothing: times an infinite filter they would be NaN.
 */
function productsOver(count: string, width: number, way: Way, filterStep: string): string {
  const inside = way === "all inside";
  const sum = (j: number, c: number) => {
    const next = `fma(x${j}, w${c}, y${j}${c})`;
    return `y${j}${c} = ${inside ? next : `select(y${j}${c}, ${next}, holds${j})`};`;
  };
  return `for (var c = 0u; c < ${count}; c++) {
${unrolled(list(PIXELS), (j) => `let x${j} = f(from${j}); from${j}++;`)}
${unrolled(list(width), (c) => `let w${c} = f(filter${c}); filter${c} += ${filterStep};`)}
${unrolled(list(PIXELS), (j) => unrolled(list(width), (c) => sum(j, c)))}
}`;
}

/** WGSL that adds the products of a tap by the way that its pixels allow. */
function products(count: string, width: number, filterStep: string): string {
  const holds = list(PIXELS).map((j) => `holds${j}`);
  return `if (${holds.join(" && ")}) {
${productsOver(count, width, "all inside", filterStep)}
} else if (${holds.join(" || ")}) {
${productsOver(count, width, "some inside", filterStep)}
}`;
}

const sums = (width: number) =>
  unrolled(list(PIXELS), (j) => unrolled(list(width), (c) => `var y${j}${c} = 0.0;`));

/** WGSL that stores the tile; `channelsIn` are those of a group. */
function stores(
  width: number,
  channelsIn: string,
  all: string,
  value: (sum: string, channel: string) => string,
): string {
  return unrolled(
    list(PIXELS),
    (j) =>
      unrolled(list(width), (c) =>
        `if (pixel + ${j}u < pixels && channel + ${c}u < ${channelsIn}) {
  put(wordY + at${j} * ${all} + group * ${channelsIn} + channel + ${c}u, ${
          value(`y${j}${c}`, `group * ${channelsIn} + channel + ${c}u`)
        });
}`),
  );
}

function forwardBody(width: number, hasBias: boolean, isRelu: boolean): string {
  const value = (sum: string, channel: string) => {
    const whole = hasBias ? `${sum} + f(wordBias + ${channel})` : sum;
    return isRelu ? `relu(${whole})` : whole;
  };
  return `${tile("outPerGroup", "batch * outHeight * outWidth", width)}
${places("outHeight", "outWidth")}
${sums(width)}
for (var u = 0u; u < windowHeight; u++) {
${
    unrolled(list(PIXELS), (j) =>
      `let line${j} = row${j} * strideHeight + u * dilationHeight - padTop;
let isIn${j} = line${j} < height;`)
  }
for (var v = 0u; v < windowWidth; v++) {
${
    unrolled(list(PIXELS), (j) =>
      `let place${j} = column${j} * strideWidth + v * dilationWidth - padLeft;
let holds${j} = isIn${j} && place${j} < width;
var from${j} = wordX + select(0u, ((image${j} * height + line${j}) * width + place${j}) * channels + group * perGroup, holds${j});`)
  }
let filters = wordW + (u * windowWidth + v) * perGroup * outChannels + group * outPerGroup;
${
    unrolled(
      list(width),
      (c) => `var filter${c} = filters + min(channel + ${c}u, outPerGroup - 1u);`,
    )
  }
${products("perGroup", width, "outChannels")}
}
}
${stores(width, "outPerGroup", "outChannels", value)}`;
}

/** The gradient by x: each pixel of the image collects from the windows that cover it. */
function gradXBody(width: number): string {
  return `${tile("perGroup", "batch * height * width", width)}
${places("height", "width")}
${sums(width)}
for (var u = 0u; u < windowHeight; u++) {
${
    unrolled(list(PIXELS), (j) =>
      `let reach${j} = row${j} + padTop - u * dilationHeight;
let line${j} = reach${j} / strideHeight;
let isIn${j} = line${j} < outHeight && line${j} * strideHeight == reach${j};`)
  }
for (var v = 0u; v < windowWidth; v++) {
${
    unrolled(list(PIXELS), (j) =>
      `let across${j} = column${j} + padLeft - v * dilationWidth;
let place${j} = across${j} / strideWidth;
let holds${j} = isIn${j} && place${j} < outWidth && place${j} * strideWidth == across${j};
var from${j} = wordDy + select(0u, ((image${j} * outHeight + line${j}) * outWidth + place${j}) * outChannels + group * outPerGroup, holds${j});`)
  }
let filters = wordW + (u * windowWidth + v) * perGroup * outChannels + group * outPerGroup;
${
    unrolled(
      list(width),
      (c) => `var filter${c} = filters + min(channel + ${c}u, perGroup - 1u) * outChannels;`,
    )
  }
${products("outPerGroup", width, "1u")}
}
}
${stores(width, "perGroup", "channels", (sum) => sum)}`;
}

const terms = (g: Conv2dGeometry, channels: number) => g.windowHeight * g.windowWidth * channels;

/** The kernels. */
export function convKernels(g: Programs): Pick<FastKernels, Names> {
  const { memory } = g;
  return {
    conv2d(x, w, bias, geometry, activation) {
      const { channels, outChannels, groups, batch, outHeight, outWidth, yShape } = geometry;
      const [perGroup, outPerGroup] = [channels / groups, outChannels / groups];
      if (terms(geometry, perGroup) > LONGEST_SUM || sizeOf(w.shape) === 0) return DECLINED;
      const width = tileOf(outPerGroup);
      const isRelu = activation === "relu";
      const y = memory.reserve(yShape, "float32");
      g.each({
        key: `conv2d ${width} ${bias !== null} ${isRelu}`,
        count: Math.ceil(batch * outHeight * outWidth / PIXELS) * groups *
          Math.ceil(outPerGroup / width),
        numbers: {
          wordX: memory.word(x),
          wordW: memory.word(w),
          wordBias: bias === null ? 0 : memory.word(bias),
          wordY: memory.word(y),
          ...windowNumbers(geometry),
          outChannels,
          groups,
          perGroup,
          outPerGroup,
        },
        body: () => forwardBody(width, bias !== null, isRelu),
      });
      return y;
    },

    conv2dGradX(dy, w, geometry) {
      const { channels, outChannels, groups, batch, height, width: across, xShape } = geometry;
      const [perGroup, outPerGroup] = [channels / groups, outChannels / groups];
      if (terms(geometry, outPerGroup) > LONGEST_SUM || sizeOf(w.shape) === 0) return DECLINED;
      const width = tileOf(perGroup);
      const dx = memory.reserve(xShape, "float32");
      g.each({
        key: `conv2dGradX ${width}`,
        count: Math.ceil(batch * height * across / PIXELS) * groups * Math.ceil(perGroup / width),
        numbers: {
          wordDy: memory.word(dy),
          wordW: memory.word(w),
          wordY: memory.word(dx),
          ...windowNumbers(geometry),
          outChannels,
          groups,
          perGroup,
          outPerGroup,
        },
        body: () => gradXBody(width),
      });
      return dx;
    },

    conv2dGradW: (dy, x, geometry) => gradW(g, dy, x, geometry),
  };
}
