/**
 * Errors that say in which layer of a model they arose.
 *
 * @module
 */
import type { NamedLayer } from "./layer.ts";

/** Text of an error before any layer was named, and the innermost layer. */
interface Place {
  readonly text: string;
  readonly path: string;
  readonly type: string;
}

const places = new WeakMap<Error, Place>();

/**
 * Adds the name of a layer to an error of the library, in front of those of layers inside it:
 * "…; in layer block.conv (Conv2d)". Other errors are returned as they are.
 */
export function namingLayer(error: unknown, { name, layer }: NamedLayer): unknown {
  if (!(error instanceof Error) || !error.message.startsWith("Cannot ")) return error;
  const known = places.get(error);
  const place = known === undefined
    ? { text: error.message, path: name, type: layer.type }
    : { ...known, path: `${name}.${known.path}` };
  places.set(error, place);
  const message = `${place.text}; in layer ${place.path} (${place.type})`;
  // The stack begins with the text, and is what is shown of errors that nobody catches.
  error.stack = error.stack?.replace(error.message, () => message);
  error.message = message;
  return error;
}

/** Runs a part of a layer inside another one; its errors name the layer. */
export function inLayer<Result>(child: NamedLayer, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw namingLayer(error, child);
  }
}
