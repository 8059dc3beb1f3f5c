"""Writes goldens.ts beside this file: safetensors files made by the Python package, and a PyTorch
network with what it computes.

Run: python3 make_goldens.py   (safetensors 0.8.0, PyTorch 1.13.1, NumPy 1.24.2)
"""

import base64
import json
import pathlib

import numpy as np
import safetensors
import torch
from safetensors.numpy import save
from safetensors.torch import save as save_torch

torch.manual_seed(3)


def b64(raw):
    return base64.b64encode(raw).decode()


ARRAYS = {
    "w": np.array([[0.5, -1], [2, 3]], "f4"), "f64": np.array([1e300, -0.0]),
    "half": np.array([1.5, -np.inf, 6e-8], "f2"), "i8": np.array([-128, 127], "i1"),
    "i16": np.array([-32768, 32767], "i2"), "i32": np.array([[-1], [2]], "i4"),
    "i64": np.array([-2**31, 2**31 - 1], "i8"), "u8": np.array([0, 255], "u1"),
    "u16": np.array([0, 65535], "u2"), "u32": np.array([1, 2**31 - 1], "u4"),
    "u64": np.array([7], "u8"), "bool": np.array([True, False]),
    "scalar": np.array(7, "f4"), "empty": np.zeros((0, 3), "f4"),
    "__proto__": np.array([9], "u1"), "h\u00fctte \"x\"": np.array([1], "f4"),
}
BFLOAT = torch.tensor([1.0, -2.5, 3.0e38, float("nan"), 1e-40], dtype=torch.bfloat16)
WRITTEN = {key: ARRAYS[key] for key in ["u8", "w", "f64", "i32", "scalar", "empty", "h\u00fctte \"x\""]}


def listed(arrays):
    return [{"name": name, "shape": list(a.shape), "storedAs": a.dtype.name,
             "values": [repr(float(v)) for v in a.astype("f8").ravel()]} for name, a in arrays.items()]


class Net(torch.nn.Module):
    """A convolution with groups, a transposed one, a flatten and two dense layers."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(2, 4, (3, 2), stride=(2, 1), padding=1, groups=2)
        self.up = torch.nn.ConvTranspose2d(4, 3, 2, stride=2)
        self.first = torch.nn.Linear(3 * 6 * 10, 5)
        self.second = torch.nn.Linear(5, 3)

    def forward(self, x):
        y = self.up(torch.relu(self.conv(x)))
        return self.second(torch.relu(self.first(torch.flatten(y, 1))))


net = Net()
x = torch.randn(2, 2, 5, 4)
state = {**net.state_dict(), "x": x, "y": net(x).detach()}
golden = {
    "file": b64(save(ARRAYS, {"format": "np", "__proto__": "text"})),
    "arrays": listed(ARRAYS),
    "bfloat16": b64(save_torch({"b": BFLOAT})),
    "bfloat16Values": [repr(v) for v in BFLOAT.to(torch.float64).tolist()],
    "written": b64(save(WRITTEN, {"a": "b \"c\""})),
    "network": b64(save_torch(state)),
}
text = f"// Made by make_goldens.py beside this file, with safetensors {safetensors.__version__}. Do not edit.\n\n"
text += """interface Goldens {
  file: string;
  arrays: { name: string; shape: number[]; storedAs: string; values: string[] }[];
  bfloat16: string;
  bfloat16Values: string[];
  written: string;
  network: string;
}

/** Files are base64; values are what Python's float() reads. */
export const goldens: Goldens = """ + json.dumps(golden, indent=1) + ";\n"
(pathlib.Path(__file__).parent / "goldens.ts").write_text(text)
