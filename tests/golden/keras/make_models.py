"""Writes models.ts beside this file: whole models as Keras saves them, with what they predict.

Run: KERAS_BACKEND=jax python3 make_models.py   (Keras 3.15.1, JAX, h5py)
"""

import base64
import gzip
import json
import pathlib
import tempfile

import keras
import numpy as np
from keras import layers

random = np.random.default_rng(11)


def images():
    """A chain of images, of layers that the other golden files have not."""
    return keras.Sequential(
        [
            keras.Input((9, 8, 3)),
            layers.Rescaling(0.5, offset=-0.25),
            layers.ZeroPadding2D(((1, 0), (2, 1))),
            layers.Conv2D(6, (3, 2), strides=2, groups=3, activation="swish", name="1"),
            layers.BatchNormalization(scale=False),
            layers.SeparableConv2D(5, 3, padding="same", depth_multiplier=2, activation="elu"),
            layers.PReLU(shared_axes=[1, 2]),
            layers.UpSampling2D(2),
            layers.Cropping2D(((1, 0), (0, 1))),
            layers.AveragePooling2D(2, padding="same"),
            layers.Dropout(0.3),
            layers.LeakyReLU(0.1),
            layers.Conv2DTranspose(4, 3, strides=2, padding="same", activation="softplus"),
            layers.DepthwiseConv2D(3, dilation_rate=2, use_bias=False),
            layers.ReLU(max_value=6, negative_slope=0.125),
            layers.GlobalMaxPooling2D(),
            layers.Dense(7, activation="hard_sigmoid"),
            layers.LayerNormalization(center=False),
            layers.Dense(3, activation="softmax"),
        ],
        name="chain",
    )


def branches():
    """Branches that join in every way, a layer that is used twice, a model in the model."""
    x = keras.Input((6, 7, 2), name="picture")
    shared = layers.Conv2D(4, 3, padding="same", activation="tanh", name="shared")
    first = layers.Conv2D(2, 1, name="first")(x)
    a, b = shared(x), shared(first)
    inner = keras.Sequential(
        [keras.Input((6, 7, 4)), layers.Conv2D(4, 1, activation="gelu"), layers.BatchNormalization()],
        name="block",
    )
    joined = [
        layers.Add()([a, b, inner(a)]),
        layers.Subtract()([a, b]),
        layers.Multiply()([a, b]),
        layers.Average()([a, b]),
        layers.Maximum()([a, b]),
        layers.Minimum()([a, inner(b)]),
    ]
    y = layers.Concatenate()(joined)
    y = layers.MaxPooling2D((2, 3), strides=1)(y)
    z = layers.GroupNormalization(4)(layers.Conv2D(8, 2)(y))
    z = layers.GlobalAveragePooling2D(keepdims=True)(z)
    z = layers.Reshape((4, 2))(z)
    z = layers.Permute((2, 1))(z)
    z = layers.Flatten()(z)
    return keras.Model(x, layers.Dense(2, name="out")(z), name="branches")


def sequences():
    """Words in a row: convolutions of sequences, one of which looks back alone."""
    return keras.Sequential(
        [
            keras.Input((12,)),
            layers.Embedding(9, 4),
            layers.Conv1D(5, 3, padding="causal", dilation_rate=2, activation="relu"),
            layers.MaxPooling1D(2),
            layers.ZeroPadding1D(1),
            layers.Conv1D(4, 2, strides=2, padding="same"),
            layers.AveragePooling1D(2, strides=1),
            layers.GlobalAveragePooling1D(),
            layers.RepeatVector(3),
            layers.Cropping1D((1, 0)),
            layers.GlobalMaxPooling1D(),
            layers.Dense(2, activation="softsign"),
        ]
    )


def recurrent():
    """Every recurrent layer, forwards and backwards, with other functions, without summands."""
    return keras.Sequential(
        [
            keras.Input((5, 3)),
            layers.LSTM(4, return_sequences=True),
            layers.GRU(3, return_sequences=True, go_backwards=True),
            layers.SimpleRNN(4, return_sequences=True, activation="relu", use_bias=False),
            layers.GRU(2, return_sequences=True, reset_after=False, recurrent_activation="hard_sigmoid"),
            layers.LSTM(3, go_backwards=True, activation="softsign"),
            layers.Dense(2),
        ]
    )


def brain():
    """Weights of bfloat16."""
    return keras.Sequential([keras.Input((3,)), layers.Dense(2, dtype="bfloat16")])


def scaled():
    """Data that is normalised by the layer."""
    layer = layers.Normalization()
    layer.adapt(np.array([[1.0, 10.0], [3.0, 30.0], [8.0, 20.0]], "f4"))
    return keras.Sequential([keras.Input((2,)), layer, layers.Dense(2)])


def filled(model):
    for weight in model.weights:
        if weight.path.startswith("normalization/"):
            continue  # adapted to data
        low = 0.5 if "variance" in weight.path else -1
        weight.assign(random.integers(low * 32, 32, weight.shape) / 32)
    return model


def packed(model, name):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, name)
        model.save(path)
        return base64.b64encode(gzip.compress(path.read_bytes(), mtime=0)).decode()


def golden(model, x, forms=("a.keras", "a.h5")):
    y = np.asarray(model.predict(x, verbose=0), "f4")
    files = {name.split(".")[1]: packed(model, name) for name in forms}
    return {
        "files": files,
        "x": x.ravel().tolist(),
        "xShape": list(x.shape),
        "y": y.ravel().tolist(),
        "yShape": list(y.shape),
    }


def several():
    a, b = keras.Input((3,)), keras.Input((3,))
    return keras.Model([a, b], layers.Add()([a, b]))


quarters = lambda *shape: random.integers(-12, 13, shape).astype("f4") / 4
goldens = {
    "images": golden(filled(images()), quarters(2, 9, 8, 3)),
    "branches": golden(filled(branches()), quarters(2, 6, 7, 2)),
    "sequences": golden(filled(sequences()), random.integers(0, 9, (3, 12)).astype("i4")),
    "scaled": golden(filled(scaled()), quarters(2, 2)),
    "recurrent": golden(filled(recurrent()), quarters(2, 5, 3)),
    "brain": golden(filled(brain()), quarters(2, 3), ["a.keras"]),
    "several": packed(several(), "a.keras"),
}

pathlib.Path(__file__).with_name("models.ts").write_text(
    f"""// Made by make_models.py beside this file, with Keras {keras.__version__}. Do not edit.

/** A model in a form of file or two, compressed by gzip as base64; inputs, and what Keras makes. */
export interface Golden {{
  files: Record<string, string>;
  x: number[];
  xShape: number[];
  y: number[];
  yShape: number[];
}}

interface Goldens {{
  images: Golden;
  branches: Golden;
  sequences: Golden;
  scaled: Golden;
  recurrent: Golden;
  brain: Golden;
  several: string;
}}

/** Whole models. */
export const goldens: Goldens = {json.dumps(goldens, indent=1)};
"""
)
