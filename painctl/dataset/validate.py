"""Check that the values of a shard are consistent before anything is made from them."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from painctl.dataset.checks import check_labels, check_references
from painctl.pain.action_units import ACTION_UNITS
from painctl.records import SPLITS
from painctl.shard.reader import Shard
from painctl.shard.schema import Column
from painctl.shard.seal import ShardError

_PER_PERSON = ("meshes", "depth", "portraits", "textures", "split")  # one row each
_AT_ONCE = 64  # rows in memory
_NAME = re.compile(r"[A-Za-z0-9_-]+")
# columns of the topology that hold row numbers, and what they refer to
_INDICES = {"faces": "V", "uv_faces": "uvs", "landmark_faces": "faces"}


def validate_shard(shard: Shard) -> None:
    """Raises ShardError that names the column and row of an invalid value.

    Checks that people are unique and their names safe as file names, that tables agree in their numbers of people and
    extents, that numbers are finite and references in range, and that action units are in range and give the PSPI.
    """
    try:
        _check_people(shard)
        if "topology" in shard.tables:
            _check_topology(shard)
        for table in shard.tables:
            for column in shard.columns(table):
                if column.dtype.startswith("float"):
                    _check_finite(shard, table, column)
        if "expressions" in shard.tables:
            _check_expressions(shard)
    except ShardError:
        raise
    except ValueError as error:
        raise ShardError(f"{shard.path}: {error}") from None


def _check_people(shard: Shard) -> None:
    if "identities" not in shard.tables:
        return
    names = shard.read("identities", "name")
    for name in names:
        if not _NAME.fullmatch(name):  # names become file names
            raise ValueError(f"identities/name: {name!r} is not a valid name; expected letters, digits, - and _")
    keys = list(zip(*(shard.read("identities", column).tolist() for column in ("seed", "identity")), strict=True))
    for kind, values in (("name", names), ("seed and identity", keys)):
        for value, count in Counter(values).most_common(1):
            if count > 1:
                raise ValueError(f"identities: {count} people have the {kind} {value}")
    for table in _PER_PERSON:
        if table in shard.tables and shard.rows(table) != len(names):
            raise ValueError(f"{table}: {shard.rows(table)} rows for {len(names)} people")


def _check_topology(shard: Shard) -> None:
    extents = {"V": shard.extent("topology", "regions", 0)}
    for table, column in (("topology", "actions"), ("meshes", "vertices"), ("expressions", "vertices")):
        if table in shard.tables and (vertices := shard.extent(table, column, 0)) != extents["V"]:
            raise ValueError(f"{table}/{column}: {vertices} vertices, but topology/regions has {extents['V']}")
    for column, target in _INDICES.items():
        rows = extents.get(target) or len(shard.read("topology", target))
        values = shard.read("topology", column)
        if values.size and not 0 <= values.min() <= values.max() < rows:
            raise ValueError(f"topology/{column}: out of range; the last row of {target} is {rows - 1}")
    names = len(shard.read("topology", "coefficient_names"))
    if "identities" in shard.tables and shard.extent("identities", "coefficients", 0) != names:
        raise ValueError(
            f"identities/coefficients: expected {names} columns, one per name in topology/coefficient_names"
        )


def _check_finite(shard: Shard, table: str, column: Column) -> None:
    for start in range(0, shard.column_rows(table, column.name), _AT_ONCE):
        values = shard.read(table, column.name, slice(start, start + _AT_ONCE))
        wrong = np.flatnonzero(~np.isfinite(values.reshape(len(values), -1)).all(1))
        if len(wrong):
            raise ValueError(f"{table}/{column.name}, row {start + wrong[0]}: NaN or infinite")


def _check_expressions(shard: Shard) -> None:
    units = np.stack([shard.read("expressions", name).astype(int) for name in ACTION_UNITS], axis=1)
    check_labels(units, shard.read("expressions", "PSPI"))
    owner = shard.read("expressions", "identity_row")
    empty = np.zeros(0, np.int64)
    frames = [
        shard.read("frames", name) if "frames" in shard.tables else empty for name in ("identity_row", "expression_row")
    ]
    check_references(shard.rows("identities"), owner, *frames)
    if "split" in shard.tables and (shard.read("split", "split") >= len(SPLITS)).any():
        raise ValueError(f"split: expected values from 0 to {len(SPLITS) - 1}")
