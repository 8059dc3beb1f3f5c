"""Writes goldens.ts beside this file: second derivatives of two small CNNs by PyTorch, in float64.

Run: python3 make_goldens.py   (needs PyTorch; 1.13.0 made the committed file)

A network is conv2d, an activation, a pool, a dense layer and the softmax cross entropy. The file
holds inputs, parameters and a direction v, and PyTorch's loss, gradients and Hessian-vector
products H v. Arrays are in the layout of Tapegrad: images NHWC, filters [KH, KW, C, O], dense
weights [I, O] with I in the order height, width, channels.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

X = [3, 6, 6, 2]
LABELS = [4, 0, 2]
SHAPES = {"w": [3, 3, 2, 4], "bias": [4], "dense": [36, 5], "denseBias": [5]}

NETWORKS = {
    "relu + maxPool": (torch.relu, lambda x: F.max_pool2d(x, 2)),
    "tanh + avgPool": (torch.tanh, lambda x: F.avg_pool2d(x, 2)),
}


def loss_of(params, x, activation, pool):
    images = x.permute(0, 3, 1, 2)
    filters = params["w"].permute(3, 2, 0, 1)
    features = pool(activation(F.conv2d(images, filters, params["bias"], padding=1)))
    rows = features.permute(0, 2, 3, 1).reshape(x.shape[0], -1)
    logits = rows @ params["dense"] + params["denseBias"]
    return F.cross_entropy(logits, torch.tensor(LABELS))


def second_order(params, x, v, activation, pool):
    """Loss, gradients and Hessian-vector products, with respect to the parameters and to x."""
    inputs = {**params, "x": x}
    for t in inputs.values():
        t.requires_grad_(True)
    loss = loss_of(params, x, activation, pool)
    grads = torch.autograd.grad(loss, list(inputs.values()), create_graph=True)
    slope = sum((g * v[name]).sum() for name, g in zip(inputs, grads))
    products = torch.autograd.grad(slope, list(inputs.values()))
    flat = lambda ts: {n: t.detach().flatten().tolist() for n, t in zip(inputs, ts)}
    return {"loss": loss.item(), "grads": flat(grads), "products": flat(products)}


generator = torch.Generator().manual_seed(1)


def random(shape):
    """Multiples of 1/1024, which are the same numbers however they are printed."""
    normal = torch.randn(shape, generator=generator, dtype=torch.float64)
    return torch.round(normal * 512) / 1024


arrays = {"x": random(X), **{name: random(shape) for name, shape in SHAPES.items()}}
direction = {name: random(list(t.shape)) for name, t in arrays.items()}
results = {
    name: second_order({n: arrays[n].clone() for n in SHAPES}, arrays["x"].clone(), direction,
                       *network)
    for name, network in NETWORKS.items()
}


def lists(named):
    return {name: t.flatten().tolist() for name, t in named.items()}


OUTPUT = f"""// Made by make_goldens.py beside this file, with PyTorch {torch.__version__}. Do not edit.

/** Elements of arrays by name, in row-major order. */
export type Arrays = Readonly<Record<string, readonly number[]>>;

/** What PyTorch computed of a network. */
export interface SecondOrder {{
  readonly loss: number;
  readonly grads: Arrays;
  readonly products: Arrays;
}}

export const shapes: Readonly<Record<string, readonly number[]>> =
  {json.dumps({"x": X, **SHAPES})};
export const labels: readonly number[] = {json.dumps(LABELS)};
export const arrays: Arrays = {json.dumps(lists(arrays))};
export const direction: Arrays = {json.dumps(lists(direction))};
export const networks: Readonly<Record<{" | ".join(json.dumps(n) for n in NETWORKS)}, SecondOrder>> =
  {json.dumps(results)};
"""
pathlib.Path(__file__).with_name("goldens.ts").write_text(OUTPUT)
