/**
 * The part of a command line that all programs for digits have: data and how to train.
 *
 * @module
 */
import {
  BACKEND_FLAGS,
  BACKEND_HELP,
  backendOption,
  type BackendOptions,
} from "../shared/backend.ts";
import { integer, positive } from "../shared/flags.ts";

/** Options of a training, from the command line. */
export interface TrainingOptions extends BackendOptions {
  readonly data: string | undefined;
  readonly augment: boolean;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** The flags; `batch` is how many images a step has by default. */
export function trainingFlags(batch: number) {
  return {
    data: { type: "string" },
    augment: { type: "boolean", default: false },
    epochs: { type: "string", default: "5" },
    batch: { type: "string", default: String(batch) },
    lr: { type: "string", default: "0.001" },
    seed: { type: "string", default: "0" },
    ...BACKEND_FLAGS,
  } as const;
}

/** Writes the help on these flags. */
export function trainingHelp(batch: number, optimizer: string): string {
  return `  --data DIR|FILE   real images instead of drawn ones (needs -R): a folder with
                    train-images-idx3-ubyte train-labels-idx1-ubyte
                    t10k-images-idx3-ubyte t10k-labels-idx1-ubyte, plain or .gz,
                    or Keras's mnist.npz
  --augment         shift, turn, enlarge and slant the training images at random
  --epochs N        passes over the training images (default 5)
  --batch N         images in a step (default ${batch})
  --lr NUMBER       learning rate of ${optimizer} at the start; it falls to 0 along a
                    cosine (default 0.001)
  --seed N          seed of weights, order and drawn digits (default 0)
${BACKEND_HELP}`;
}

/** Reads and checks the values of the flags. */
export function trainingOptions(flags: {
  readonly data?: string;
  readonly augment: boolean;
  readonly epochs: string;
  readonly batch: string;
  readonly lr: string;
  readonly seed: string;
  readonly backend: string;
}): TrainingOptions {
  return {
    data: flags.data,
    augment: flags.augment,
    epochs: integer("epochs", flags.epochs, 1),
    batch: integer("batch", flags.batch, 1),
    learningRate: positive("lr", flags.lr),
    seed: integer("seed", flags.seed, 0),
    backend: backendOption(flags),
  };
}
