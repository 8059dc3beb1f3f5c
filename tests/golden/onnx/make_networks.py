"""Writes networks.ts beside this file: classic networks, small, as PyTorch exports them, with what it
computes. Each is exported by tracing ("traced") and by torch.export ("dynamo").

Run: python3 make_networks.py   (PyTorch 2.13.0, onnx 1.23.1, onnxscript 0.7.2)
"""

import base64
import gzip
import io
import json
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(5)


class LeNet(nn.Module):
    shape = (1, 12, 12)

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, 5, padding=2)
        self.conv2 = nn.Conv2d(3, 4, 3)
        self.fc1 = nn.Linear(4 * 2 * 2, 8)
        self.fc2 = nn.Linear(8, 4)

    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.conv1(x)), 2)
        x = F.avg_pool2d(torch.tanh(self.conv2(x)), 2)
        x = x.view(x.size(0), -1)
        return F.log_softmax(self.fc2(torch.sigmoid(self.fc1(x))), dim=1)


class Vgg(nn.Module):
    shape = (3, 9, 9)

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(inplace=True),
            nn.MaxPool2d(2, ceil_mode=True),
            nn.Conv2d(4, 6, 3, padding=1), nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True),
        )
        self.pool = nn.AdaptiveAvgPool2d((1, 1))
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(6, 6), nn.ReLU(True), nn.Dropout(), nn.Linear(6, 4)
        )

    def forward(self, x):
        return self.classifier(self.pool(self.features(x)))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.down = None
        if stride != 1 or inputs != outputs:
            self.down = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.down is None else self.down(x)))


class ResNet(nn.Module):
    shape = (3, 12, 12)

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 4, 3, 1, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
            nn.MaxPool2d(3, 2, 1),
        )
        self.blocks = nn.Sequential(Block(4, 4, 1), Block(4, 6, 2))
        self.fc = nn.Linear(6, 4)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class MobileNet(nn.Module):
    """The blocks of its versions 2 and 3: inverted residuals, squeeze and excitation."""

    shape = (3, 8, 8)

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.BatchNorm2d(4), nn.Hardswish())
        self.expand = nn.Sequential(nn.Conv2d(4, 8, 1), nn.BatchNorm2d(8), nn.ReLU6())
        self.depthwise = nn.Sequential(
            nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.BatchNorm2d(8), nn.ReLU6()
        )
        self.squeeze = nn.Conv2d(8, 2, 1)
        self.excite = nn.Conv2d(2, 8, 1)
        self.project = nn.Sequential(nn.Conv2d(8, 4, 1), nn.BatchNorm2d(4))
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        x = self.stem(x)
        y = self.depthwise(self.expand(x))
        scale = F.hardsigmoid(self.excite(F.relu(self.squeeze(F.adaptive_avg_pool2d(y, 1)))))
        x = x + self.project(y * scale)
        return self.fc(x.mean([2, 3]))


class UNet(nn.Module):
    """Images to images: what makes images larger, and channels joined and split."""

    shape = (2, 8, 8)

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(2, 4, 3, stride=2, padding=1)
        self.norm = nn.GroupNorm(2, 4)
        self.up = nn.ConvTranspose2d(4, 2, 2, stride=2)
        self.out = nn.Conv2d(6, 4, 3, padding=1, padding_mode="reflect")
        self.prelu = nn.PReLU(4)

    def forward(self, x):
        y = F.silu(self.norm(self.down(x)))
        nearest = F.interpolate(y[:, :2], scale_factor=2, mode="nearest")
        linear = F.interpolate(y[:, 2:], scale_factor=2, mode="bilinear", align_corners=False)
        y = self.prelu(self.out(torch.cat([self.up(y), nearest, linear], 1)))
        a, b = torch.split(y, 2, dim=1)
        return (a * torch.sigmoid(b)).flatten(1)


def exported(network, name, dynamo):
    file = io.BytesIO()
    x = torch.randn(2, *network.shape)
    common = {"input_names": ["x"], "output_names": ["y"]}
    if dynamo:
        batch = {"x": {0: torch.export.Dim("batch")}}
        program = torch.onnx.export(network, (x,), dynamo=True, dynamic_shapes=batch, **common)
        program.save(file)
    else:
        axes = {"x": {0: "batch"}, "y": {0: "batch"}}
        torch.onnx.export(network, (x,), file, dynamo=False, dynamic_axes=axes, **common)
    return {"name": name, "file": base64.b64encode(gzip.compress(file.getvalue(), mtime=0)).decode()}


networks = []
for kind in [LeNet, Vgg, ResNet, MobileNet, UNet]:
    network = kind().eval()
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_()
            layer.running_var.uniform_(0.5, 2)
    x = torch.randn(3, *network.shape)
    with torch.no_grad():
        y = network(x)
    networks.append({
        "name": kind.__name__,
        "shape": list(network.shape),
        "x": [round(v, 6) for v in x.flatten().tolist()],
        "files": [exported(network, "traced", False), exported(network, "dynamo", True)],
    })
    x = torch.tensor(networks[-1]["x"]).reshape(x.shape)
    with torch.no_grad():
        networks[-1]["y"] = network(x).flatten().tolist()

text = f"""// Made by make_networks.py beside this file, with PyTorch {torch.__version__}. Do not edit.

interface Network {{
  name: string;
  shape: number[];
  x: number[];
  y: number[];
  files: {{ name: string; file: string }}[];
}}

/** Networks; their files are gzipped, in base64. */
export const networks: Network[] = {json.dumps(networks)};
"""
pathlib.Path(__file__).with_name("networks.ts").write_text(text)
