"""Writes goldens.ts beside this file: files as torch.save writes them, with what is in them.

Run: python3 make_goldens.py   (PyTorch 1.13.1)
"""

import base64
import collections
import gzip
import io
import json
import pathlib

import torch
from torch import nn

torch.manual_seed(7)


def save(thing, **options):
    file = io.BytesIO()
    torch.save(thing, file, **options)
    return file.getvalue()


def packed(data):
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()


def both(thing, **options):
    """The same thing in both forms."""
    return {
        "zip": packed(save(thing, **options)),
        "legacy": packed(save(thing, _use_new_zipfile_serialization=False, **options)),
    }


# Every element type, and tensors that are parts of others.
numbers = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 4 - 2
types = collections.OrderedDict(
    float32=torch.tensor([1.5, float("-inf"), float("nan"), 1e-40]),
    float64=torch.tensor([0.1, 5e-324], dtype=torch.float64),
    float16=torch.tensor([0.5, 65504, 6e-8], dtype=torch.float16),
    bfloat16=torch.tensor([1.0, -3.0e38, 1.0078125], dtype=torch.bfloat16),
    int8=torch.tensor([-128, 127], dtype=torch.int8),
    int16=torch.tensor([-32768, 32767], dtype=torch.int16),
    int32=torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
    int64=torch.tensor([[-1, 2**31 - 1]], dtype=torch.int64),
    uint8=torch.tensor([0, 255], dtype=torch.uint8),
    bool=torch.tensor([True, False]),
    scalar=torch.tensor(2.5),
    empty=torch.zeros(0, 3),
    parameter=nn.Parameter(torch.tensor([[1.0, 2.0]])),
    buffer=nn.Parameter(torch.tensor([3.0]), requires_grad=False),
    whole=numbers,
    transposed=numbers.permute(2, 0, 1),
    part=numbers[:, 1:, ::2],
    expanded=torch.tensor([[7.0], [8.0]]).expand(2, 3),
)
channels_last = torch.arange(2 * 3 * 5 * 7, dtype=torch.float32).reshape(2, 3, 5, 7)
types["channels_last"] = channels_last.to(memory_format=torch.channels_last)
large = {"int64": torch.tensor([2**31], dtype=torch.int64), "float32": torch.tensor([1.0])}
strange = {"complex64": torch.tensor([1 + 2j]), "float32": torch.tensor([1.0])}


def listed(tensors):
    return [
        {
            "name": name,
            "shape": list(tensor.shape),
            "storedAs": str(tensor.dtype).removeprefix("torch."),
            "values": [repr(value) for value in tensor.detach().double().flatten().tolist()],
        }
        for name, tensor in tensors.items()
    ]


# A checkpoint of training: dictionaries in dictionaries, the state of an optimizer, other values.
layer = nn.Linear(2, 3)
optimizer = torch.optim.SGD(layer.parameters(), lr=0.1, momentum=0.9)
layer(torch.tensor([[1.0, -2.0]])).sum().backward()
optimizer.step()
checkpoint = {
    "epoch": 5,
    "arch": "größe",
    "best": 0.75,
    "done": True,
    "none": None,
    "big": 2**60,
    "negative": -(2**40),
    "model": layer.state_dict(),
    "optimizer": optimizer.state_dict(),
    "losses": [1.0, 0.5],
}


class Net(nn.Module):
    """A class of the user's, which no reader may make."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 3)

    def forward(self, x):
        return self.fc(x)


class Calls:
    """A pickle that runs a command where it is read by Python's own reader."""

    def __reduce__(self):
        import os

        return os.system, ("touch /tmp/must-not-exist",)


def script():
    file = io.BytesIO()
    torch.jit.save(torch.jit.script(Net()), file)
    return file.getvalue()


# ResNet-18 as torchvision has it, with 4 filters in place of 64 and weights of few bits.
class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet18(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inputs = width
        for i in range(4):
            outputs = width * 2**i
            stride = 1 if i == 0 else 2
            blocks = nn.Sequential(Block(inputs, outputs, stride), Block(outputs, outputs, 1))
            setattr(self, f"layer{i + 1}", blocks)
            inputs = outputs
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def few_bits(model):
    with torch.no_grad():
        for name, values in model.state_dict().items():
            if name.endswith("num_batches_tracked"):
                values.fill_(11)
            elif name.endswith("running_var"):
                values.copy_(torch.randint(16, 96, values.shape) / 64)
            elif values.dim() == 1:
                values.copy_(torch.randint(-32, 96, values.shape) / 64)
            else:
                scale = 2 ** round(torch.log2(values.std() / 16).item())
                values.copy_(torch.round(values / scale) * scale)
    return model.eval()


def answers(model, x):
    with torch.no_grad():
        y = model(x)
    return {"x": packed(x.numpy().tobytes()), "xShape": list(x.shape), "y": y.flatten().tolist()}


resnet = few_bits(ResNet18(4, 5))
resnet_x = torch.randint(-64, 64, (2, 3, 32, 40)) / 32

# A network whose dense layer follows a flatten of several rows and columns, with every kind of layer.
lenet = few_bits(
    nn.Sequential(
        nn.Conv2d(2, 4, 3, groups=2),
        nn.GroupNorm(2, 4),
        nn.ReLU(),
        nn.ConvTranspose2d(4, 3, 2, 2),
        nn.Conv2d(3, 6, 3, padding=1, groups=3),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(6 * 3 * 5, 7),
        nn.LayerNorm(7),
        nn.Linear(7, 3, bias=False),
    )
)
lenet_x = torch.randint(-64, 64, (3, 2, 5, 7)) / 32

goldens = {
    "types": {**both(types), "tensors": listed(types)},
    "protocol4": packed(save(types, pickle_protocol=4)),
    "large": both(large),
    "strange": both(strange),
    "single": both(torch.tensor([[1.0, 2.0], [3.0, 4.0]]).t()),
    "list": both([torch.tensor([1.0]), (torch.tensor([2.0]), 3)]),
    "checkpoint": {**both(checkpoint), "weight": layer.weight.flatten().tolist()},
    "refused": {
        "model": both(Net()),
        "calls": both({"w": torch.tensor([1.0]), "x": Calls()}),
        "sparse": both({"w": torch.eye(2).to_sparse()}),
        "script": packed(script()),
    },
    "resnet": {"file": packed(save(resnet.state_dict())), **answers(resnet, resnet_x)},
    "lenet": {
        "file": packed(save(lenet.state_dict(), _use_new_zipfile_serialization=False)),
        **answers(lenet, lenet_x),
    },
}

HEAD = """// Made by make_goldens.py beside this file, with PyTorch 1.13.1. Do not edit.

/** The same contents in both forms of files; compressed by gzip, as base64. */
export interface Forms {
  zip: string;
  legacy: string;
}

/** A model's state dictionary, images, and what PyTorch makes of them. */
export interface Answers {
  file: string;
  x: string;
  xShape: number[];
  y: number[];
}

interface Goldens {
  types: Forms & { tensors: { name: string; shape: number[]; storedAs: string; values: string[] }[] };
  protocol4: string;
  large: Forms;
  strange: Forms;
  single: Forms;
  list: Forms;
  checkpoint: Forms & { weight: number[] };
  refused: { model: Forms; calls: Forms; sparse: Forms; script: string };
  resnet: Answers;
  lenet: Answers;
}

/** Files, and what Python reads in them; values are what Python's float() reads. */
export const goldens: Goldens = """

path = pathlib.Path(__file__).parent / "goldens.ts"
path.write_text(HEAD + json.dumps(goldens, indent=1, ensure_ascii=False) + ";\n")
