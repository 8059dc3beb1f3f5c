/**
 * Search for the origin of a number that is NaN or infinite.
 *
 * @module
 */
import { printable } from "../core/printable.ts";
import { Arena } from "../core/arena.ts";
import { isFloat } from "../core/dtype.ts";
import type { AnyOp } from "../core/op_contract.ts";
import { withElements } from "../core/reading.ts";
import { scoped } from "../core/scoped.ts";
import { leavesOf } from "../core/structure.ts";
import type { Tensor } from "../core/tensor.ts";
import type { LayerScope } from "../nn/mod.ts";

/** Place where the first value that is not finite was found. */
export interface Finding {
  /** The op that made it; undefined where it came in with an input or a parameter. */
  readonly op?: string;
  /** Number of that op in the step, from 1. */
  readonly number?: number;
  /** The layer that applied the op, as its parameters are found: `head.dense`; empty outside. */
  readonly layer?: string;
  /**
   * Names of other tensors that were not finite before the step: `x`, `y`, or the path of a
   * parameter.
   */
  readonly inputs: readonly string[];
}

/**
 * A training whose loss is NaN or infinite: it has ended, the parameters are those before the step.
 *
 * @example
 * ```ts
 * import { log, Random, sgd, softmaxCE, tensor } from "@tapegrad/tapegrad";
 * import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
 * import { fit, NonFiniteLossError } from "@tapegrad/tapegrad/train";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const data = { x: tensor([[1, 2]]), y: tensor([0], { dtype: "int32" }) };
 * const model = Sequential({ dense: Dense({ units: 2 }), log }); // of numbers below 0, too
 * const params = model.init(new Random(0), [2]);
 * const options = { params, loss: softmaxCE, optimizer: sgd({ learningRate: 0.1 }), epochs: 1 };
 * const training = async () => await fit(model, data, options);
 * const error = await assertRejects(training, NonFiniteLossError);
 * assertEquals([error.op, error.epoch, error.step], ["log", 1, 1]);
 * ```
 */
export class NonFiniteLossError extends RangeError {
  /** The name shown in stack traces. */
  override name = "NonFiniteLossError";
  /** The loss: NaN or an infinity. */
  readonly loss: number;
  /** The epoch, from 1. */
  readonly epoch: number;
  /** The step in the epoch, from 1. */
  readonly step: number;
  /** The op that made the first value that is not finite; undefined where none was found. */
  readonly op: string | undefined;
  /** The layer that applied it, as its parameters are found; empty outside of layers. */
  readonly layer: string | undefined;
  /** Names of tensors that were not finite before the step: `x`, `y`, paths of parameters. */
  readonly inputs: readonly string[];

  /** Says where the loss was lost. */
  constructor(loss: number, epoch: number, step: number, finding: Finding) {
    super(
      `Cannot train: the loss must be finite: it is ${loss} in step ${step} of epoch ${epoch}; ` +
        describe(finding),
    );
    this.loss = loss;
    this.epoch = epoch;
    this.step = step;
    this.op = finding.op;
    this.layer = finding.layer;
    this.inputs = finding.inputs;
  }
}

/**
 * Runs a step again and looks at everything that its ops make; a promise where a backend takes time
 * to answer.
 */
export async function findNonFinite(
  params: unknown,
  batch: { readonly x: Tensor; readonly y: Tensor },
  run: (scope: LayerScope) => Tensor,
): Promise<Finding> {
  const leaves = [...leavesOf("look for NaN", params), ...leavesOf("look for NaN", batch)];
  const finite = await Promise.all(leaves.map(({ tensor }) => isAllFinite(tensor)));
  const inputs = leaves.filter((_, i) => !finite[i]).map(({ path }) => path);
  return await scoped(new Inspector(), async (inspector) => {
    inspector.follow([params, batch]);
    run(inspector);
    return { ...await inspector.found(), inputs };
  });
}

/** An arena that looks at every result, and knows which layer made it. */
class Inspector extends Arena implements LayerScope {
  readonly #path: string[] = [];
  /** Results by op, those that are known to be finite left out. */
  readonly #suspects: { place: Omit<Finding, "inputs">; isFinite: boolean | Promise<boolean> }[] =
    [];
  #isFound = false;
  #ops = 0;

  /** Returns the first op with a result that is not finite. */
  async found(): Promise<Omit<Finding, "inputs">> {
    for (const { place, isFinite } of this.#suspects) if (!await isFinite) return place;
    return {};
  }

  enter(name: string): void {
    this.#path.push(name);
  }

  leave(): void {
    this.#path.pop();
  }

  override record(op: AnyOp, _g: unknown, _inputs: unknown, y: Tensor): void {
    this.#ops++;
    if (this.#isFound) return;
    const isFinite = isAllFinite(y);
    if (isFinite === true) return;
    this.#isFound = isFinite === false;
    const place = { op: op.name, number: this.#ops, layer: this.#path.join(".") };
    this.#suspects.push({ place, isFinite });
  }
}

function isAllFinite(x: Tensor): boolean | Promise<boolean> {
  return !isFloat(x.dtype) ||
    withElements(x, (data) => Array.prototype.every.call(data, Number.isFinite));
}

function describe({ op, number, layer, inputs }: Finding): string {
  const parts: string[] = [];
  if (inputs.length > 0) {
    parts.push(`before the step ${inputs.join(", ")} held a value that is not finite`);
  }
  if (op !== undefined) {
    const where = layer === "" ? "outside of the layers" : `in layer ${layer}`;
    parts.push(`the first op that made one is ${op}, number ${number} of the step, ${where}`);
  }
  return parts.length === 0
    ? "no op of the step made a value that is not finite"
    : printable(parts.join("; "));
}
