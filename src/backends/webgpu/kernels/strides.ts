/**
 * Elements of several arrays that belong together: where each is, from the index of the result.
 *
 * @module
 */
import { type Shape, sizeOf } from "../../../core/shape.ts";
import { MOST_DIMS } from "../programs.ts";

/** Names of up to three arrays in the body of a program. */
const NAMES = ["a", "b", "c"] as const;

/** Offsets of arrays, for a program. */
export interface Walk {
  /** Part of the program's name. */
  readonly key: string;
  /** Elements of the result. */
  readonly count: number;
  /** Strides where there is one dimension, by names of the body. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Sizes and strides of dimensions, else. */
  readonly dims?: readonly number[];
  /** WGSL that declares `atA`, `atB`, `atC` from `i`, and `wordA` to `wordC`. */
  readonly code: string;
}

/** Makes the walk; undefined where there are too many dimensions. */
export function walkOver(shape: Shape, strides: readonly (readonly number[])[]): Walk | undefined {
  const dims = merged(shape, strides);
  const names = NAMES.slice(0, strides.length);
  const count = sizeOf(shape);
  if (dims.length <= 1) {
    const steps = dims[0]?.strides ?? strides.map(() => 0);
    return {
      key: "flat",
      count,
      numbers: Object.fromEntries(names.map((name, i) => [`step${upper(name)}`, steps[i] >>> 0])),
      code: names.map((name) => {
        const own = upper(name);
        return `let at${own} = word${own} + i * step${own};`;
      }).join("\n"),
    };
  }
  if (dims.length > MOST_DIMS) return undefined;
  return {
    key: "strided",
    count,
    numbers: { rank: dims.length },
    dims: dims.flatMap(({ size, strides }) => [size, ...[0, 1, 2].map((i) => strides[i] >>> 0)]),
    code: `${names.map((name) => `var at${upper(name)} = word${upper(name)};`).join("\n")}
var rest = i;
for (var d = rank; d > 0u; d--) {
  let dim = p[DIMS + d - 1u];
  let index = rest % dim.x;
  rest = rest / dim.x;
  ${names.map((name, j) => `at${upper(name)} += index * dim[${j + 1}];`).join("\n  ")}
}`,
  };
}

const upper = (name: string) => name.toUpperCase();

interface Dim {
  readonly size: number;
  readonly strides: readonly number[];
}

/** Makes neighbouring dimensions one where all arrays go on evenly, and drops those of size 1. */
function merged(shape: Shape, strides: readonly (readonly number[])[]): Dim[] {
  const dims: Dim[] = [];
  shape.forEach((size, d) => {
    if (size === 1) return;
    const dim = { size, strides: strides.map((own) => own[d]) };
    const outer = dims.at(-1);
    if (outer?.strides.every((stride, i) => stride === dim.strides[i] * size)) {
      dims[dims.length - 1] = { size: outer.size * size, strides: dim.strides };
    } else dims.push(dim);
  });
  return dims;
}
