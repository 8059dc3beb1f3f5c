"""Writes goldens.ts beside this file: files as Keras saves them, with what its models predict.

Run: KERAS_BACKEND=torch python3 make_goldens.py   (Keras 3.15.1, PyTorch 2.13.0, h5py 3.16.0)

Keras 2 is told from its successor in the same format by the names of its weights: they end in ":0",
and the filters of a depthwise convolution are its `depthwise_kernel`. So its file is that of Keras 3
with these names.
"""

import base64
import gzip
import io
import json
import pathlib
import tempfile

import h5py
import keras
import numpy as np
from keras import layers
from keras.src.legacy.saving import legacy_h5_format

random = np.random.default_rng(5)


def images():
    """Every layer with weights, one model in another, and one in that."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(4, 3, strides=2, padding="same", activation="relu", name="stem"),
            layers.BatchNormalization(),
            keras.Sequential(
                [
                    layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2),
                    layers.LayerNormalization(),
                    keras.Sequential([layers.Conv2D(4, 1, use_bias=False)]),
                    layers.BatchNormalization(),
                ],
                name="block",
            ),
            layers.Conv2DTranspose(6, 2, strides=2),
            layers.GroupNormalization(groups=3),
            layers.ReLU(),
            layers.MaxPooling2D(2),
            layers.Conv2D(3, 3, dilation_rate=2, padding="same", groups=3),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(5, activation="tanh"),
            layers.Dense(3, activation="softmax"),
        ]
    )


def words():
    return keras.Sequential(
        [
            keras.Input((4,), dtype="int32"),
            layers.Embedding(7, 3),
            layers.LayerNormalization(),
            layers.Flatten(),
            layers.Dense(2, name="out"),
        ]
    )


def frozen():
    """Two layers of one shape, the first of which is not trained: it comes last in the file."""
    inner = keras.Sequential([layers.Dense(2, trainable=False), layers.Dense(2)], name="inner")
    return keras.Sequential([keras.Input((2,)), inner, layers.Dense(2)])


def filled(model):
    for weight in model.weights:
        low = 0.5 if "variance" in weight.path else -1
        weight.assign(random.uniform(low, 1, weight.shape))
    return model


def packed(raw):
    return base64.b64encode(gzip.compress(raw, mtime=0)).decode()


def saved(save, name):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, name)
        save(path)
        return packed(path.read_bytes())


def legacy(model, name=lambda text: text):
    raw = io.BytesIO()
    with h5py.File(raw, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
        for key in file.attrs["layer_names"]:
            group = file[key]
            before = [text.decode() if isinstance(text, bytes) else text
                      for text in group.attrs["weight_names"]]
            after = [name(text) for text in before]
            for old, new in zip(before, after):
                if old != new:
                    group.move(old, new)
            group.attrs["weight_names"] = [text.encode() for text in after]
    return packed(raw.getvalue())


def keras2(text):
    return text.replace("depthwise_conv2d/kernel", "depthwise_conv2d/depthwise_kernel") + ":0"


def predictions(model, x):
    return {"x": x.ravel().tolist(), "y": np.asarray(model.predict(x, verbose=0)).ravel().tolist()}


model, text, held = filled(images()), filled(words()), filled(frozen())
x = random.uniform(-1, 1, (2, 8, 8, 2)).astype("f4")
ids = random.integers(0, 7, (2, 4)).astype("i4")
rows = random.uniform(-1, 1, (2, 2)).astype("f4")
goldens = {
    "images": {
        "files": {
            "keras3": saved(model.save_weights, "a.weights.h5"),
            "whole": saved(model.save, "a.h5"),
            "legacy": legacy(model),
            "keras2": legacy(model, keras2),
        },
        **predictions(model, x),
    },
    "words": {
        "files": {
            "keras3": saved(text.save_weights, "a.weights.h5"),
            "whole": saved(text.save, "a.h5"),
        },
        **predictions(text, ids),
    },
    "frozen": {"files": {"legacy": legacy(held)}, **predictions(held, rows)},
}
pathlib.Path(__file__).with_name("goldens.ts").write_text(
    f"""// Made by make_goldens.py beside this file, with Keras {keras.__version__}. Do not edit.

interface Golden {{
  files: Record<string, string>;
  x: number[];
  y: number[];
}}

/** Files, gzipped, in base64. */
export const goldens: Record<"images" | "words" | "frozen", Golden> = {json.dumps(goldens, indent=1)};
"""
)
