/**
 * The command line of the sign classifier.
 *
 * @module
 */
import {
  BACKEND_FLAGS,
  BACKEND_HELP,
  backendOption,
  type BackendOptions,
} from "../shared/backend.ts";
import {
  integer,
  oneOf,
  parseFlags,
  positive,
  SERVE_FLAGS,
  SERVE_HELP,
  servingOf,
  withPort,
} from "../shared/flags.ts";
import { RANK_FLAGS, RANK_HELP, type RankOptions, rankOptions } from "../shared/ranks.ts";
import type { ServeOptions } from "../shared/live.ts";

/** Options of the command line. */
export interface Options extends RankOptions, Omit<BackendOptions, "threads"> {
  /** A folder or file of real data; the drawn hands where there is none. */
  readonly data: string | undefined;
  readonly model: keyof typeof MODELS;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
  /** A folder for weights, report and pictures; nothing is written where there is none. */
  readonly out: string | undefined;
  /** Address at which the training is shown while it runs; undefined to show it nowhere. */
  readonly serve: ServeOptions | undefined;
}

/** Text that `--help` prints. */
export const HELP = `Train a classifier of hand signs, 0 to 5 raised fingers.

Usage: deno run [-R] [-W] [-N] examples/signs.ts [options]

  --data DIR|FILE   real images instead of drawn ones (needs -R): a folder with
                    x_train.npy y_train.npy x_test.npy y_test.npy, or with
                    train_signs.h5 and test_signs.h5; or one of these files
  --model NAME      small (the default: two convolutions) or deep (four, normalised
                    over the batch; shifted, turned, mirrored images; one-cycle AdamW)
  --epochs N        passes over the training images (default 30, deep 24)
  --batch N         images in a step (default 64, deep 32)
  --lr NUMBER       learning rate (default 0.009, deep 0.01 at its highest)
  --seed N          seed of weights, order and drawn images (default 3, deep 0)
${BACKEND_HELP}
  --out DIR         write weights, history, graph, a sheet of the test images with
                    predictions, and report.html to a folder (needs -W)
${SERVE_HELP}
${RANK_HELP}
  --help            print this

Without options it draws its own images and needs no permission.
`;

/** The models that can be asked for, with the numbers that suit them. */
const MODELS = {
  small: { epochs: "30", batch: "64", lr: "0.009", seed: "3" },
  deep: { epochs: "24", batch: "32", lr: "0.01", seed: "0" },
};

const FLAGS = {
  data: { type: "string" },
  model: { type: "string", default: "small" },
  epochs: { type: "string" },
  batch: { type: "string" },
  lr: { type: "string" },
  seed: { type: "string" },
  ...BACKEND_FLAGS,
  out: { type: "string" },
  ...SERVE_FLAGS,
  ...RANK_FLAGS,
  help: { type: "boolean", default: false },
} as const;

/** Reads options from arguments; undefined where help was asked for. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const flags = parseFlags(withPort(args), FLAGS);
  if (flags.help) return undefined;
  const model = oneOf("model", flags.model, ["small", "deep"]);
  const { epochs, batch, lr, seed } = { ...MODELS[model], ...flags };
  return {
    data: flags.data,
    model,
    epochs: integer("epochs", epochs, 1),
    batch: integer("batch", batch, 1),
    learningRate: positive("lr", lr),
    seed: integer("seed", seed, 0),
    backend: backendOption(flags),
    out: flags.out,
    serve: servingOf(flags),
    ...rankOptions(flags),
  };
}
