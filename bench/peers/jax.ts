/**
 * jax-js on its WASM backend as a peer. With one thread results are read at once, which runs all on
 * the main thread; with more they are awaited, which runs all on the library's pool of workers.
 *
 * Its arrays are owned: an operation consumes its operands, `.ref` is one more use. It convolves
 * images NCHW with filters OIHW. The package is imported by a name that the type checker does not
 * follow: the project checks without it.
 *
 * @module
 */
import { type Arrays, type HostArray, readArrays, transposed } from "../models/arrays.ts";
import { type Job, type Peer, servePeer } from "./protocol.ts";

interface JaxArray {
  readonly ref: JaxArray;
  readonly shape: number[];
  add(b: JaxArray | number): JaxArray;
  sub(b: JaxArray): JaxArray;
  mul(b: JaxArray | number): JaxArray;
  div(b: JaxArray): JaxArray;
  sum(): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  transpose(axes: number[]): JaxArray;
  data(): Promise<Float32Array>;
  dataSync(): Float32Array;
}

type Tree = Readonly<Record<string, JaxArray>>;
type Loss = (params: Tree, x: JaxArray, truth: JaxArray) => JaxArray;
type Pads = readonly (readonly [number, number])[];

interface Jax {
  init(device: string): Promise<unknown>;
  defaultDevice(device: string): unknown;
  jit<F>(f: F): F;
  valueAndGrad(f: Loss): (params: Tree, x: JaxArray, truth: JaxArray) => [JaxArray, Tree];
  readonly numpy: {
    array(data: Float32Array): JaxArray;
    zeros(shape: readonly number[]): JaxArray;
    sqrt(x: JaxArray): JaxArray;
    dot(a: JaxArray, b: JaxArray): JaxArray;
    readonly max: unknown;
  };
  readonly lax: {
    convGeneralDilated(x: JaxArray, w: JaxArray, strides: number[], pads: Pads): JaxArray;
    reduceWindow(x: JaxArray, f: unknown, size: number[], strides: number[]): JaxArray;
  };
  readonly nn: {
    relu(x: JaxArray): JaxArray;
    softmax(x: JaxArray): JaxArray;
    logSoftmax(x: JaxArray): JaxArray;
  };
  readonly tree: { ref(tree: Tree): Tree };
}

const PACKAGE = "@jax-js/jax";
const VALID: Pads = [[0, 0], [0, 0]];

async function loadJax(): Promise<Jax> {
  const jax: Jax = await import(PACKAGE);
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return jax;
}

function put({ numpy }: Jax, { data, shape }: HostArray): JaxArray {
  return numpy.array(data as Float32Array).reshape(shape);
}

/** Puts weights into the library's layout; the bias of a convolution is a column of channels. */
function putWeights(jax: Jax, { x: _x, labels: _labels, ...weights }: Arrays): Tree {
  const entries = Object.entries(weights).map(([name, w]) => {
    if (w.shape.length === 4) return [name, put(jax, transposed(w, [3, 2, 0, 1]))];
    const isOfConv = w.shape.length === 1 && name.replace("bias", "conv") in weights;
    return [name, isOfConv ? put(jax, w).reshape([-1, 1, 1]) : put(jax, w)];
  });
  return Object.fromEntries(entries);
}

function signs({ lax, nn, numpy }: Jax): (p: Tree, x: JaxArray) => JaxArray {
  return (p, x) => {
    let y = nn.relu(lax.convGeneralDilated(x, p.conv1, [1, 1], [[1, 2], [1, 2]]));
    y = lax.reduceWindow(y, numpy.max, [8, 8], [8, 8]);
    y = nn.relu(lax.convGeneralDilated(y, p.conv2, [1, 1], [[0, 1], [0, 1]]));
    y = lax.reduceWindow(y, numpy.max, [4, 4], [4, 4]);
    return numpy.dot(y.transpose([0, 2, 3, 1]).reshape([-1, 64]), p.dense).add(p.bias);
  };
}

function digits({ lax, nn, numpy }: Jax): (p: Tree, x: JaxArray) => JaxArray {
  const conv = (x: JaxArray, w: JaxArray, bias: JaxArray) =>
    nn.relu(lax.convGeneralDilated(x, w, [1, 1], VALID).add(bias));
  const pool = (x: JaxArray) => lax.reduceWindow(x, numpy.max, [2, 2], [2, 2]);
  return (p, x) => {
    let y = pool(conv(x, p.conv1, p.bias1));
    y = pool(conv(y, p.conv2, p.bias2));
    y = conv(y, p.conv3, p.bias3).transpose([0, 2, 3, 1]).reshape([-1, 576]);
    y = nn.relu(numpy.dot(y, p.dense4).add(p.bias4));
    return numpy.dot(y, p.dense5).add(p.bias5);
  };
}

/** New parameters and moments of one step; everything given is consumed. */
type Update = (params: Tree, moments: Tree[], grads: Tree, step: number) => [Tree, Tree[]];

function adam({ numpy }: Jax): Update {
  return (params, [first, second], grads, step) => {
    const next: Record<string, JaxArray>[] = [{}, {}, {}];
    for (const [name, dw] of Object.entries(grads)) {
      const m = first[name].mul(0.9).add(dw.ref.mul(0.1));
      const v = second[name].mul(0.999).add(dw.ref.mul(dw).mul(1 - 0.999));
      const mean = m.ref.mul(1 / (1 - 0.9 ** step));
      const root = numpy.sqrt(v.ref.mul(1 / (1 - 0.999 ** step))).add(1e-8);
      next[0][name] = params[name].sub(mean.div(root).mul(0.009));
      next[1][name] = m;
      next[2][name] = v;
    }
    return [next[0], next.slice(1)];
  };
}

function rmsprop({ numpy }: Jax): Update {
  return (params, [squares], grads) => {
    const next: Record<string, JaxArray>[] = [{}, {}];
    for (const [name, dw] of Object.entries(grads)) {
      const square = squares[name].mul(0.9).add(dw.ref.mul(dw.ref).mul(0.1));
      const root = numpy.sqrt(square.ref).add(1e-7);
      next[0][name] = params[name].sub(dw.div(root).mul(1e-3));
      next[1][name] = square;
    }
    return [next[0], next.slice(1)];
  };
}

function oneHot({ data, shape }: HostArray, classes: number): HostArray {
  const rows = new Float32Array(data.length * classes);
  data.forEach((label, i) => rows[i * classes + label] = 1);
  return { shape: [...shape, classes], data: rows };
}

function makeTraining(jax: Jax, job: Job, arrays: Arrays): Peer["step"] {
  const isSigns = job.model === "S";
  const forward = (isSigns ? signs : digits)(jax);
  const update = (isSigns ? adam : rmsprop)(jax);
  const x = put(jax, transposed(arrays.x, [0, 3, 1, 2]));
  const batch = arrays.x.shape[0];
  const truth = put(jax, oneHot(arrays.labels, isSigns ? 6 : 10));
  const loss: Loss = (p, x, truth) =>
    jax.nn.logSoftmax(forward(p, x)).mul(truth).sum().mul(-1 / batch);
  const valueAndGrad = jax.jit(jax.valueAndGrad(loss));
  let params = putWeights(jax, arrays);
  const zeros = () =>
    Object.fromEntries(Object.entries(params).map(([k, w]) => [k, jax.numpy.zeros(w.shape)]));
  let moments: Tree[] = isSigns ? [zeros(), zeros()] : [zeros()];
  let steps = 0;
  return async () => {
    const [value, grads] = valueAndGrad(jax.tree.ref(params), x.ref, truth.ref);
    [params, moments] = update(params, moments, grads, ++steps);
    return (job.threads === 1 ? value.dataSync() : await value.data())[0];
  };
}

async function setUp(job: Job): Promise<Peer> {
  const jax = await loadJax();
  const arrays = await readArrays(job.inputs);
  const threads = job.threads === 1 ? "main thread" : "its own workers";
  return { version: `jax-js, wasm, ${threads}`, step: makeTraining(jax, job, arrays) };
}

await servePeer(setUp);
