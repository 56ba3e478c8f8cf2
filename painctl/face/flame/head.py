"""The FLAME head: people drawn from the user's model file, on a topology that every later stage understands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.special import ndtr, ndtri

from painctl.face.flame.model import vertices
from painctl.face.flame.model_file import SHAPE, FlameArrays, read_flame
from painctl.face.flame.texture_layout import find_template, read_layout
from painctl.face.flame.topology import build_topology
from painctl.face.head import TOPOLOGY, eye_centres, load_head, topology_of
from painctl.face.head import VERSION as OPEN_HEAD
from painctl.files import cache
from painctl.records import OwnColours, Topology

TRUNCATION: Final = 2.0  # standard deviations at which coefficients of shape are truncated
_BUILD = 6  # version of the topology that is built for a model; part of the cache file's name
_RESTRICTED_LICENCE = "FLAME's licence (flame.is.tue.mpg.de): academic, non-commercial use"
_OPEN_LICENCE = "CC-BY-4.0, that of FLAME 2023 Open"


@dataclass(frozen=True, eq=False)
class FlameHead:
    """A FLAME model. Coefficients [300] are those of shape, in standard deviations."""

    name: str
    licence: str
    topology: Topology
    model: FlameArrays

    @property
    def facts(self) -> dict[str, Any]:
        """Further entries for the shard's history."""
        return {"licence": self.licence, "truncation": TRUNCATION, "actions": f"transferred from {OPEN_HEAD}"}

    def draw(
        self, generator: np.random.Generator, index: int, years: float, age_group: str, gender: str, ethnicity: str
    ) -> np.ndarray:
        """Coefficients float32 [300], from a normal distribution truncated at `TRUNCATION`.

        Age, gender and ethnicity are ignored, since FLAME's shapes have no axes for them.
        """
        low = ndtr(-TRUNCATION)
        return ndtri(generator.uniform(low, 1 - low, SHAPE)).astype(np.float32)

    def neutral(self, coefficients: np.ndarray) -> np.ndarray:
        """The neutral head of a person, float32 [V, 3] in metres, origin midway between the eyeballs."""
        points = vertices(self.model, coefficients.astype(float))
        return (points - eye_centres(self.topology, points).mean(0)).astype(np.float32)

    def colours(self, coefficients: np.ndarray) -> OwnColours | None:
        return None


def load_flame(path: Path, template: Path | None = None, progress: Callable[[str], None] = lambda _: None) -> FlameHead:
    """The head of a model file and its template OBJ, by default the one beside it.

    The topology is built on first use, in a few seconds, and cached. Raises OSError, or ValueError that names the file.
    """
    model = read_flame(path)
    layout_file = find_template(path, template)
    uvs, uv_faces = read_layout(layout_file, model.faces)
    digest = hashlib.sha256()
    for values in (model.template, model.faces, model.shapes, uvs, uv_faces):
        digest.update(np.ascontiguousarray(values).tobytes())
    name = f"flame-{path.stem}/{digest.hexdigest()[:12]}"
    key = f"flame/{digest.hexdigest()[:12]}/{OPEN_HEAD}/{_BUILD}"
    entry = cache.Entry(key, TOPOLOGY, "registering the open head to FLAME", "a few seconds")

    def build() -> cache.Arrays:
        head = load_head()
        names = tuple(f"shape{number}" for number in range(1, SHAPE + 1))
        try:
            topology = build_topology(model.template, model.faces, uvs, uv_faces, head, names)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        return {field: np.asarray(getattr(topology, field)) for field in Topology.__dataclass_fields__}

    arrays = cache.cached(entry, build, progress)
    return FlameHead(name, licence(path), topology_of(arrays), model)


def licence(path: Path) -> str:
    """The licence of a model's heads, by the name of its file: CC-BY-4.0 for FLAME 2023 Open only."""
    return _OPEN_LICENCE if path.stem.lower() == "flame2023_open" else _RESTRICTED_LICENCE
