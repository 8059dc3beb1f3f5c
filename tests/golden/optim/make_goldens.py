"""Writes goldens.ts beside this file: trajectories of PyTorch's optimizers, in float64.

Run: python3 make_goldens.py   (needs PyTorch; 1.13.0 made the committed file)
"""

import json
import pathlib

import torch

STEPS = 20
X = [[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]]
TARGET = [[1.0, -0.5], [0.25, 0.75], [-1.25, 0.5]]
START = {"w": [[0.5, -0.25], [0.75, 1.0]], "bias": [0.125, -0.5], "scale": 1.5}

# Our name and options, PyTorch's class and options.
RUNS = [
    ("sgd", {"learningRate": 0.05}, torch.optim.SGD, {"lr": 0.05}),
    ("sgd", {"learningRate": 0.02, "momentum": 0.9}, torch.optim.SGD,
     {"lr": 0.02, "momentum": 0.9}),
    ("sgd", {"learningRate": 0.02, "momentum": 0.75, "nesterov": True}, torch.optim.SGD,
     {"lr": 0.02, "momentum": 0.75, "nesterov": True}),
    ("adam", {"learningRate": 0.1}, torch.optim.Adam, {"lr": 0.1}),
    ("adam", {"learningRate": 0.05, "beta1": 0.5, "beta2": 0.75, "epsilon": 0.01},
     torch.optim.Adam, {"lr": 0.05, "betas": (0.5, 0.75), "eps": 0.01}),
    ("adam", {"learningRate": 0.05, "beta1": 0, "beta2": 0}, torch.optim.Adam,
     {"lr": 0.05, "betas": (0.0, 0.0)}),
    ("rmsprop", {"learningRate": 0.02}, torch.optim.RMSprop, {"lr": 0.02}),
    ("rmsprop", {"learningRate": 0.05, "rho": 0.5, "epsilon": 0.01}, torch.optim.RMSprop,
     {"lr": 0.05, "alpha": 0.5, "eps": 0.01}),
]


def loss_of(params):
    x, target = (torch.tensor(v, dtype=torch.float64) for v in (X, TARGET))
    y = torch.tanh(x @ params["w"] + params["bias"]) * params["scale"]
    return ((y - target) ** 2).mean()


def trajectory(optimizer_class, options):
    params = {name: torch.tensor(v, dtype=torch.float64, requires_grad=True)
              for name, v in START.items()}
    optimizer = optimizer_class(list(params.values()), **options)
    steps = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(params).backward()
        optimizer.step()
        steps.append([v for p in params.values() for v in p.detach().flatten().tolist()])
    return steps


lines = [
    f"// Made by make_goldens.py beside this file, with PyTorch {torch.__version__}. Do not edit.",
    "",
    "/** The inputs, the target and the parameters at the start. */",
    f"export const x = {json.dumps(X)};",
    f"export const target = {json.dumps(TARGET)};",
    f"export const start = {json.dumps(START)};",
    "",
    "/** One run of an optimizer; `steps` has the elements of w, bias and scale after each step. */",
    "export interface Run {",
    '  optimizer: "sgd" | "adam" | "rmsprop";',
    "  options: { learningRate: number } & Record<string, number | boolean>;",
    "  steps: number[][];",
    "}",
    "",
    "export const runs: Run[] = [",
]
for name, ours, theirs, options in RUNS:
    lines += ["  {", f'    optimizer: "{name}",', f"    options: {json.dumps(ours)},", "    steps: ["]
    lines += [f"      {json.dumps(step)}," for step in trajectory(theirs, options)]
    lines += ["    ],", "  },"]
lines += ["];", ""]
pathlib.Path(__file__).with_name("goldens.ts").write_text("\n".join(lines))
