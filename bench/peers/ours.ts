/**
 * Peer that runs this library; the variant names the backend.
 *
 * @module
 */
import { type Backend, referenceBackend, wasmBackend } from "@tapegrad/tapegrad";
import { nativeBackend } from "@tapegrad/tapegrad/native";
import { readArrays } from "../models/arrays.ts";
import { isLarger } from "../models/larger.ts";
import { makeLargerStep } from "../models/larger_tapegrad.ts";
import { firstImage } from "../models/losses.ts";
import { infer, makeTraining, trainStep } from "../models/tapegrad.ts";
import { type Job, type Peer, servePeer } from "./protocol.ts";

function backendOf({ variant, threads }: Job): Backend {
  if (variant === "native") return nativeBackend({ threads });
  return variant === "reference" ? referenceBackend() : wasmBackend({ threads });
}

async function setUp(job: Job): Promise<Peer> {
  const arrays = await readArrays(job.inputs);
  const backend = backendOf(job);
  const version = `this library, ${backend.name} backend`;
  const { model } = job;
  if (isLarger(model)) return { version, step: makeLargerStep(model, arrays, backend) };
  const training = makeTraining(model, arrays, backend);
  if (job.mode === "train") return { version, step: () => trainStep(training) };
  const image = firstImage(arrays);
  return { version, step: () => infer(training, image) };
}

await servePeer(setUp);
