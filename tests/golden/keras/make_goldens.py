"""Writes goldens.ts beside this file: weights laid out as Keras 2 and Keras 3 lay them out, by h5py.

Run: python3 make_goldens.py   (h5py 3.7.0, NumPy 1.24.2)
"""

import base64
import io
import json
import pathlib

import h5py
import numpy as np

SHAPES = {
    "conv2d": {"kernel": (3, 3, 1, 2), "bias": (2,)},
    "batch_normalization": {
        "gamma": (2,),
        "beta": (2,),
        "moving_mean": (2,),
        "moving_variance": (2,),
    },
    "conv2d_1": {"kernel": (1, 1, 2, 2), "bias": (2,)},
    "dense": {"kernel": (8, 3), "bias": (3,)},
}


def values():
    count = 0
    for layer, weights in SHAPES.items():
        for weight, shape in weights.items():
            size = int(np.prod(shape))
            yield layer, weight, np.arange(count, count + size, dtype="f4").reshape(shape)
            count += size


def file(write):
    raw = io.BytesIO()
    with h5py.File(raw, "w") as h5:
        write(h5)
    return base64.b64encode(raw.getvalue()).decode()


NAMES = {"conv2d": "conv2d_9", "conv2d_1": "conv2d_10"}


def keras2(h5):
    """A whole model of a session in which layers had been made before: numbers go on."""
    group = h5.create_group("model_weights")
    for layer, weight, array in values():
        name = NAMES.get(layer, layer)
        group[f"{name}/{name}/{weight}:0"] = array
    group.create_group("flatten")
    h5["optimizer_weights/Adam/conv2d/kernel/m:0"] = np.zeros((3, 3, 1, 2), "f4")


def keras3(h5):
    places = {}
    for layer, _, array in values():
        place = places[layer] = places.get(layer, -1) + 1
        h5[f"layers/{layer}/vars/{place}"] = array
    h5.create_group("layers/flatten/vars")
    h5["optimizer/vars/0"] = np.int64(3)


goldens = {"keras2": file(keras2), "keras3": file(keras3)}
pathlib.Path(__file__).with_name("goldens.ts").write_text(
    f"""// Made by make_goldens.py beside this file, with h5py {h5py.__version__}. Do not edit.

/** Files in base64. */
export const goldens: {{ keras2: string; keras3: string }} = {json.dumps(goldens, indent=1)};
"""
)
