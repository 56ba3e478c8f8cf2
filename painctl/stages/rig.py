"""rig: each person's neutral face, and faces with drawn or given action units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from painctl.engines import registry
from painctl.engines.interfaces import RigEngine
from painctl.face.head import eye_centres
from painctl.pain.action_units import (
    ACTION_UNITS,
    MAX_PSPI,
    parse_action_units,
    parse_pspi,
    parse_scores,
    parse_weights,
    pspi,
)
from painctl.pain.heatmap import heatmap
from painctl.pain.other_sampling import NO_OTHERS, OtherActions
from painctl.pain.sampling import draw_action_units, draw_asymmetry, draw_with_scores
from painctl.records import UsageError
from painctl.rig.interface import Rig as HeadRig
from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError
from painctl.stages.step import Rows, Step


@dataclass(frozen=True, eq=False)
class Expressions:
    """Which expressions a person gets: those of `fixed` action units, one for each of `scores`, or drawn ones."""

    count: int  # number of drawn ones, or of fixed ones, which differ in their other actions
    low: int  # PSPI of drawn ones
    high: int
    weights: Sequence[float] | None = None  # one for each PSPI from low to high; None draws it uniformly
    fixed: np.ndarray | None = None  # int [6]
    scores: Sequence[int] | None = None
    prior: str = "uniform"  # of the action units that give a PSPI, see pain/priors.py
    other: OtherActions = NO_OTHERS  # beside the six units

    @classmethod
    def parse(
        cls, count: int, pspi: str, weights: str | None, units: str | None, prior: str, other: str
    ) -> Expressions:
        """Parse the texts of --pspi, --pspi-weights, --au and --other. Raises UsageError for an invalid one."""
        try:
            beside = OtherActions.parse(other)
            if units is not None:
                faces = max(1, len(beside.faces))
                return cls(faces, 0, MAX_PSPI, fixed=parse_action_units(units), other=beside)
            if "," in pspi:
                return cls(count, 0, MAX_PSPI, scores=parse_scores(pspi), prior=prior, other=beside)
            low, high = parse_pspi(pspi)
            odds = parse_weights(weights, low, high) if weights is not None else None
            return cls(count, low, high, odds, prior=prior, other=beside)
        except ValueError as error:
            raise UsageError(error) from None

    def draw(self, seed: int, identity: int) -> np.ndarray:
        """The action units of a person's expressions, int [N, 6]."""
        if self.fixed is not None:
            return np.repeat(self.fixed[None], self.count, axis=0)
        if self.scores is not None:
            return draw_with_scores(seed, identity, self.scores, self.prior)
        return draw_action_units(seed, identity, self.count, self.low, self.high, self.weights, self.prior)

    @property
    def record(self) -> dict[str, Any]:
        """As recorded in the history of a shard."""
        other = {"other": self.other.record}
        if self.fixed is not None:
            return {"au": dict(zip(ACTION_UNITS, self.fixed.tolist(), strict=True)), **other}
        drawn = {"prior": self.prior, **other}
        if self.scores is not None:
            return {"scores": list(self.scores), **drawn}
        weights = self.weights and list(self.weights)
        return {"expressions": self.count, "pspi": [self.low, self.high], "pspi_weights": weights, **drawn}


def are_bundled(digest: str) -> bool:
    """Whether the weights of a neural rig that a history names are those that come with painctl."""
    from painctl.engines.neural_rig import digest_of
    from painctl.rig.neural.weights import shipped

    return digest == digest_of(shipped())


class Rig(Step):
    """The neutral and the expressions of each person."""

    stage, makes = "rig", ("expressions",)
    needs = ("topology", "meshes")

    def __init__(self, expressions: Expressions, engine: str, engine_options: Mapping[str, Any]) -> None:
        """Raises what the engine's `build` raises."""
        self._expressions = expressions
        entry = registry.find("rig", engine)
        self._engine: RigEngine = entry.build(**engine_options)
        self.single = entry.single_option
        self.options = {"engine": engine, **self._engine.record, **expressions.record}

    def open(self, shard: Shard) -> None:
        super().open(shard)
        try:
            self._expressions.other.require(self.topology.action_names)
        except ValueError as error:
            raise ShardError(f"{shard.path}: {error}") from None
        self._rig: HeadRig = self._engine.rig(self.topology)

    def rows(self, row: int) -> Iterator[Rows]:
        seed, identity = (int(self.shard.read("identities", name, row)) for name in ("seed", "identity"))
        drawn = self._expressions.draw(seed, identity)
        units = np.concatenate([np.zeros((1, 6), int), drawn])
        asymmetry = np.concatenate([np.zeros((1, 6)), draw_asymmetry(seed, identity, drawn)])
        names, activations = self._other(seed, identity, drawn)
        neutral = self.shard.read("meshes", "vertices", row)
        vertices = self._rig.deform(neutral, units, asymmetry, activations)
        without = neutral  # the faces without the six units
        if activations.any():
            without = self._rig.deform(neutral, np.zeros_like(units), np.zeros_like(asymmetry), activations)
        left, right = eye_centres(self.topology, neutral)
        yield (
            "expressions",
            {
                "identity_row": np.full(len(units), row),
                "expression": np.arange(len(units)),
                **dict(zip(ACTION_UNITS, units.T, strict=True)),
                "PSPI": pspi(units),
                "asymmetry": asymmetry,
                "vertices": vertices,
                "heatmap": heatmap(without, vertices, float(np.linalg.norm(left - right))),
                **({"other": names, "activations": activations} if any(names) else {}),
            },
        )

    def _other(self, seed: int, identity: int, drawn: np.ndarray) -> tuple[list[str], np.ndarray]:
        """The names and activations [E, A] of other actions, on the neutral none, then on faces of units [E - 1, 6]."""
        actions = self.topology.action_names
        names, activations = self._expressions.other.draw(seed, identity, drawn, actions)
        return ["", *names], np.concatenate([np.zeros((1, len(actions)), np.float32), activations])
