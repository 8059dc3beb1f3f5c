"""Writes goldens.ts beside this file: trajectories of PyTorch's optimizers and schedules, in
float64; those of Keras's RMSprop and Lion by the rules in Keras's documentation, as plain array
arithmetic on PyTorch's gradients.

Run: python3 make_goldens.py   (needs PyTorch; 1.13.0 made the committed file)
"""

import json
import pathlib

import torch

STEPS = 20
X = [[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]]
TARGET = [[1.0, -0.5], [0.25, 0.75], [-1.25, 0.5]]
START = {"w": [[0.5, -0.25], [0.75, 1.0]], "bias": [0.125, -0.5], "scale": 1.5}



class KerasRmsprop(torch.optim.Optimizer):
    """velocity = rho velocity + (1 - rho) g^2; denominator = velocity (- mean^2) + epsilon;
    increment = rate g / sqrt(denominator); momentum' = momentum momentum' + increment."""

    def __init__(self, params, lr, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
        super().__init__(params, dict(lr=lr))
        self.rule = (lr, rho, momentum, epsilon, centered)

    @torch.no_grad()
    def step(self):
        lr, rho, momentum, epsilon, centered = self.rule
        for p in self.param_groups[0]["params"]:
            state = self.state[p]
            for name in ("velocity", "average", "momentum"):
                state.setdefault(name, torch.zeros_like(p))
            g = p.grad
            state["velocity"] = rho * state["velocity"] + (1 - rho) * g ** 2
            state["average"] = rho * state["average"] + (1 - rho) * g
            denominator = state["velocity"] + epsilon
            if centered:
                denominator = denominator - state["average"] ** 2
            state["momentum"] = momentum * state["momentum"] + lr * g / denominator ** 0.5
            p -= state["momentum"]


class KerasLion(torch.optim.Optimizer):
    """w -= rate weight_decay w; w -= rate sign(b1 m + (1 - b1) g); m = b2 m + (1 - b2) g."""

    def __init__(self, params, lr, beta_1=0.9, beta_2=0.99, weight_decay=0.0):
        super().__init__(params, dict(lr=lr))
        self.rule = (lr, beta_1, beta_2, weight_decay)

    @torch.no_grad()
    def step(self):
        lr, beta_1, beta_2, weight_decay = self.rule
        for p in self.param_groups[0]["params"]:
            m = self.state[p].setdefault("momentum", torch.zeros_like(p))
            p -= lr * weight_decay * p
            p -= lr * torch.sign(beta_1 * m + (1 - beta_1) * p.grad)
            self.state[p]["momentum"] = beta_2 * m + (1 - beta_2) * p.grad


# Our name and options, PyTorch's class (or that of a rule) and options.
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
    ("sgd", {"learningRate": 0.02, "momentum": 0.9, "weightDecay": 0.1}, torch.optim.SGD,
     {"lr": 0.02, "momentum": 0.9, "weight_decay": 0.1}),
    ("sgd", {"learningRate": 0.02, "momentum": 0.9, "nesterov": True, "weightDecay": 0.1},
     torch.optim.SGD, {"lr": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("adam", {"learningRate": 0.05, "weightDecay": 0.1}, torch.optim.Adam,
     {"lr": 0.05, "weight_decay": 0.1}),
    ("adamw", {"learningRate": 0.05}, torch.optim.AdamW, {"lr": 0.05}),
    ("adamw", {"learningRate": 0.05, "beta1": 0.5, "weightDecay": 0.5}, torch.optim.AdamW,
     {"lr": 0.05, "betas": (0.5, 0.999), "weight_decay": 0.5}),
    ("rmsprop", {"learningRate": 0.02, "momentum": 0.5, "weightDecay": 0.1}, torch.optim.RMSprop,
     {"lr": 0.02, "momentum": 0.5, "weight_decay": 0.1}),
    ("rmsprop", {"learningRate": 0.02, "centered": True, "epsilon": 0.01}, torch.optim.RMSprop,
     {"lr": 0.02, "centered": True, "eps": 0.01}),
    ("rmsprop", {"learningRate": 0.02, "centered": True, "momentum": 0.5, "epsilon": 0.01},
     torch.optim.RMSprop, {"lr": 0.02, "centered": True, "momentum": 0.5, "eps": 0.01}),
    ("rmsprop", {"learningRate": 0.02, "rule": "keras"}, KerasRmsprop, {"lr": 0.02}),
    ("rmsprop", {"learningRate": 0.02, "rule": "keras", "rho": 0.5, "momentum": 0.75,
                 "epsilon": 0.01}, KerasRmsprop,
     {"lr": 0.02, "rho": 0.5, "momentum": 0.75, "epsilon": 0.01}),
    ("rmsprop", {"learningRate": 0.02, "rule": "keras", "centered": True, "epsilon": 0.01},
     KerasRmsprop, {"lr": 0.02, "centered": True, "epsilon": 0.01}),
    ("adagrad", {"learningRate": 0.1}, torch.optim.Adagrad, {"lr": 0.1}),
    ("adagrad", {"learningRate": 0.1, "initialSum": 0.25, "epsilon": 0.01, "weightDecay": 0.1},
     torch.optim.Adagrad,
     {"lr": 0.1, "initial_accumulator_value": 0.25, "eps": 0.01, "weight_decay": 0.1}),
    ("lion", {"learningRate": 0.01}, KerasLion, {"lr": 0.01}),
    ("lion", {"learningRate": 0.01, "beta1": 0.5, "beta2": 0.75, "weightDecay": 0.5}, KerasLion,
     {"lr": 0.01, "beta_1": 0.5, "beta_2": 0.75, "weight_decay": 0.5}),
]

# Our name and options, PyTorch's scheduler of a rate that is 1 at first.
SCHEDULES = [
    ("stepDecay", {"start": 1, "every": 4, "factor": 0.5},
     lambda o: torch.optim.lr_scheduler.StepLR(o, 4, 0.5)),
    ("exponentialDecay", {"start": 1, "factor": 0.75},
     lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.75)),
    ("cosineDecay", {"start": 1, "steps": 16, "end": 0.125},
     lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 16, 0.125)),
    ("oneCycle", {"max": 0.5, "steps": 17},
     lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.5, total_steps=17)),
    ("oneCycle", {"max": 2, "steps": 17, "rising": 0.5, "startDivisor": 4, "endDivisor": 10},
     lambda o: torch.optim.lr_scheduler.OneCycleLR(
         o, 2, total_steps=17, pct_start=0.5, div_factor=4, final_div_factor=10)),
    ("warmUp", {"steps": 5, "from": 0.2},
     lambda o: torch.optim.lr_scheduler.LinearLR(o, 0.2, 1.0, 5)),
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


def rates(make_scheduler):
    weight = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=1.0)
    scheduler = make_scheduler(optimizer)
    found = []
    for _ in range(17):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(found) < 17:
            scheduler.step()
    return found


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
    '  optimizer: "sgd" | "adam" | "adamw" | "rmsprop" | "adagrad" | "lion";',
    "  options: { learningRate: number } & Record<string, unknown>;",
    "  steps: number[][];",
    "}",
    "",
    "export const runs: Run[] = [",
]
for name, ours, theirs, options in RUNS:
    lines += ["  {", f'    optimizer: "{name}",', f"    options: {json.dumps(ours)},", "    steps: ["]
    lines += [f"      {json.dumps(step)}," for step in trajectory(theirs, options)]
    lines += ["    ],", "  },"]
lines += [
    "];",
    "",
    "/** Learning rates of 17 steps. */",
    "export interface Rates {",
    "  schedule: string;",
    "  options: Record<string, number>;",
    "  rates: number[];",
    "}",
    "",
    "export const schedules: Rates[] = [",
]
for name, ours, theirs in SCHEDULES:
    lines += ["  {", f'    schedule: "{name}",', f"    options: {json.dumps(ours)},",
              f"    rates: {json.dumps(rates(theirs))},", "  },"]
lines += ["];", ""]
pathlib.Path(__file__).with_name("goldens.ts").write_text("\n".join(lines))
