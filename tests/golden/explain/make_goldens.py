"""Writes goldens.ts beside this file: saliency and Grad-CAM of a small CNN by PyTorch, in float64.

Run: python3 make_goldens.py   (needs PyTorch; 1.13.0 made the committed file)

The network: conv1 3 x 3 same, tanh; a residual block of conv2 3 x 3 same and relu; max pooling 2 x
2; conv3 3 x 3 valid and relu; the mean over pixels; a dense layer of 3 scores. Element t of the
weights of layer l is sin(t^2 + l) / 2, of its bias sin(t + l) / 4, of x cos(t^2). Arrays are in
the layout of Tapegrad: images NHWC, filters [KH, KW, C, O], dense weights [I, O].
"""

import json
import pathlib

import torch
import torch.nn.functional as F

X = [2, 9, 8, 3]
SHAPES = {"conv1": [3, 3, 3, 4], "conv2": [3, 3, 4, 4], "conv3": [3, 3, 4, 5], "dense": [5, 3]}
GIVEN = [2, 1]


def ramp(shape):
    size = 1
    for n in shape:
        size *= n
    return torch.arange(size, dtype=torch.float64).reshape(shape)


def weights(number, name):
    shape = SHAPES[name]
    return torch.sin(ramp(shape) ** 2 + number) / 2, torch.sin(ramp(shape[-1:]) + number) / 4


def run(x):
    """Scores and the maps of every layer, NCHW."""
    conv = {}
    for number, name in enumerate(SHAPES):
        conv[name] = weights(number, name)

    def apply(name, x, padding):
        w, bias = conv[name]
        return F.conv2d(x, w.permute(3, 2, 0, 1), bias, padding=padding)

    maps = {}
    maps["conv1"] = apply("conv1", x, 1)
    y = torch.tanh(maps["conv1"])
    maps["block.body.conv2d"] = apply("conv2", y, 1)
    maps["block"] = torch.relu(maps["block.body.conv2d"]) + y
    y = F.max_pool2d(maps["block"], 2)
    maps["conv3"] = torch.relu(apply("conv3", y, 0))
    w, bias = conv["dense"]
    return maps["conv3"].mean(dim=(2, 3)) @ w + bias, maps


x = torch.cos(ramp(X) ** 2).permute(0, 3, 1, 2).contiguous().requires_grad_(True)
scores, maps = run(x)
predicted = scores.argmax(dim=1).tolist()
goldens = {"scores": scores.tolist(), "predicted": predicted, "given": GIVEN}
for kind, classes in [("predicted", predicted), ("given", GIVEN)]:
    total = sum(scores[n, c] for n, c in enumerate(classes))
    (dx,) = torch.autograd.grad(total, x, retain_graph=True)
    result = {"saliency": dx.abs().amax(dim=1).flatten().tolist(), "gradCam": {}}
    for layer, a in maps.items():
        (da,) = torch.autograd.grad(total, a, retain_graph=True)
        cam = torch.relu((da.mean(dim=(2, 3), keepdim=True) * a).sum(dim=1, keepdim=True))
        cam = F.interpolate(cam, size=X[1:3], mode="bilinear", align_corners=False)
        result["gradCam"][layer] = cam.flatten().tolist()
    goldens[kind + "Maps"] = result

text = f"""// Made by make_goldens.py beside this file, with PyTorch {torch.__version__}. Do not edit.

/** Maps [2, 9, 8] in row-major order. */
export interface Maps {{
  readonly saliency: readonly number[];
  /** By the path of the layer. */
  readonly gradCam: Readonly<Record<string, readonly number[]>>;
}}

/** What PyTorch computed of the network: for the predicted classes, and for given ones. */
export const goldens: {{
  readonly scores: readonly (readonly number[])[];
  readonly predicted: readonly number[];
  readonly given: readonly number[];
  readonly predictedMaps: Maps;
  readonly givenMaps: Maps;
}} = {json.dumps(goldens)};
"""
pathlib.Path(__file__).with_name("goldens.ts").write_text(text)
