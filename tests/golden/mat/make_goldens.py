"""Writes goldens.ts beside this file: MATLAB files of level 5 as SciPy writes them.

Run: python3 make_goldens.py   (SciPy 1.10.1, NumPy 1.24.2)
"""

import base64
import io
import json
import pathlib
import struct

import numpy as np
from scipy.io import savemat

arrays = {
    "double": np.arange(24.0).reshape(2, 3, 4) / 4 - 1.5,
    "special": np.array([[np.nan, np.inf, -0.0, 5e-324]]),
    "single": np.array([[0.5, -2.25], [1e-40, 3e38]], "f4"),
    "int8": np.array([[-128, 127]], "i1"),
    "uint8": np.array([[0, 255], [7, 9], [1, 2]], "u1"),
    "int16": np.array([[-32768], [32767]], "i2"),
    "uint16": np.array([[65535]], "u2"),
    "int32": np.array([[-(2**31), 2**31 - 1]], "i4"),
    "uint32": np.array([[2**31 - 1, 0]], "u4"),
    "int64": np.array([[-5, 2**31 - 1]], "i8"),
    "logical": np.array([[True, False, True]]),
    "empty": np.zeros((0, 3)),
    "scalar": np.array([[2.5]]),
    "a": np.array([[1.0]]),
}
others = {
    "number": np.array([[1.0, 2.0]]),
    "complex": np.array([[1 + 2j]]),
    "text": "hello",
    "struct": {"x": 1.0},
    "cell": np.array([1.0, "b"], dtype=object),
    "large": np.array([[2**31]], "u4"),
}


def saved(contents, **options):
    file = io.BytesIO()
    savemat(file, contents, oned_as="row", **options)
    return base64.b64encode(file.getvalue()).decode()


def narrow(order):
    """As MATLAB writes whole doubles: in fewer bytes, here in both byte orders."""
    def element(kind, data):
        pad = -len(data) % 8
        return struct.pack(order + "II", kind, len(data)) + data + bytes(pad)

    def matrix(name, kind, stored, numbers):
        return element(
            14,
            element(6, struct.pack(order + "II", kind, 0))
            + element(5, struct.pack(order + "ii", 2, 3))
            + element(1, name)
            + element(stored, numbers),
        )

    text = b"MATLAB 5.0 MAT-file, by hand".ljust(124)
    version = struct.pack(order + "H", 0x0100) + (b"IM" if order == "<" else b"MI")
    bytes_ = struct.pack("6B", 0, 1, 2, 3, 254, 255)
    shorts = struct.pack(order + "6h", -3, 0, 300, -32768, 5, 6)
    data = text + version + matrix(b"bytes", 6, 2, bytes_) + matrix(b"shorts", 7, 3, shorts)
    return base64.b64encode(data).decode()


goldens = {
    "plain": saved(arrays),
    "compressed": saved(arrays, do_compression=True),
    "arrays": [
        {
            "name": name,
            "shape": list(array.shape),
            "storedAs": {"float64": "float64", "bool": "bool"}.get(str(array.dtype), str(array.dtype)),
            "values": [repr(float(value)) for value in array.flatten()],
        }
        for name, array in arrays.items()
    ],
    "others": saved(others, do_compression=True),
    "narrow": narrow("<"),
    "bigEndian": narrow(">"),
    "old": saved({"x": np.array([[1.0]])}, format="4"),
}
pathlib.Path(__file__).with_name("goldens.ts").write_text(
    "// Made by make_goldens.py beside this file, with SciPy 1.10.1. Do not edit.\n\n"
    "interface Goldens {\n  plain: string;\n  compressed: string;\n"
    "  arrays: { name: string; shape: number[]; storedAs: string; values: string[] }[];\n"
    "  others: string;\n  narrow: string;\n  bigEndian: string;\n  old: string;\n}\n\n"
    "/** Files in base64; values are what Python's float() reads. */\n"
    f"export const goldens: Goldens = {json.dumps(goldens, indent=1)};\n"
)
