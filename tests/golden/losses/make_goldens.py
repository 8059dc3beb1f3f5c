"""Writes goldens.ts beside this file: PyTorch's losses and their gradients, in float64.

Run: python3 make_goldens.py   (needs PyTorch; 1.13.0 made the committed file)
"""

import itertools
import json
import pathlib

import torch
import torch.nn.functional as F

LOGITS = [[0.5, -1.25, 2.0], [1e4, -1e4, 0.0], [-0.75, 0.25, 0.125], [3.0, 3.0, -2.5]]
INDICES = [2, 0, 1, 1]
DISTRIBUTION = [[0.25, 0.25, 0.5], [1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.125, 0.75, 0.125]]
WEIGHTS = [0.5, 2.0, 1.25]
SCORES = [[0.5, -1.25, 2.0], [1e4, -1e4, 0.0], [-0.75, 4.0, -30.0]]
LABELS = [[1.0, 0.0, 0.25], [1.0, 0.0, 1.0], [0.0, 1.0, 0.5]]
HARD = [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
POSITIVE = [3.0, 0.5, 1.0]
REDUCTIONS = ["mean", "sum", "none"]


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def run(loss, x):
    """A loss, and the gradient of its sum weighted by 1, 2, 3, ... with respect to x."""
    x = tensor(x).requires_grad_()
    y = loss(x)
    seed = torch.arange(1, y.numel() + 1, dtype=torch.float64).reshape(y.shape)
    (dx,) = torch.autograd.grad((y * seed).sum(), x)
    return {"y": y.detach().flatten().tolist(), "dx": dx.flatten().tolist()}


def cross_entropies():
    weights, ignored = [None, WEIGHTS], [None, 1, -100]
    for weight, smoothing, reduction in itertools.product(weights, [0.0, 0.25], REDUCTIONS):
        theirs = {"label_smoothing": smoothing, "reduction": reduction,
                  "weight": None if weight is None else tensor(weight)}
        ours = {"labelSmoothing": smoothing, "reduction": reduction}
        for ignore in ignored:
            labels = torch.tensor([-100, *INDICES[1:]] if ignore == -100 else INDICES)
            index = -1 if ignore is None else ignore
            yield {"labels": labels.tolist(), "weighted": weight is not None,
                   "options": {**ours, **({} if ignore is None else {"ignoreIndex": ignore})},
                   **run(lambda x: F.cross_entropy(x, labels, ignore_index=index, **theirs),
                         LOGITS)}
        yield {"labels": DISTRIBUTION, "weighted": weight is not None, "options": ours,
               **run(lambda x: F.cross_entropy(x, tensor(DISTRIBUTION), **theirs), LOGITS)}


def focal(x, labels, alpha, gamma):
    """torchvision's sigmoid_focal_loss, without reduction."""
    p = torch.sigmoid(x)
    ce = F.binary_cross_entropy_with_logits(x, labels, reduction="none")
    p_t = p * labels + (1 - p) * (1 - labels)
    loss = ce * ((1 - p_t) ** gamma)
    if alpha is not None:
        loss = (alpha * labels + (1 - alpha) * (1 - labels)) * loss
    return loss


def pairs():
    for reduction in REDUCTIONS:
        option = {"reduction": reduction}
        yield {"loss": "mse", "target": LABELS, "options": option,
               **run(lambda x: F.mse_loss(x, tensor(LABELS), **option), SCORES)}
        yield {"loss": "mae", "target": LABELS, "options": option,
               **run(lambda x: F.l1_loss(x, tensor(LABELS), **option), SCORES)}
        for delta in [0.5, 1.0, 3.0]:
            yield {"loss": "huber", "target": LABELS, "options": {"delta": delta, **option},
                   **run(lambda x: F.huber_loss(x, tensor(LABELS), delta=delta, **option), SCORES)}
        yield {"loss": "sigmoidCE", "target": LABELS, "options": option,
               **run(lambda x: F.binary_cross_entropy_with_logits(x, tensor(LABELS), **option),
                     SCORES)}
        yield {"loss": "sigmoidCE", "target": LABELS,
               "options": {"positiveWeight": POSITIVE, **option},
               **run(lambda x: F.binary_cross_entropy_with_logits(
                   x, tensor(LABELS), pos_weight=tensor(POSITIVE), **option), SCORES)}
        yield {"loss": "sigmoidCE", "target": LABELS, "options": {"positiveWeight": 3, **option},
               **run(lambda x: F.binary_cross_entropy_with_logits(
                   x, tensor(LABELS), pos_weight=tensor([3.0]), **option), SCORES)}
    for reduction in ["mean", "sum", "none", "batchMean"]:
        for log_target in [False, True]:
            target = torch.log_softmax(tensor(SCORES), 1) if log_target else tensor(DISTRIBUTION[:3])
            yield {"loss": "klDiv", "target": target.tolist(),
                   "options": {"logTarget": log_target, "reduction": reduction},
                   **run(lambda x: F.kl_div(x, target, log_target=log_target,
                                            reduction=reduction.lower()), SCORES)}
    for alpha, gamma in [(0.25, 2), (0.75, 1), (None, 0.5), (0.5, 0)]:
        # Without the rows of ±1e4, where this formula gives a gradient of 0 times infinity.
        yield {"loss": "sigmoidFocal", "x": [SCORES[0], SCORES[2][:2] + [-8.0]],
               "target": [HARD[0], HARD[2]],
               "options": {"alpha": alpha, "gamma": gamma, "reduction": "none"},
               **run(lambda x: focal(x, tensor([HARD[0], HARD[2]]), alpha, gamma),
                     [SCORES[0], SCORES[2][:2] + [-8.0]])}


def cosines():
    a = [[0.5, -1.25, 2.0], [3.0, 0.25, -1.0]]
    b = [[1.5, 0.5, -0.25], [2.0, 1.0, 0.125]]
    for axis in [1, 0]:
        yield {"a": a, "b": b, "axis": axis,
               **run(lambda x: F.cosine_similarity(x, tensor(b), dim=axis), a)}


def lines(name, kind, rows):
    return [f"export const {name}: {kind}[] = ["] + [f"  {json.dumps(row)}," for row in rows] + ["];", ""]


text = [
    f"// Made by make_goldens.py beside this file, with PyTorch {torch.__version__}. Do not edit.",
    "",
    "/** What cross entropies and losses of pairs are of, and what the weights of classes are. */",
    f"export const logits = {json.dumps(LOGITS)};",
    f"export const scores = {json.dumps(SCORES)};",
    f"export const classWeights = {json.dumps(WEIGHTS)};",
    "",
    "/** The loss, and the gradient of its sum weighted by 1, 2, 3, ... */",
    "interface Golden {",
    "  y: number[];",
    "  dx: number[];",
    "}",
    "",
    "export interface CrossEntropy extends Golden {",
    "  labels: number[] | number[][];",
    "  weighted: boolean;",
    '  options: { labelSmoothing: number; reduction: string; ignoreIndex?: number };',
    "}",
    "",
    "export interface PairGolden extends Golden {",
    "  loss: string;",
    "  x?: number[][];",
    "  target: number[][];",
    "  options: Record<string, unknown>;",
    "}",
    "",
    "export interface Cosine extends Golden {",
    "  a: number[][];",
    "  b: number[][];",
    "  axis: number;",
    "}",
    "",
]
text += lines("crossEntropies", "CrossEntropy", cross_entropies())
text += lines("pairLosses", "PairGolden", pairs())
text += lines("cosines", "Cosine", cosines())
pathlib.Path(__file__).with_name("goldens.ts").write_text("\n".join(text))
