"""Writes goldens.ts beside this file: .npy files made by NumPy, and what NumPy reads from them.

Run: python3 make_goldens.py   (NumPy 1.24.2 and 2.4.6 give the same; needs nothing else)
"""

import base64
import hashlib
import io
import json
import pathlib
import warnings

import numpy as np
from numpy.lib import format as npy

warnings.simplefilter("ignore")  # versions 2.0 and 3.0 warn
HELD_AS = {"b1": "uint8", "i1": "int32", "i2": "int32", "i4": "int32", "i8": "int32",
           "u1": "uint8", "u2": "int32", "u4": "int32", "u8": "int32",
           "f2": "float32", "f4": "float32", "f8": "float64"}
VALUES = {
    "b1": [0, 1, 1, 0, 1, 0],
    "i1": [-128, -1, 0, 1, 2, 127],
    "i2": [-32768, -1, 0, 1, 258, 32767],
    "i4": [-2147483648, -1, 0, 1, 16909060, 2147483647],
    "i8": [-2147483648, -1, 0, 1, 16909060, 2147483647],
    "u1": [0, 1, 2, 127, 128, 255],
    "u2": [0, 1, 2, 258, 32768, 65535],
    "u4": [0, 1, 2, 65536, 16909060, 2147483647],
    "u8": [0, 1, 2, 65536, 16909060, 2147483647],
    "f2": [-0.0, 5.960464477539063e-08, 1.5, -65504.0, float("inf"), float("nan")],
    "f4": [-0.0, 1e-45, 1.5, -3.4028234663852886e38, float("-inf"), float("nan")],
    "f8": [-0.0, 5e-324, 1.5, -1.7976931348623157e308, float("inf"), float("nan")],
}


def b64(raw):
    return base64.b64encode(raw).decode()


def header_of(descr, shape):
    """The oldest version that can hold it, as numpy.save chooses."""
    fields = {"descr": descr, "fortran_order": False, "shape": shape}
    file = io.BytesIO()
    try:
        npy.write_array_header_1_0(file, fields)
    except ValueError:
        file = io.BytesIO()
        npy.write_array_header_2_0(file, fields)
    return file.getvalue()


def saved(array, version=None):
    file = io.BytesIO()
    npy.write_array(file, array, version=version)
    return file.getvalue()


def case(name, array, version=None):
    raw = saved(array, version)
    back = np.load(io.BytesIO(raw))
    held = HELD_AS[array.dtype.str[1:]]
    little = {"uint8": "|u1", "int32": "<i4", "float32": "<f4", "float64": "<f8"}[held]
    return {"name": name, "file": b64(raw), "shape": list(back.shape), "dtype": held,
            "elements": b64(back.astype(little).tobytes("C"))}


cases = []
for code, values in VALUES.items():
    for order in ["<", ">"] if code[1] != "1" else ["|"]:
        for layout in "CF":
            array = np.array(values, dtype=order + code).reshape((2, 3), order="C")
            cases.append(case(f"{order}{code} {layout}", np.array(array, order=layout)))
for version in [(1, 0), (2, 0), (3, 0)]:
    cases.append(case(f"version {version[0]}.0", np.arange(3, dtype="<f4"), version))
for code in ["<f4", ">f8", "<i4", "|u1", "<f2", "<i8", "|b1"]:
    cases.append(case(f"scalar {code}", np.array(1, dtype=code)))
for shape in [(0,), (0, 3), (3, 0, 2), (0, 0), (1,), (1, 1, 1)]:
    cases.append(case(f"shape {shape}", np.ones(shape, dtype="<f8")))
for shape in [(2, 3, 4), (1, 3, 1, 2), (2, 1, 2, 3, 2), (3, 1), (1, 3)]:
    array = np.arange(int(np.prod(shape)), dtype="<i2").reshape(shape)
    cases.append(case(f"F {shape}", np.array(array, order="F")))

# Byte for byte: what numpy.save makes of these is what formatNpy must make of them.
written = []
for dtype in ["float32", "float64", "int32", "uint8"]:
    for shape in [(), (3,), (2, 3), (0,), (0, 3), (1, 2, 1, 3)]:
        array = np.arange(1, 1 + int(np.prod(shape)), dtype=dtype).reshape(shape)
        written.append({"dtype": dtype, "shape": list(shape), "file": b64(saved(array))})

# Headers only, as one hash: rank r, all sizes 1 but the first, 0, and the last, 10^(r mod 9).
headers = hashlib.sha256()
for descr in ["<f4", "<f8", "<i4", "|u1"]:
    for rank in range(1, 200):
        shape = (0,) + (1,) * (rank - 1) + (10 ** (rank % 9),)
        headers.update(header_of(descr, shape))
# The longest header of version 1.0, and the shortest that needs version 2.0: ranks around it.
long_headers = hashlib.sha256()
for rank in range(21800, 21860):
    long_headers.update(header_of("|u1", (1,) * rank))

halves = np.arange(65536, dtype="<u2").view("<f2")


def lines(rows):
    return "[\n" + "".join(f"    {json.dumps(row)},\n" for row in rows) + "  ]"


out = pathlib.Path(__file__).with_name("goldens.ts")
out.write_text(f"""// Made by make_goldens.py beside this file, with NumPy {np.__version__}. Do not edit.

interface Goldens {{
  read: {{ name: string; file: string; shape: number[]; dtype: string; elements: string }}[];
  written: {{ dtype: string; shape: number[]; file: string }}[];
  headersSha256: string;
  longHeadersSha256: string;
  float16Sha256: string;
}}

/** Files are base64, elements base64 of little endian, row-major data. */
export const goldens: Goldens = {{
  read: {lines(cases)},
  written: {lines(written)},
  headersSha256: "{headers.hexdigest()}",
  longHeadersSha256: "{long_headers.hexdigest()}",
  float16Sha256: "{hashlib.sha256(halves.astype("<f4").tobytes()).hexdigest()}",
}};
""")
