"""Seeded mutations of files: of their bytes, and of what the bytes mean."""

from __future__ import annotations

import copy
import csv
import io
import json
import math
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

from painctl.files.seals import UNSEALED, sealed

Mutate = Callable[[bytes, random.Random], bytes]

_PNG = b"\x89PNG\r\n\x1a\n"
_EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def _nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 17, 40_000, 10**9, 2**63, 10**30, 0.5, -1e-300, 1e308, math.nan, math.inf),
    *("", " ", "0", "nan", "\x1b[31mred\x07", "\ud800", "../../../etc/passwd", "/dev/zero", "=1+1", "a" * 100_000),
    *([], {}, [None], [0] * 100_000, {"": {}}, [[1, 2], [3]], _nested(200), {"a": "b"}),
)


def mutate_bytes(data: bytes, generator: random.Random) -> bytes:
    """One to eight changes of bytes, half of them near the start, or a cut, a repeated or an inserted block."""
    kind = generator.random()
    if kind < 0.15:
        return data[: generator.randrange(len(data) + 1)]
    start = generator.randrange(len(data))
    if kind < 0.25:
        end = min(len(data), start + generator.randrange(1, 64))
        return data[:end] + data[start:end] * generator.randrange(1, 50) + data[end:]
    if kind < 0.3:
        return data[:start] + generator.randbytes(generator.randrange(1, 64)) + data[start:]
    changed = bytearray(data)
    for _ in range(generator.randrange(1, 9)):
        place = generator.randrange(min(len(data), 128) if generator.random() < 0.5 else len(data))
        if generator.random() < 0.5:
            changed[place] ^= 1 << generator.randrange(8)
        else:
            length = generator.choice((1, 2, 4))
            value = generator.choice(_EXTREMES) & (1 << 8 * length) - 1
            changed[place : place + length] = value.to_bytes(length, generator.choice(("big", "little")))
    return bytes(changed)


def mutate_picture(data: bytes, generator: random.Random) -> bytes:
    """Changed bytes; of a PNG mostly under valid checksums, and with chunks that claim more than the file holds."""
    if not data.startswith(_PNG) or generator.random() < 0.3:
        return mutate_bytes(data, generator)
    chunks, place = [], len(_PNG)
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        chunks.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += length + 12
    index = generator.randrange(len(chunks))
    name, body = chunks[index]
    kind = generator.random()
    if kind < 0.3:
        frames = generator.choice((1, 2, 10**8, 2**31 - 1, 2**32 - 1))
        chunks.insert(1, (b"acTL", struct.pack(">II", frames, 0)))
    elif kind < 0.6:
        width, height = (generator.choice((0, 1, 7, 192, 60_000, 10**6, 2**31 - 1)) for _ in range(2))
        depth, colour = generator.choice((1, 2, 4, 8, 16, 32)), generator.choice((0, 2, 3, 4, 6, 7))
        chunks[0] = (b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, generator.choice((0, 1, 2))))
    elif kind < 0.7:
        chunks.insert(index, chunks[generator.randrange(len(chunks))])
    elif kind < 0.8:
        chunks.insert(1, (generator.choice((b"eXIf", b"iCCP", b"zTXt", b"PLTE", b"tRNS")), generator.randbytes(40)))
    elif body:
        chunks[index] = (name, mutate_bytes(body, generator))
    return _PNG + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def mutate_json(data: bytes, generator: random.Random) -> bytes:
    """Mostly a value replaced by one of another type, size or encoding, or a key dropped; sometimes changed bytes."""
    kind = generator.random()
    if kind < 0.15 or not _is_json(data):  # mutated before
        return mutate_bytes(data, generator)
    if kind < 0.2:
        return generator.choice((b"[", b'{"a":')) * generator.choice((10, 1000, 200_000))
    if kind < 0.25:
        return data.decode().encode(generator.choice(("utf-16", "utf-16-le", "utf-8-sig", "utf-32")))
    value = mutate_value(json.loads(data), generator)
    return json.dumps(value, ensure_ascii=generator.random() < 0.5).encode(errors="surrogatepass")


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def mutate_value(value: Any, generator: random.Random) -> Any:
    """A copy of a value of JSON in which one to three of its parts are replaced or dropped."""
    holder = [copy.deepcopy(value)]
    for _ in range(generator.choice((1, 1, 2, 3))):
        parent: Any = holder
        key: Any = 0
        while isinstance(parent[key], (dict, list)) and parent[key] and generator.random() < 0.9:
            parent = parent[key]
            key = generator.choice(sorted(parent) if isinstance(parent, dict) else range(len(parent)))
        if parent is not holder and generator.random() < 0.15:
            del parent[key]
        elif isinstance(parent[key], (int, float)) and generator.random() < 0.4:
            parent[key] = parent[key] * generator.choice((-1, 0.5, 2, 1000, 10**6))
        else:
            parent[key] = copy.deepcopy(generator.choice(_VALUES))
    return holder[0]


def mutate_table(data: bytes, generator: random.Random) -> bytes:
    """A CSV file with changed cells, rows, columns, separators, quotes or encoding; sometimes changed bytes."""
    kind = generator.random()
    if kind < 0.15:
        return mutate_bytes(data, generator)
    rows = list(csv.reader(io.StringIO(data.decode())))
    row = generator.choice(rows)
    column = generator.randrange(len(row))
    if kind < 0.5:
        value = generator.choice(_VALUES)
        row[column] = value if isinstance(value, str) else json.dumps(value)
    elif kind < 0.6:
        del row[column]
    elif kind < 0.7:
        rows.insert(generator.randrange(len(rows)), list(row) * generator.choice((1, 2, 1000)))
    elif kind < 0.75:
        rows = [[*cells, cells[column % len(cells)]] for cells in rows]
    text = io.StringIO()
    quoting = generator.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    ends, separator = generator.choice(("\n", "\r\n", "\r")), generator.choice((",", ",", ";", "\t", "|", ", "))
    csv.writer(text, lineterminator=ends, quoting=quoting, delimiter=separator[0]).writerows(rows)
    changed = text.getvalue().replace(separator[0], separator)
    if generator.random() < 0.1:
        changed = changed.replace(generator.choice((ends, "0", separator)), generator.choice(('"', "\0", "\x0b")), 1)
    return changed.encode(generator.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-be")), errors="surrogatepass")


def mutate_header(data: bytes, generator: random.Random) -> bytes:
    """A safetensors file whose JSON header is mutated, with its length stated rightly; sometimes changed bytes."""
    (length,) = struct.unpack("<Q", data[:8])
    if generator.random() < 0.3:
        return mutate_bytes(data[: 8 + length], generator) + data[8 + length :]
    header = mutate_json(data[8 : 8 + length], generator)
    return struct.pack("<Q", len(header)) + header + data[8 + length :]


def mutate_sealed_json(data: bytes, generator: random.Random) -> bytes:
    """A sealed JSON file with a mutated value, sealed again; sometimes changed bytes under the old seal."""
    if generator.random() < 0.2:
        return mutate_bytes(data, generator)
    value = mutate_value({name: part for name, part in json.loads(data).items() if name != "sha256"}, generator)
    text = json.dumps({**UNSEALED, **value}) if isinstance(value, dict) else json.dumps(value)
    try:
        return sealed(text.encode())
    except ValueError:
        return text.encode()
