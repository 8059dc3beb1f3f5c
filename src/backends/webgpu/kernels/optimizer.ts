/**
 * Steps of optimizers: those that follow each other with one rule are one program over all of
 * their parameters.
 *
 * @module
 */
import { sizeOf } from "../../../core/shape.ts";
import type { FastKernels } from "../../fallback.ts";
import type {
  AdagradUpdate,
  AdamUpdate,
  Backend,
  LionUpdate,
  RmspropUpdate,
  SgdUpdate,
  StepArrays,
  StepRule,
} from "../../kernels.ts";
import { bits, MOST_IN_TABLE, type Programs } from "../programs.ts";

/** Numbers of a parameter in the table: its first element, its weight, gradient and four more. */
const ENTRY = 8;
/** Arrays that a rule may keep, in the order of their words. */
const KEPT = ["velocity", "m", "v", "meanSquare", "meanGradient", "squares"] as const;
/** Most arrays that one rule keeps. */
const MOST_KEPT = 3;

/** WGSL of a rule: `gradient` and `w` are there; what it keeps is at words `kept0` and so on. */
interface StepProgram {
  readonly key: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly body: string;
}

const number = (name: string) => `bitcast<f32>(${name})`;

/** WGSL that reads what the rule keeps, by its name. */
const keptAt = (kept: readonly string[], name: string) => `kept${kept.indexOf(name)}`;

function sgdProgram(
  { learningRate, momentum, nesterov }: SgdUpdate,
  kept: readonly string[],
): StepProgram {
  const direction = nesterov ? `fma(${number("momentum")}, speed, gradient)` : "speed";
  return {
    key: `sgd ${kept.length} ${nesterov}`,
    numbers: { learningRate: bits(learningRate), momentum: bits(momentum) },
    body: kept.length === 0
      ? `put(at, w - ${number("learningRate")} * gradient);`
      : `let speed = ${number("momentum")} * f(kept0) + gradient;
put(kept0, speed);
put(at, w - ${number("learningRate")} * ${direction});`,
  };
}

function adamProgram(
  { learningRate, beta1, beta2, epsilon, step, shrink }: AdamUpdate,
): StepProgram {
  return {
    key: "adam",
    numbers: {
      size: bits(learningRate / (1 - beta1 ** step)),
      correction: bits(Math.sqrt(1 - beta2 ** step)),
      beta1: bits(beta1),
      rest1: bits(1 - beta1),
      beta2: bits(beta2),
      rest2: bits(1 - beta2),
      epsilon: bits(epsilon),
      shrink: bits(shrink),
    },
    body: `let first = ${number("beta1")} * f(kept0) + ${number("rest1")} * gradient;
let second = ${number("beta2")} * f(kept1) + ${number("rest2")} * gradient * gradient;
put(kept0, first);
put(kept1, second);
let root = rootOf(second) / ${number("correction")} + ${number("epsilon")};
put(at, ${number("shrink")} * w - ${number("size")} * first / root);`,
  };
}

function rmspropProgram(
  { rho, inner, outer, epsilonInside, epsilonOutside, momentum }: RmspropUpdate,
  kept: readonly string[],
): StepProgram {
  const [square, mean, velocity] = ["meanSquare", "meanGradient", "velocity"]
    .map((name) => keptAt(kept, name));
  const centered = `let mean = ${number("rho")} * f(${mean}) + ${number("rest")} * gradient;
put(${mean}, mean);
square = larger(square - mean * mean, 0.0);`;
  const moving = `speed += ${number("momentum")} * f(${velocity});
put(${velocity}, speed);`;
  return {
    key: `rmsprop ${kept.join(" ")}`,
    numbers: {
      rho: bits(rho),
      rest: bits(1 - rho),
      inner: bits(inner),
      outer: bits(outer),
      inside: bits(epsilonInside),
      outside: bits(epsilonOutside),
      momentum: bits(momentum),
    },
    body: `var square = ${number("rho")} * f(${square}) +
  ${number("rest")} * gradient * gradient;
put(${square}, square);
${kept.includes("meanGradient") ? centered : ""}
let root = rootOf(square + ${number("inside")}) + ${number("outside")};
var speed = ${number("inner")} * gradient / root;
${kept.includes("velocity") ? moving : ""}
put(at, w - ${number("outer")} * speed);`,
  };
}

function adagradProgram({ learningRate, epsilon }: AdagradUpdate): StepProgram {
  return {
    key: "adagrad",
    numbers: { learningRate: bits(learningRate), epsilon: bits(epsilon) },
    body: `let sum = f(kept0) + gradient * gradient;
put(kept0, sum);
put(at, w - ${number("learningRate")} * gradient / (rootOf(sum) + ${number("epsilon")}));`,
  };
}

function lionProgram({ learningRate, beta1, beta2, shrink }: LionUpdate): StepProgram {
  return {
    key: "lion",
    numbers: {
      learningRate: bits(learningRate),
      beta1: bits(beta1),
      rest1: bits(1 - beta1),
      beta2: bits(beta2),
      rest2: bits(1 - beta2),
      shrink: bits(shrink),
    },
    body: `let m = f(kept0);
let direction = signOf(${number("beta1")} * m + ${number("rest1")} * gradient);
put(at, ${number("shrink")} * w - ${number("learningRate")} * direction);
put(kept0, ${number("beta2")} * m + ${number("rest2")} * gradient);`,
  };
}

function programOf(rule: StepRule, kept: readonly string[]): StepProgram {
  switch (rule.kind) {
    case "sgd":
      return sgdProgram(rule, kept);
    case "adam":
      return adamProgram(rule);
    case "rmsprop":
      return rmspropProgram(rule, kept);
    case "adagrad":
      return adagradProgram(rule);
    case "lion":
      return lionProgram(rule);
  }
}

/** The gradient, to which the rule's weight decay is added, if it has any. */
function gradientOf(rule: StepRule): { readonly decay: number; readonly code: string } {
  const decay = rule.kind === "lion" ? 0 : rule.weightDecay;
  const own = "f(wordDw)";
  return { decay, code: decay === 0 ? own : `${own} + ${number("decay")} * w` };
}

/** Names of scalars that must be finite for a step to be taken. */
const scalarNames = (count: number) => Array.from({ length: count }, (_, j) => `scalar${j}`);

/** Leaves everything as it is unless scalars are finite, told by their bits. */
const guard = (scalars: readonly string[]) =>
  scalars.map((name) => `if ((heap[${name}] & 0x7f800000u) == 0x7f800000u) { return; }`).join("\n");

const BODY = (scalars: readonly string[], gradient: string, step: string) =>
  `${guard(scalars)}
var low = 0u;
var high = entries;
while (high - low > 1u) {
  let middle = (low + high) / 2u;
  if (p[TABLE + 2u * middle].x <= i) { low = middle; } else { high = middle; }
}
let entry = p[TABLE + 2u * low];
let more = p[TABLE + 2u * low + 1u];
let within = i - entry.x;
let at = entry.y + within;
let wordDw = entry.z + within;
let kept0 = entry.w + within;
let kept1 = more.x + within;
let kept2 = more.y + within;
let w = f(at);
let gradient = ${gradient};
${step}`;

/** Steps with one rule that are not recorded yet. */
interface Pending {
  readonly rule: StepRule;
  readonly kept: readonly string[];
  /** Words of scalars that must be finite. */
  readonly scalars: readonly number[];
  readonly table: number[];
  count: number;
}

/** The kernel, and what makes its steps depend on scalars. */
export interface OptimizerKernels extends Pick<FastKernels, "stepInPlace"> {
  /** See `Backend.stepIfFinite`. */
  readonly stepIfFinite: NonNullable<Backend["stepIfFinite"]>;
}

/** Makes the kernel. */
export function optimizerKernels(g: Programs): OptimizerKernels {
  const { memory, commands } = g;
  let pending: Pending | undefined;
  let scalars: readonly number[] = [];

  function record(): void {
    const { rule, kept, scalars, table, count } = pending!;
    pending = undefined;
    const { key, numbers, body } = programOf(rule, kept);
    const { decay, code } = gradientOf(rule);
    const names = scalarNames(scalars.length);
    g.each({
      key: `${key} ${decay !== 0}${names.length > 0 ? ` if ${names.length} are finite` : ""}`,
      count,
      numbers: {
        entries: table.length / ENTRY,
        decay: bits(decay),
        ...numbers,
        ...Object.fromEntries(names.map((name, j) => [name, scalars[j]])),
      },
      table,
      body: () => BODY(names, code, body),
    });
  }

  /** Steps that this one can join: of the same rule, with room in the table. */
  function joined(rule: StepRule, kept: readonly string[]): Pending {
    if (
      pending !== undefined && pending.table.length + ENTRY <= MOST_IN_TABLE &&
      isSame(pending.rule, rule) && pending.kept.join() === kept.join() &&
      pending.scalars === scalars
    ) return pending;
    commands.settle();
    return { rule, kept, scalars, table: [], count: 0 };
  }

  return {
    stepIfFinite(arrays, run) {
      const before = scalars;
      scalars = arrays.map((x) => memory.word(x));
      try {
        run();
      } finally {
        scalars = before;
      }
    },
    stepInPlace(rule, arrays) {
      const kept = KEPT.filter((name) => arrays[name] !== undefined);
      // Words first: an array that has to be sent would settle what is pending.
      const words = wordsOf(arrays, kept);
      const steps = joined(rule, kept);
      steps.table.push(steps.count, ...words);
      steps.count += sizeOf(arrays.w.shape);
      if (steps !== pending) {
        commands.defer(record);
        pending = steps;
      }
    },
  };

  function wordsOf(arrays: StepArrays, kept: readonly (typeof KEPT)[number][]): number[] {
    const words = [memory.changedWord(arrays.w), memory.word(arrays.dw)];
    for (let j = 0; j < MOST_KEPT; j++) {
      words.push(j < kept.length ? memory.changedWord(arrays[kept[j]]!) : 0);
    }
    while (words.length < ENTRY - 1) words.push(0);
    return words;
  }
}

function isSame(a: StepRule, b: StepRule): boolean {
  return Object.entries(a).every(([name, value]) =>
    (b as unknown as Record<string, unknown>)[name] === value
  ) && a.kind === b.kind;
}
