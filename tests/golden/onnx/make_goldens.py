"""Writes goldens.ts beside this file: networks as PyTorch exports them, with what it computes; and a
file by the onnx package whose constants are in typed fields.

Run: python3 make_goldens.py   (PyTorch 1.13.1, onnx 1.12.0, NumPy 1.24.2)
"""

import base64
import io
import json
import pathlib

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from torch import nn

torch.manual_seed(3)


def b64(raw):
    return base64.b64encode(raw).decode()


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.depthwise = nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False)
        self.up = nn.ConvTranspose2d(4, 2, 2, stride=2)
        self.head = nn.Linear(2 * 2 * 2, 5)
        self.norm.running_mean.normal_()
        self.norm.running_var.uniform_(0.5, 2)

    def forward(self, x):
        y = torch.relu(self.norm(self.conv(x)))
        y = nn.functional.gelu(y) + nn.functional.leaky_relu(self.depthwise(y), 0.1)
        y = nn.functional.max_pool2d(self.up(y), 2)
        y = nn.functional.avg_pool2d(y, 2)
        y = y.view(x.size(0), -1)
        return torch.log_softmax(self.head(nn.functional.hardtanh(y)), dim=1)


def exported(opset, training):
    network = Network().eval()
    x = torch.randn(3, 2, 8, 8)
    file = io.BytesIO()
    torch.onnx.export(
        network,
        torch.randn(1, 2, 8, 8),
        file,
        opset_version=opset,
        input_names=["x"],
        output_names=["y"],
        dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}},
        training=training,
    )
    with torch.no_grad():
        y = network(x)
    return {"file": b64(file.getvalue()), "x": x.flatten().tolist(), "y": y.flatten().tolist()}


def typed_fields():
    """x + float_data + double_data + float16 in int32_data, reshaped by int64_data."""
    constants = [
        helper.make_tensor("a", TensorProto.FLOAT, [2], [1.5, -2]),
        helper.make_tensor("h", TensorProto.FLOAT16, [2], np.float16([0.1, -6e-8]).tolist()),
        helper.make_tensor("i", TensorProto.INT64, [2], [2, -1]),
    ]
    nodes = [
        helper.make_node("Add", ["x", "a"], ["b"]),
        helper.make_node("Add", ["b", "h"], ["c"]),
        helper.make_node("Reshape", ["c", "i"], ["y"]),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [3, 2])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [2, 3])
    graph = helper.make_graph(nodes, "typed", [x], [y], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    return b64(model.SerializeToString())


goldens = {
    "networks": [
        exported(opset, training)
        for opset in [9, 13, 16]
        for training in [torch.onnx.TrainingMode.EVAL, torch.onnx.TrainingMode.PRESERVE]
    ],
    "typed": typed_fields(),
}
text = f"""// Made by make_goldens.py beside this file, with PyTorch {torch.__version__} and onnx
// {onnx.__version__}. Do not edit.

interface Goldens {{
  networks: {{ file: string; x: number[]; y: number[] }}[];
  typed: string;
}}

/** Files are base64. */
export const goldens: Goldens = {json.dumps(goldens, indent=1)};
"""
pathlib.Path(__file__).with_name("goldens.ts").write_text(text)
