"""Writes goldens.ts beside this file: PyTorch's normalisations and their gradients, in float64.

Run: python3 make_goldens.py   (needs PyTorch; 1.13.0 made the committed file)
"""

import json
import pathlib

import torch
import torch.nn.functional as F

SHAPE = [3, 2, 4, 6]  # N H W C
X = (torch.arange(144, dtype=torch.float64) * 37 % 29 - 14).reshape(SHAPE) / 4
SCALE = [0.5, -1.25, 2.0, 1.0, 0.75, -0.25]
BIAS = [0.25, 0.0, -1.5, 2.0, 1.0, -0.75]
MEAN = [0.5, -0.25, 0.0, 1.0, -1.0, 0.125]
VARIANCE = [1.0, 0.5, 2.0, 4.0, 0.25, 1.5]


def run(name, norm, options=None, scaled=True):
    """A result, and the gradients of its sum weighted by 1, 2, 3, ... modulo 7."""
    x = X.clone().requires_grad_()
    scale, bias = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (SCALE, BIAS))
    y = norm(x.permute(0, 3, 1, 2), scale, bias).permute(0, 2, 3, 1)
    seed = (torch.arange(144, dtype=torch.float64) % 7 + 1).reshape(SHAPE)
    inputs = [x, scale, bias] if scaled else [x]
    grads = torch.autograd.grad((y * seed).sum(), inputs)
    names = ["dx", "dscale", "dbias"]
    return {"name": name, "options": options or {}, "y": y.flatten().tolist(),
            **{n: g.flatten().tolist() for n, g in zip(names, grads)}}


def layer(x, scale, bias):
    return F.layer_norm(x.permute(0, 2, 3, 1), [6], scale, bias).permute(0, 3, 1, 2)


rows = [
    run("batchNorm", lambda x, s, b: F.batch_norm(x, None, None, s, b, training=True)),
    run("batchNorm", lambda x, s, b: F.batch_norm(x, None, None, s, b, training=True, eps=0.1),
        {"epsilon": 0.1}),
    run("batchNormInference", lambda x, s, b: F.batch_norm(
        x, torch.tensor(MEAN, dtype=torch.float64), torch.tensor(VARIANCE, dtype=torch.float64), s, b)),
    run("layerNorm", layer),
    run("groupNorm", lambda x, s, b: F.group_norm(x, 2, s, b), {"groups": 2}),
    run("groupNorm", lambda x, s, b: F.group_norm(x, 3, s, b), {"groups": 3}),
    run("instanceNorm", lambda x, s, b: F.instance_norm(x, weight=s, bias=b)),
] + [
    run("localResponseNorm",
        lambda x, s, b: F.local_response_norm(x, size, alpha=alpha, beta=0.75, k=2.0),
        {"size": size, "alpha": alpha, "beta": 0.75, "bias": 2}, scaled=False)
    for size, alpha in [(5, 0.5), (2, 1.0), (3, 0.25)]
]

running_mean = torch.tensor(MEAN, dtype=torch.float64)
running_variance = torch.tensor(VARIANCE, dtype=torch.float64)
F.batch_norm(X.permute(0, 3, 1, 2), running_mean, running_variance, training=True, momentum=0.1)

text = [
    f"// Made by make_goldens.py beside this file, with PyTorch {torch.__version__}. Do not edit.",
    "",
    f"export const shape = {json.dumps(SHAPE)};",
    f"export const x = {json.dumps(X.flatten().tolist())};",
    f"export const scale = {json.dumps(SCALE)};",
    f"export const bias = {json.dumps(BIAS)};",
    f"export const mean = {json.dumps(MEAN)};",
    f"export const variance = {json.dumps(VARIANCE)};",
    "",
    "/** The running statistics after a batch, with PyTorch's momentum of 0.1. */",
    f"export const runningMean = {json.dumps(running_mean.tolist())};",
    f"export const runningVariance = {json.dumps(running_variance.tolist())};",
    "",
    "/** A result, and gradients of its sum weighted by 1, 2, 3, ... modulo 7. */",
    "export interface Golden {",
    "  name: string;",
    "  options: Record<string, number>;",
    "  y: number[];",
    "  dx: number[];",
    "  dscale?: number[];",
    "  dbias?: number[];",
    "}",
    "",
    "export const goldens: Golden[] = [",
    *[f"  {json.dumps(row)}," for row in rows],
    "];",
    "",
]
pathlib.Path(__file__).with_name("goldens.ts").write_text("\n".join(text))
