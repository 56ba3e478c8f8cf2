"""ONNX files of a few convolutions, written as protobuf messages, because no package for it is installed."""

import numpy as np


def convolutions(heads, transposed=False):
    """The file of a network of the input `input` with an output for each head: name, kernel [C, 3, S, S], bias [C].

    The stride is the kernel's side. Outputs are [N, C, H / S, W / S], or [N, H / S, W / S, C] with `transposed`.
    """
    nodes, weights, outputs = [], [], []
    for name, kernel, bias in heads:
        stride = kernel.shape[-1]
        weights += [tensor(f"{name}.w", kernel), tensor(f"{name}.b", np.array(bias))]
        shape = [numbers("kernel_shape", [stride] * 2), numbers("strides", [stride] * 2)]
        inputs = [(1, "input"), (1, f"{name}.w"), (1, f"{name}.b")]
        result = f"{name}.c" if transposed else name
        nodes.append(message(*inputs, (2, result), (4, "Conv"), *((5, item) for item in shape)))
        if transposed:
            last = numbers("perm", [0, 2, 3, 1])
            nodes.append(message((1, result), (2, name), (4, "Transpose"), (5, last)))
        sizes = ["n", "r", "c", len(bias)] if transposed else ["n", len(bias), "r", "c"]
        outputs.append(value(name, sizes))
    graph = message(
        *((1, node) for node in nodes),
        (2, "red"),
        *((5, item) for item in weights),
        (11, value("input", [1, 3, "h", "w"])),
        *((12, output) for output in outputs),
    )
    return message((1, 8), (7, graph), (8, message((1, ""), (2, 13))))


def message(*fields):
    """A protobuf message of (field number, int, str, bytes or list of int)."""
    data = b""
    for number, value in fields:
        if isinstance(value, int):
            data += varint(number << 3) + varint(value)
            continue
        body = value.encode() if isinstance(value, str) else value
        body = b"".join(map(varint, body)) if isinstance(body, list) else body
        data += varint(number << 3 | 2) + varint(len(body)) + body
    return data


def varint(value):
    return bytes([value & 127 | 128]) + varint(value >> 7) if value > 127 else bytes([value])


def tensor(name, values):
    return message((1, list(values.shape)), (2, 1), (8, name), (9, values.astype("<f4").tobytes()))


def value(name, shape):
    sizes = [(1, message((1, size) if isinstance(size, int) else (2, size))) for size in shape]
    return message((1, name), (2, message((1, message((1, 1), (2, message(*sizes)))))))


def numbers(name, values):
    return message((1, name), (8, values), (20, 7))
