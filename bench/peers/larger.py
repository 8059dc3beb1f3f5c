"""The larger models of the bench in PyTorch; see bench/models/larger.ts."""

import torch
import torch.nn.functional as F

BLOCKS = 3
STAGES = 3
STRIDES = [1, 2, 1, 2, 1]  # of the depthwise convolutions


def prepare(arrays, layout):
    """Weights in PyTorch's order, all to be trained."""
    params = {}
    for name, w in arrays.items():
        if name in ("x", "labels"):
            continue
        if name.endswith("depthwise.w"):
            w = w.permute(2, 3, 0, 1).contiguous(memory_format=layout.format)
        elif w.dim() == 4:
            w = w.permute(3, 2, 0, 1).contiguous(memory_format=layout.format)
        elif name == "dense.w":
            w = w.t().contiguous()
        params[name] = w.requires_grad_()
    return params


def make_resnet(p):
    def conv(name, x, stride=1):
        w = p[name + ".w"]
        return normalize(p, name, F.conv2d(x, w, stride=stride, padding=w.shape[2] // 2))

    def loss(x, labels):
        y = F.relu(conv("stem", x))
        for stage in range(STAGES):
            for block in range(BLOCKS):
                name = f"{stage}.{block}"
                stride = 2 if stage > 0 and block == 0 else 1
                inner = F.relu(conv(name + ".first", y, stride))
                skip = y if stride == 1 else conv(name + ".skip", y, stride)
                y = F.relu(conv(name + ".second", inner) + skip)
        return F.cross_entropy(F.linear(y.mean((2, 3)), p["dense.w"], p["dense.bias"]), labels)

    return loss


def make_mobilenet(p):
    def conv(name, x, stride=1, groups=1):
        w = p[name + ".w"]
        y = F.conv2d(x, w, stride=stride, padding=w.shape[2] // 2, groups=groups)
        return F.relu(normalize(p, name, y))

    def loss(x, labels):
        y = conv("stem", x)
        for i, stride in enumerate(STRIDES):
            y = conv(f"{i}.depthwise", y, stride, groups=y.shape[1])
            y = conv(f"{i}.pointwise", y)
        return F.cross_entropy(F.linear(y.mean((2, 3)), p["dense.w"], p["dense.bias"]), labels)

    return loss


def make_autoencoder(p):
    def down(x, name):
        return F.relu(F.conv2d(x, p[name + ".w"], p[name + ".bias"], stride=2, padding=1))

    def up(x, name):
        return F.conv_transpose2d(x, p[name + ".w"], p[name + ".bias"], stride=2, padding=1)

    def loss(x, _):
        y = F.relu(up(down(down(x, "down1"), "down2"), "up1"))
        return F.mse_loss(torch.sigmoid(up(y, "up2")), x)

    return loss


def normalize(p, name, x):
    return F.batch_norm(x, None, None, p[name + ".scale"], p[name + ".bias"], training=True)


MAKERS = {"resnet": make_resnet, "mobilenet": make_mobilenet, "autoencoder": make_autoencoder}


def make_larger_step(model, arrays, layout):
    if model == "matmul":
        a, b = arrays["x"], arrays["w"]
        return lambda: (a @ b)[0, 0].item()
    params = prepare(arrays, layout)
    loss_of = MAKERS[model](params)
    x, labels = layout.images(arrays["x"]), arrays["labels"].long()
    weights = list(params.values())
    optimizer = (torch.optim.Adam(weights, lr=1e-3, foreach=True) if model == "autoencoder" else
                 torch.optim.SGD(weights, lr=0.01, momentum=0.9, foreach=True))

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(x, labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step
