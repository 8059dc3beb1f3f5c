/**
 * Steps of optimizers: those that follow each other with one rule are one program over all of
 * their parameters.
 *
 * @module
 */
import { sizeOf } from "../../../core/shape.ts";
import type { FastKernels } from "../../fallback.ts";
import type { StepArrays, StepRule } from "../../kernels.ts";
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

function programOf(rule: StepRule, kept: readonly string[]): StepProgram {
  switch (rule.kind) {
    case "sgd": {
      const { learningRate, momentum, nesterov } = rule;
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
    case "adam": {
      const { learningRate, beta1, beta2, epsilon, step, shrink } = rule;
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
    case "rmsprop": {
      const { rho, inner, outer, epsilonInside, epsilonOutside, momentum } = rule;
      const at = (name: string) => `kept${kept.indexOf(name)}`;
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
        body: `var square = ${number("rho")} * f(${at("meanSquare")}) +
  ${number("rest")} * gradient * gradient;
put(${at("meanSquare")}, square);
${
          kept.includes("meanGradient")
            ? `let mean = ${number("rho")} * f(${at("meanGradient")}) + ${
              number("rest")
            } * gradient;
put(${at("meanGradient")}, mean);
square = larger(square - mean * mean, 0.0);`
            : ""
        }
let root = rootOf(square + ${number("inside")}) + ${number("outside")};
var speed = ${number("inner")} * gradient / root;
${
          kept.includes("velocity")
            ? `speed += ${number("momentum")} * f(${at("velocity")});
put(${at("velocity")}, speed);`
            : ""
        }
put(at, w - ${number("outer")} * speed);`,
      };
    }
    case "adagrad":
      return {
        key: "adagrad",
        numbers: { learningRate: bits(rule.learningRate), epsilon: bits(rule.epsilon) },
        body: `let sum = f(kept0) + gradient * gradient;
put(kept0, sum);
put(at, w - ${number("learningRate")} * gradient / (rootOf(sum) + ${number("epsilon")}));`,
      };
    case "lion": {
      const { learningRate, beta1, beta2, shrink } = rule;
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
  }
}

/** The gradient, to which the rule's weight decay is added, if it has any. */
function gradientOf(rule: StepRule): { readonly decay: number; readonly code: string } {
  const decay = rule.kind === "lion" ? 0 : rule.weightDecay;
  const own = "f(wordDw)";
  return { decay, code: decay === 0 ? own : `${own} + ${number("decay")} * w` };
}

const BODY = (gradient: string, step: string) =>
  `var low = 0u;
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
  readonly table: number[];
  count: number;
}

/** The kernel. */
export function optimizerKernels(g: Programs): Pick<FastKernels, "stepInPlace"> {
  const { memory, commands } = g;
  let pending: Pending | undefined;

  function record(): void {
    const { rule, kept, table, count } = pending!;
    pending = undefined;
    const { key, numbers, body } = programOf(rule, kept);
    const { decay, code } = gradientOf(rule);
    g.each({
      key: `${key} ${decay !== 0}`,
      count,
      numbers: { entries: table.length / ENTRY, decay: bits(decay), ...numbers },
      table,
      body: () => BODY(code, body),
    });
  }

  /** Steps that this one can join: of the same rule, with room in the table. */
  function joined(rule: StepRule, kept: readonly string[]): Pending {
    if (
      pending !== undefined && pending.table.length + ENTRY <= MOST_IN_TABLE &&
      isSame(pending.rule, rule) && pending.kept.join() === kept.join()
    ) return pending;
    commands.settle();
    return { rule, kept, table: [], count: 0 };
  }

  return {
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
