/**
 * Digits drawn with a pen of random width by a hand that is never twice the same: a data set for
 * who has none. The same pictures for a seed on every machine: only operations whose result IEEE
 * 754 fixes (+ - * / sqrt floor) are used.
 *
 * @module
 */
import type { Labelled } from "../shared/labelled.ts";
import { around, between, seededSource, shuffle, type UniformSource } from "../shared/random.ts";

/** A place: to the right and down, the digit being 1 high. */
type Point = readonly [x: number, y: number];

/** Line that the pen draws without being lifted; corners are rounded off. */
type Stroke = readonly Point[];

/** The strokes of each digit, in the ways people write it. */
const SHAPES: readonly (readonly (readonly Stroke[])[])[] = [
  [[[[.5, 0], [.2, .05], [.1, .5], [.2, .95], [.5, 1], [.8, .95], [.9, .5], [.8, .05], [.5, 0]]]],
  [
    [[[.5, 0], [.5, 1]]],
    [[[.25, .25], [.55, 0], [.55, 1]]],
    [[[.25, .25], [.5, 0], [.5, 1]], [[.2, 1], [.8, 1]]],
  ],
  [
    [[[.1, .25], [.25, 0], [.8, 0], [.9, .35], [.5, .65], [.1, 1], [.1, 1], [.9, 1]]],
    [[[.1, .25], [.3, 0], [.85, .05], [.8, .5], [.2, 1], [.05, .8], [.4, .8], [.95, 1]]],
  ],
  [
    [[
      [.1, .1],
      [.5, 0],
      [.9, .1],
      [.8, .45],
      [.4, .48],
      [.4, .48],
      [.95, .5],
      [.9, .95],
      [.45, 1],
      [.05, .9],
    ]],
    [[[.1, 0], [.85, 0], [.85, 0], [.4, .4], [.4, .4], [.95, .45], [.9, 1], [.4, 1], [.05, .9]]],
  ],
  [
    [[[.65, 0], [.05, .65], [.05, .65], [.95, .65]], [[.7, .3], [.7, 1]]],
    [[[.15, 0], [.1, .5], [.1, .5], [.9, .5]], [[.85, 0], [.8, 1]]],
  ],
  [
    [[[.85, 0], [.2, 0], [.2, 0], [.15, .45], [.15, .45], [.6, .35], [.95, .55], [.85, .95], [
      .4,
      1,
    ], [.05, .9]]],
    [[[.2, 0], [.15, .45], [.15, .45], [.7, .4], [.95, .75], [.6, 1], [.05, .95]], [[.2, 0], [
      .9,
      0,
    ]]],
  ],
  [[[[.75, 0], [.3, .2], [.1, .6], [.15, 1], [.6, 1], [.9, .85], [.8, .5], [.4, .5], [.12, .75]]]],
  [
    [[[.1, 0], [.9, 0], [.9, 0], [.6, .5], [.4, 1]]],
    [[[.1, 0], [.9, 0], [.9, 0], [.55, .5], [.4, 1]], [[.3, .5], [.8, .5]]],
  ],
  [
    [[
      [.85, .1],
      [.5, -.02],
      [.15, .1],
      [.2, .4],
      [.8, .6],
      [.9, .95],
      [.5, 1.02],
      [.1, .95],
      [.2, .6],
      [.8, .4],
      [.85, .1],
    ]],
    [
      [[.5, 0], [.15, .05], [.15, .45], [.5, .46], [.85, .45], [.85, .05], [.5, 0]],
      [[.5, .46], [.1, .5], [.1, 1], [.5, 1], [.9, 1], [.9, .5], [.5, .46]],
    ],
  ],
  [
    [[[.85, .3], [.6, .5], [.15, .45], [.1, .1], [.5, -.02], [.85, .1], [.85, .3], [.8, 1]]],
    [[[.85, .25], [.5, .5], [.1, .4], [.2, 0], [.7, 0], [.88, .2], [.85, .6], [.3, 1]]],
  ],
];

/** Pixels of a side, as in MNIST. */
const SIDE = 28;

/**
 * Draws `count` digits, as many of each class to within one, in random order; streams of a seed
 * differ.
 */
export function drawDigits(count: number, seed: number, stream: number): Labelled {
  const random = seededSource(seed, stream);
  const labels = Int32Array.from({ length: count }, (_, i) => i % SHAPES.length);
  shuffle(random, labels);
  const data = new Uint8Array(count * SIDE * SIDE);
  labels.forEach((label, i) => {
    draw(SHAPES[label], random, data.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
  });
  return { images: { shape: [count, SIDE, SIDE, 1], dtype: "uint8", data }, labels };
}

function draw(
  ways: readonly (readonly Stroke[])[],
  random: UniformSource,
  image: Uint8Array,
): void {
  const hand = steady(random);
  const radius = between(random, 0.7, 1.9);
  const ink = between(random, 200, 255);
  for (const stroke of ways[Math.floor(random.uniform() * ways.length)]) {
    const line = rounded(rounded(stroke.map((point) => hand(shaken(point, random)))));
    for (let i = 1; i < line.length; i++) addSegment(image, line[i - 1], line[i], radius, ink);
  }
}

/** Draws one hand's way of writing: size, slant, place and tilt, in pixels. */
function steady(random: UniformSource): (point: Point) => Point {
  const [width, height] = [around(random, 12, 4), around(random, 18, 2.5)];
  const [slant, tilt] = [around(random, 0.1, 0.35) * height, around(random, 0, 0.2) * width];
  const [left, top] = [around(random, 13.5, 2), around(random, 13.5, 1.5)];
  return ([x, y]) => [
    left + width * (x - 0.5) - slant * (y - 0.5),
    top + tilt * (x - 0.5) + height * (y - 0.5),
  ];
}

function shaken([x, y]: Point, random: UniformSource): Point {
  return [around(random, x, 0.1), around(random, y, 0.08)];
}

/** Cuts corners at a quarter and three quarters of each side (Chaikin's algorithm). */
function rounded(line: Stroke): Stroke {
  const between = line.slice(1).flatMap((point, i): Point[] => [
    mixed(line[i], point, 0.25),
    mixed(line[i], point, 0.75),
  ]);
  return [line[0], ...between, line[line.length - 1]];
}

function mixed([x0, y0]: Point, [x1, y1]: Point, share: number): Point {
  return [x0 + share * (x1 - x0), y0 + share * (y1 - y0)];
}

/** Adds ink where the pen was: full within its radius, none a pixel further out. */
function addSegment(image: Uint8Array, a: Point, b: Point, radius: number, ink: number): void {
  const reach = radius + 1;
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = Math.max(dx * dx + dy * dy, 1e-12);
  const first = (u: number, v: number) => Math.max(0, Math.floor(Math.min(u, v) - reach));
  const last = (u: number, v: number) => Math.min(SIDE - 1, Math.floor(Math.max(u, v) + reach + 1));
  for (let y = first(a[1], b[1]); y <= last(a[1], b[1]); y++) {
    for (let x = first(a[0], b[0]); x <= last(a[0], b[0]); x++) {
      const along = ((x - a[0]) * dx + (y - a[1]) * dy) / length;
      const share = Math.min(1, Math.max(0, along));
      const [ex, ey] = [x - a[0] - share * dx, y - a[1] - share * dy];
      const cover = Math.min(1, Math.max(0, reach - Math.sqrt(ex * ex + ey * ey)));
      image[y * SIDE + x] = Math.max(image[y * SIDE + x], Math.floor(cover * ink));
    }
  }
}
