"""The data of one person in a dataset, as plain arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from painctl.dataset.split import Key, Stratum
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.neutrals import same_view_first

Columns = Mapping[str, Any]  # an array, a list of str or a list of bytes for each column of the schema

_FACE = ("coefficients", "melanin", "haemoglobin", "iris", "hair")


@dataclass(frozen=True, eq=False)
class Person:
    """The rows of one person, by table and column of the schema.

    References are relative to the person's first row: identity_row is 0, expression_row a row of `expressions`.
    """

    tables: Mapping[str, Columns]

    @property
    def identity(self) -> dict[str, Any]:
        """The one row of identities."""
        return {name: values[0] for name, values in self.tables["identities"].items()}

    @property
    def expressions(self) -> Columns:
        """One row per expression, the neutral first."""
        return self.tables["expressions"]

    @property
    def frames(self) -> Columns:
        """One row per rendered picture."""
        return self.tables["frames"]

    @property
    def name(self) -> str:
        """As in s7-00003."""
        return self.identity["name"]

    @property
    def key(self) -> Key:
        """(seed, identity), which identifies a person across shards."""
        return int(self.identity["seed"]), int(self.identity["identity"])

    @property
    def stratum(self) -> Stratum:
        """(age group, gender, ethnicity)."""
        return self.identity["age_group"], self.identity["gender"], self.identity["ethnicity"]

    @property
    def units(self) -> np.ndarray:
        """Action units of each expression, int [E, 6]: AU4, AU6, AU7, AU9, AU10, AU43."""
        return np.stack([np.asarray(self.expressions[name], int) for name in ACTION_UNITS], axis=1)

    @property
    def face_digest(self) -> bytes:
        """sha256 of the parameters that shape and colour the head; equal for the same face under another name."""
        return hashlib.sha256(b"".join(np.asarray(self.identity[name]).tobytes() for name in _FACE)).digest()

    @property
    def content(self) -> str:
        """sha256 of every value of every column, in hex; the same in any shard."""
        digest = hashlib.sha256()
        for table, columns in self.tables.items():
            for name, values in columns.items():
                for value in [values] if isinstance(values, np.ndarray) else values:
                    data = value.encode() if isinstance(value, str) else bytes(value)
                    digest.update(f"{table}/{name}/{len(data)}\n".encode())
                    digest.update(data)
        return digest.hexdigest()

    def number(self, frame: int) -> int:
        """The number of the expression in a frame; 0 is the neutral."""
        return int(self.expressions["expression"][self.frames["expression_row"][frame]])

    def neutral(self, frame: int) -> int:
        """The frame of the neutral face from the same view."""
        views = self.frames["view"]
        return same_view_first(np.flatnonzero(self.frames["expression_row"] == 0).tolist(), views[frame], views)[0]

    def labels(self, expression: int) -> dict[str, int]:
        """Action units and PSPI of an expression, keyed by name."""
        return {name: int(self.expressions[name][expression]) for name in (*ACTION_UNITS, "PSPI")}

    def other(self, expression: int) -> str:
        """The other facial actions of an expression, as in smile+look-left; empty without any."""
        return self.expressions["other"][expression] if "other" in self.expressions else ""


def face_name(number: int) -> str:
    """neutral, pain_1, pain_2, ...: the names of expressions in the published 3DPain."""
    return f"pain_{number}" if number else "neutral"
