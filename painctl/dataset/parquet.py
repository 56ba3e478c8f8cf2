"""Parquet as the Hugging Face hub displays and loads it: one file per split, one row per frame, embedded pictures.

`neutral` is the key of a frame's reference, which is in the same file, since a person is in one split.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet as pq

from painctl.dataset import pictures
from painctl.dataset.person import Person
from painctl.dataset.rows import row
from painctl.pain.action_units import ACTION_UNITS
from painctl.records import SPLITS

PICTURES = ("image", "mask", "heatmap")
VALUES: dict[str, str] = {
    **dict.fromkeys(("key", "neutral", "name", "age_group"), "string"),
    "age": "float32",
    **dict.fromkeys(("gender", "ethnicity"), "string"),
    **dict.fromkeys(("expression", "view"), "int64"),
    **dict.fromkeys(("yaw", "pitch", "roll"), "float32"),
    **dict.fromkeys((*ACTION_UNITS, "PSPI"), "int64"),
    **dict.fromkeys(("other", "occluders"), "string"),
}
_ARRAYS: dict[str, tuple[str, tuple[int, ...]]] = {
    "landmarks": ("float32", (68, 2)),
    "landmarks_visible": ("bool", (68,)),
    "intrinsics": ("float64", (3, 3)),
    "extrinsics": ("float64", (4, 4)),
}


def write(people: Iterable[tuple[Person, int]], folder: Path) -> dict[str, str]:
    """Write people with their splits (rows of SPLITS). Returns the pattern of each split's files, for the card."""
    schema = _schema()
    writers: dict[int, Any] = {}
    (folder / "data").mkdir()
    with contextlib.ExitStack() as files:
        for person, split in people:
            if split not in writers:
                path = folder / "data" / f"{SPLITS[split]}-00000-of-00001.parquet"
                # pictures are already compressed
                writers[split] = files.enter_context(pq.ParquetWriter(path, schema, compression="none"))
            rows = [_row(person, frame) for frame in range(len(person.frames["view"]))]
            writers[split].write_table(pa.Table.from_pylist(rows, schema))  # one row group per person
    return {SPLITS[split]: f"data/{SPLITS[split]}-*.parquet" for split in sorted(writers)}


def _row(person: Person, frame: int) -> dict[str, Any]:
    labels = row(person, frame)
    for name in PICTURES:
        data = person.frames[name][frame]
        labels[name] = {"bytes": data, "path": f"{labels['key']}.{name}.{pictures.extension(data)}"}
    return labels


def _schema() -> Any:
    """The Arrow schema, with the features that the hub's `datasets` library reads from the metadata."""
    picture = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    fields = [(name, picture) for name in PICTURES]
    features: dict[str, Any] = {name: {"_type": "Image"} for name in PICTURES}
    for name, dtype in VALUES.items():
        fields.append((name, pa.type_for_alias(dtype)))
        features[name] = {"dtype": dtype, "_type": "Value"}
    for name, (dtype, shape) in _ARRAYS.items():
        kind: Any = pa.type_for_alias(dtype)
        feature: dict[str, Any] = {"dtype": dtype, "_type": "Value"}
        for extent in reversed(shape):
            kind = pa.list_(kind, extent)
            feature = {"feature": feature, "length": extent, "_type": "Sequence"}
        fields.append((name, kind))
        features[name] = feature
    return pa.schema(fields, {"huggingface": json.dumps({"info": {"features": features}})})
