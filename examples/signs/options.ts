/**
 * The command line of the sign classifier.
 *
 * @module
 */
import { referenceBackend, wasmBackend } from "@tapegrad/tapegrad";
import { parseArgs } from "node:util";
import { UsageError } from "./usage_error.ts";

/** What the user asked for. */
export interface Options {
  /** A folder or file of real data; the drawn hands where there is none. */
  readonly data: string | undefined;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly backend: keyof typeof BACKENDS;
  /** A folder for weights, history and pictures; nothing is written where there is none. */
  readonly out: string | undefined;
}

/** What `--help` prints. */
export const HELP = `Train a classifier of hand signs, 0 to 5 raised fingers.

Usage: deno run [-R] [-W] examples/signs.ts [options]

  --data DIR|FILE   real images instead of drawn ones (needs -R): a folder with
                    x_train.npy y_train.npy x_test.npy y_test.npy, or with
                    train_signs.h5 and test_signs.h5; or one of these files
  --epochs N        passes over the training images (default 30)
  --batch N         images in a step (default 64)
  --lr NUMBER       learning rate of Adam (default 0.009)
  --seed N          seed of weights, order and drawn images (default 0)
  --backend NAME    wasm (the default: SIMD and threads) or reference (plain loops)
  --out DIR         write weights, history, graph and a sheet of the test images
                    with predictions to a folder (needs -W)
  --help            print this

Without options it draws its own images and needs no permission.
`;

/** The backends that can be asked for. */
export const BACKENDS = { wasm: wasmBackend, reference: referenceBackend };

const FLAGS = {
  data: { type: "string" },
  epochs: { type: "string", default: "30" },
  batch: { type: "string", default: "64" },
  lr: { type: "string", default: "0.009" },
  seed: { type: "string", default: "0" },
  backend: { type: "string", default: "wasm" },
  out: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** Options from arguments; undefined where help was asked for. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const flags = parseFlags(args);
  if (flags.help) return undefined;
  return {
    data: flags.data,
    epochs: integer("epochs", flags.epochs, 1),
    batch: integer("batch", flags.batch, 1),
    learningRate: positive("lr", flags.lr),
    seed: integer("seed", flags.seed, 0),
    backend: backendName(flags.backend),
    out: flags.out,
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true }).values;
  } catch (error) {
    const [reason] = (error as Error).message.split(/\.\s/);
    throw new UsageError(`Cannot read the command line: ${reason}; --help lists the options`);
  }
}

function backendName(name: string): keyof typeof BACKENDS {
  if (Object.hasOwn(BACKENDS, name)) return name as keyof typeof BACKENDS;
  const names = Object.keys(BACKENDS).join(", ");
  throw new UsageError(`Cannot use --backend: it must be one of ${names}: got ${name}`);
}

function integer(name: string, text: string, low: number): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= low) return value;
  throw new UsageError(
    `Cannot use --${name}: it must be an integer of at least ${low}: got ${text}`,
  );
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`Cannot use --${name}: it must be a number above 0: got ${text}`);
}
