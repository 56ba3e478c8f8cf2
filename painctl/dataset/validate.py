"""Check that the values of a shard are consistent before anything is made from them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import numpy as np

from painctl.dataset.checks import check_labels, check_references
from painctl.dataset.geometry import check_topology, is_expression, is_head, is_pinhole, is_rigid, is_surface
from painctl.pain.action_units import ACTION_UNITS
from painctl.shard.reader import Shard
from painctl.shard.schema import BYTES, Column
from painctl.shard.seal import ShardError
from painctl.shard.tables import read_topology

_PER_PERSON = ("meshes", "depth", "portraits", "textures", "split")  # one row each
_AT_ONCE = 1 << 20  # bytes of a column in memory
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_HEAD = "not the surface of a head, in metres"
# which rows of a column are valid, beyond the schema, and what is wrong with the others
_CHECKS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], str]] = {
    "vertices": (is_head, "not of the size of a head, in metres"),
    "intrinsics": (is_pinhole, "not the matrix of a pinhole camera"),
    "extrinsics": (is_rigid, "not a rotation and a translation that put the head in front of the camera"),
}


def validate_shard(shard: Shard) -> None:
    """Raises ShardError that names the column and row of an invalid value.

    Checks that every value is among those of the schema, that people are unique and their names safe as file names,
    that tables agree in their numbers of people, that references are in range, that heads have the size of heads and
    cameras are pinhole cameras, and that action units give the PSPI.
    """
    try:
        _check_people(shard)
        for table in shard.tables:
            for column in shard.columns(table):
                _check_column(shard, table, column)
        if "topology" in shard.tables:
            topology = read_topology(shard)
            check_topology(topology)
            _check_coefficients(shard)
            _check_rows(shard, "meshes", "vertices", lambda vertices, _: is_surface(vertices, topology.faces), _HEAD)
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


def _check_column(shard: Shard, table: str, column: Column) -> None:
    """Read a column, which checks its values against the schema, and check what the schema cannot say of it."""
    # expressions are compared with the neutral heads later, if there are any
    is_compared = table == "expressions" and column.name == "vertices" and "meshes" in shard.tables
    if column.dtype != BYTES and not is_compared:
        check, problem = _CHECKS.get(column.name, (lambda values: np.ones(1, bool), ""))
        _check_rows(shard, table, column.name, lambda values, _: check(values), problem)
    if column.name == "far" and (behind := shard.read(table, "far") <= shard.read(table, "near")).any():
        raise ValueError(f"{table}/far, row {np.argmax(behind)}: not farther than near")


def _check_rows(
    shard: Shard, table: str, column: str, check: Callable[[np.ndarray, slice], np.ndarray], problem: str
) -> None:
    """Read a column in pieces; `check` has the values and rows of a piece, and returns which of them are valid."""
    if table not in shard.tables:
        return
    step = max(1, _AT_ONCE // max(1, shard.row_bytes(table, column)))
    for start in range(0, shard.column_rows(table, column), step):
        rows = slice(start, start + step)
        valid = check(shard.read(table, column, rows), rows)
        if not valid.all():
            raise ValueError(f"{table}/{column}, row {start + np.argmin(valid)}: {problem}")


def _check_coefficients(shard: Shard) -> None:
    names = shard.column_rows("topology", "coefficient_names")
    if shard.rows("identities") and shard.extent("identities", "coefficients", 0) != names:
        raise ValueError(
            f"identities/coefficients: expected {names} columns, one per name in topology/coefficient_names"
        )


def _check_expressions(shard: Shard) -> None:
    has_others = any(column.name == "activations" for column in shard.columns("expressions"))
    if has_others and "topology" in shard.tables:
        names = shard.column_rows("topology", "action_names")
        if shard.extent("expressions", "activations", 0) != names:
            raise ValueError(
                f"expressions/activations: expected {names} columns, one per name in topology/action_names"
            )
    units = np.stack([shard.read("expressions", name).astype(int) for name in ACTION_UNITS], axis=1)
    check_labels(units, shard.read("expressions", "PSPI"))
    owner = shard.read("expressions", "identity_row")
    empty = np.zeros(0, np.int64)
    frames = [
        shard.read("frames", name) if "frames" in shard.tables else empty for name in ("identity_row", "expression_row")
    ]
    check_references(shard.rows("identities"), owner, *frames)
    if "meshes" in shard.tables:
        neutral = shard.read("meshes", "vertices")
        _check_rows(
            shard,
            "expressions",
            "vertices",
            lambda vertices, rows: is_expression(vertices, neutral[owner[rows]]),
            "not an expression of the person's neutral face",
        )
