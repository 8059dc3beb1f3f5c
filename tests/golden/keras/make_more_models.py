"""Writes more_models.ts beside this file: models with layers around layers, attention, several inputs.

Run: KERAS_BACKEND=jax python3 make_more_models.py   (Keras 3.15.1, JAX 0.10.2, h5py 3.16)
"""

import base64
import gzip
import json
import pathlib
import tempfile

import keras
import numpy as np
from keras import layers

random = np.random.default_rng(12)


def wrapped():
    """Recurrent layers both ways, joined in every way; layers of every element of sequences."""
    x = keras.Input((5, 3), name="steps")
    y = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(x)
    y = layers.Bidirectional(layers.GRU(4, return_sequences=True), merge_mode="sum")(y)
    y = layers.Bidirectional(
        layers.SimpleRNN(3, return_sequences=True),
        backward_layer=layers.LSTM(3, return_sequences=True, go_backwards=True),
        merge_mode="mul",
        name="both",
    )(y)
    y = layers.TimeDistributed(layers.Dense(6, activation="tanh"))(y)
    y = layers.TimeDistributed(layers.BatchNormalization())(y)
    y = layers.TimeDistributed(layers.Reshape((3, 2)), name="pairs")(y)
    y = layers.TimeDistributed(layers.Conv1D(2, 2), name="convs")(y)
    y = layers.TimeDistributed(layers.Flatten())(y)
    y = layers.Bidirectional(layers.LSTM(2), merge_mode="ave")(y)
    return keras.Model(x, y, name="wrapped")


def attention():
    """Heads that look at their own and at other sequences, and back alone; attention of one head."""
    x = keras.Input((4, 6), name="words")
    y = layers.Dense(5, name="other")(x)
    a = layers.MultiHeadAttention(2, 3, name="own")(x, x)
    b = layers.MultiHeadAttention(3, 2, value_dim=4, use_bias=False, dropout=0.1)(query=x, value=y, key=y)
    c = layers.MultiHeadAttention(2, 2, name="back")(x, x, use_causal_mask=True)
    d = layers.Attention(use_scale=True)([x, a])
    e = layers.Attention()([x, b, c], use_causal_mask=True)
    f = layers.AdditiveAttention()([x, d])
    y = layers.LayerNormalization()(layers.Concatenate()([a, b, c, d, e, f]))
    z = layers.Dot(axes=(1, 2))([x, layers.Permute((2, 1))(x)])
    z = layers.Dot(axes=1, normalize=True)([layers.Flatten()(z), layers.Flatten()(z)])
    v = layers.Dot(axes=-1)([layers.GlobalMaxPooling1D()(x), layers.GlobalAveragePooling1D()(x)])
    return keras.Model(x, layers.Concatenate()([layers.Flatten()(y), z, v]), name="attention")


def rows():
    """Convolutions of sequences; what does nothing after training."""
    return keras.Sequential(
        [
            keras.Input((7, 4)),
            layers.Identity(),
            layers.Conv1DTranspose(5, 3, strides=2, padding="same", activation="relu"),
            layers.DepthwiseConv1D(3, strides=2, depth_multiplier=2, dilation_rate=1),
            layers.UpSampling1D(3),
            layers.SeparableConv1D(6, 4, padding="same", depth_multiplier=2, dilation_rate=2),
            layers.UnitNormalization(),
            layers.Conv1DTranspose(3, 2, use_bias=False),
        ]
    )


def pictures():
    """Random changes of images, which are those of training."""
    return keras.Sequential(
        [
            keras.Input((5, 6, 3)),
            layers.RandomFlip(),
            layers.RandomRotation(0.1),
            layers.RandomZoom(0.1),
            layers.RandomTranslation(0.1, 0.2),
            layers.RandomContrast(0.1),
            layers.RandomBrightness(0.1),
            layers.Conv2D(2, 3),
        ]
    )


def several():
    """Two inputs, of which one has two sizes, and three results."""
    picture, numbers = keras.Input((4, 5, 2), name="picture"), keras.Input((3,), name="numbers")
    a = layers.Flatten()(layers.Conv2D(3, 2, activation="relu", name="conv")(picture))
    b = layers.Dense(4, name="dense")(numbers)
    both = layers.Concatenate()([a, b])
    kind = layers.Dense(2, activation="softmax", name="kind")(both)
    size = layers.Dense(1, name="size")(layers.Add(name="sum")([b, b]))
    return keras.Model([picture, numbers], [kind, size, b], name="several")


def started():
    """A recurrent layer whose state is given: it is refused."""
    x = keras.Input((3, 2))
    start = layers.Dense(2, name="start")(layers.Flatten()(x))
    return keras.Model(x, layers.GRU(2, name="gru")(x, initial_state=start))


def unknown():
    """Classes that are not known: code, and others."""
    x = keras.Input((3,))
    y = layers.Lambda(lambda x: x * 2, name="double")(layers.Dense(2)(x))
    return keras.Model(x, layers.RMSNormalization(name="unit")(y))


def filled(model):
    for weight in model.weights:
        if "seed" in weight.path:
            continue
        low = 0.5 if "variance" in weight.path else -1
        weight.assign(random.integers(low * 32, 32, weight.shape) / 32)
    return model


def packed(model, name):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, name)
        model.save(path)
        return base64.b64encode(gzip.compress(path.read_bytes(), mtime=0)).decode()


def array(values):
    values = np.asarray(values, "f4")
    return {"data": values.ravel().tolist(), "shape": list(values.shape)}


def golden(model, *inputs, forms=("keras", "h5")):
    filled(model)
    results = model.predict(list(inputs) if len(inputs) > 1 else inputs[0], verbose=0)
    results = results if isinstance(results, list) else [results]
    return {
        "files": {form: packed(model, f"a.{form}") for form in forms},
        "x": [array(x) for x in inputs],
        "y": [array(y) for y in results],
    }


quarters = lambda *shape: random.integers(-12, 13, shape).astype("f4") / 4
goldens = {
    "wrapped": golden(wrapped(), quarters(2, 5, 3)),
    "attention": golden(attention(), quarters(2, 4, 6)),
    "rows": golden(rows(), quarters(2, 7, 4)),
    "pictures": golden(pictures(), quarters(2, 5, 6, 3), forms=["keras"]),
    "several": golden(several(), quarters(2, 4, 5, 2), quarters(2, 3)),
}

pathlib.Path(__file__).with_name("more_models.ts").write_text(
    f"""// Made by make_more_models.py beside this file, with Keras {keras.__version__}. Do not edit.

/** An array of float32. */
export interface GoldenArray {{
  data: number[];
  shape: number[];
}}

/** A model in both forms of file, compressed by gzip as base64; inputs, and what Keras makes. */
export interface Golden {{
  files: Record<string, string>;
  x: GoldenArray[];
  y: GoldenArray[];
}}

/** Whole models. */
export const goldens: Readonly<Record<string, Golden>> = {json.dumps(goldens)};

/** Models that are refused: a recurrent layer whose state is given; classes that are not known. */
export const refused = {{
  started: "{packed(filled(started()), "a.keras")}",
  unknown: "{packed(filled(unknown()), "a.keras")}",
}};
"""
)
