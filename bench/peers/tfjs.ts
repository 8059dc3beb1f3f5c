/**
 * TensorFlow.js as a peer. The variant is its backend, `cpu` or `wasm`, and `+fill` where kernels
 * that it does not have (or only slow ones) are to be composed of those that it has.
 *
 * @module
 */
import { type Arrays, readArrays } from "../models/arrays.ts";
import { type Job, type Peer, servePeer } from "./protocol.ts";
import { fillGaps } from "./tfjs_fill.ts";
import { loadTf, type Tf, type TfTensor } from "./tfjs_library.ts";

type Params = Readonly<Record<string, TfTensor>>;
type Forward = (p: Params, x: TfTensor) => TfTensor;

function signs(tf: Tf): Forward {
  return (p, x) => {
    let y = tf.relu(tf.conv2d(x, p.conv1, 1, "same"));
    y = tf.maxPool(y, 8, 8, "same");
    y = tf.relu(tf.conv2d(y, p.conv2, 1, "same"));
    y = tf.maxPool(y, 4, 4, "same");
    return tf.add(tf.matMul(tf.reshape(y, [-1, p.dense.shape[0]]), p.dense), p.bias);
  };
}

function digits(tf: Tf): Forward {
  const conv = (x: TfTensor, w: TfTensor, bias: TfTensor) =>
    tf.relu(tf.add(tf.conv2d(x, w, 1, "valid"), bias));
  return (p, x) => {
    let y = tf.maxPool(conv(x, p.conv1, p.bias1), 2, 2, "valid");
    y = tf.maxPool(conv(y, p.conv2, p.bias2), 2, 2, "valid");
    y = tf.reshape(conv(y, p.conv3, p.bias3), [-1, p.dense4.shape[0]]);
    y = tf.relu(tf.add(tf.matMul(y, p.dense4), p.bias4));
    return tf.add(tf.matMul(y, p.dense5), p.bias5);
  };
}

/** Makes a step of Adam, the library's own. */
function adamStep(tf: Tf, params: Params, loss: () => TfTensor): () => number {
  const optimizer = tf.train.adam(0.009, 0.9, 0.999, 1e-8);
  return () => {
    const value = optimizer.minimize(loss, true, Object.values(params));
    const [number] = value.dataSync();
    value.dispose();
    return number;
  };
}

/** Makes a step of RMSprop with epsilon outside the root, which the library's own has inside. */
function rmspropStep(tf: Tf, params: Params, loss: () => TfTensor): () => number {
  const variables = Object.values(params);
  const squares = variables.map((w) => tf.variable(tf.zerosLike(w), false));
  return () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss, variables);
      variables.forEach((w, i) => {
        const dw = grads[w.name];
        squares[i].assign(tf.add(tf.mul(squares[i], 0.9), tf.mul(tf.square(dw), 0.1)));
        const root = tf.add(tf.sqrt(squares[i]), 1e-7);
        w.assign(tf.sub(w, tf.mul(tf.div(dw, root), 1e-3)));
      });
      return value.dataSync()[0];
    });
}

function makeParams(tf: Tf, { x: _x, labels: _labels, ...weights }: Arrays): Params {
  const entries = Object.entries(weights).map(([name, { data, shape }]) => {
    return [name, tf.variable(tf.tensor(data, shape), true)];
  });
  return Object.fromEntries(entries);
}

function makeStep(tf: Tf, job: Job, arrays: Arrays): Peer["step"] {
  const params = makeParams(tf, arrays);
  const forward = (job.model === "S" ? signs : digits)(tf);
  const { x, labels } = arrays;
  if (job.mode === "infer") {
    const shape = [1, ...x.shape.slice(1)];
    const image = x.data.slice(0, x.data.length / x.shape[0]);
    return () => tf.tidy(() => tf.softmax(forward(params, tf.tensor(image, shape))).dataSync());
  }
  const images = tf.tensor(x.data, x.shape);
  const classes = job.model === "S" ? 6 : 10;
  const truth = tf.cast(
    tf.oneHot(tf.tensor(labels.data, labels.shape, "int32"), classes),
    "float32",
  );
  const loss = () => tf.losses.softmaxCrossEntropy(truth, forward(params, images));
  return (job.model === "S" ? adamStep : rmspropStep)(tf, params, loss);
}

async function setUp(job: Job): Promise<Peer> {
  const [backend, fill] = job.variant.split("+");
  const { tf, version } = await loadTf(backend === "cpu" ? "cpu" : "wasm", job.threads);
  if (fill !== undefined) fillGaps(tf);
  return { version, step: makeStep(tf, job, await readArrays(job.inputs)) };
}

await servePeer(setUp);
