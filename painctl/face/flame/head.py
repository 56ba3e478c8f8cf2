"""The FLAME head: people drawn from a model file of the user's, on a topology that every later stage understands."""

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
from painctl.face.head import VERSION as OPEN_HEAD
from painctl.face.head import eye_centres, load_head, topology_of
from painctl.files.cache import read_arrays, write_arrays
from painctl.records import Topology

TRUNCATION: Final = 2.0  # standard deviations of a coefficient of shape beyond which nobody is drawn
_BUILT = 6  # of what is made of a model; part of the cache file's name
_BOUND = "FLAME's licence (flame.is.tue.mpg.de): academic, non-commercial use"
_OPEN = "CC-BY-4.0, that of FLAME 2023 Open"


@dataclass(frozen=True, eq=False)
class FlameHead:
    """A FLAME model; coefficients [300] are those of shape, in standard deviations."""

    name: str
    licence: str
    topology: Topology
    model: FlameArrays

    @property
    def facts(self) -> dict[str, Any]:
        """What the history of a shard says of it besides its name."""
        return {"licence": self.licence, "truncation": TRUNCATION, "actions": f"transferred from {OPEN_HEAD}"}

    def draw(
        self, generator: np.random.Generator, years: float, age_group: str, gender: str, ethnicity: str
    ) -> np.ndarray:
        """Coefficients float32 [300], each normal, cut at `TRUNCATION`.

        FLAME's shapes have no axis for age, gender or ethnicity, so these have no say.
        """
        low = ndtr(-TRUNCATION)
        return ndtri(generator.uniform(low, 1 - low, SHAPE)).astype(np.float32)

    def neutral(self, coefficients: np.ndarray) -> np.ndarray:
        """The neutral face of a person, float32 [V, 3] in metres, origin midway between their eyeballs."""
        face = vertices(self.model, coefficients.astype(float))
        return (face - eye_centres(self.topology, face).mean(0)).astype(np.float32)


def load_flame(path: Path, template: Path | None = None, progress: Callable[[str], None] = lambda _: None) -> FlameHead:
    """The head of a model file and its template OBJ, by default the one beside it.

    Its topology is made once, in seconds, and kept in the cache. Raises OSError, or ValueError that names the file.
    """
    model = read_flame(path)
    layout_file = find_template(path, template)
    uvs, uv_faces = read_layout(layout_file, model.faces)
    digest = hashlib.sha256()
    for values in (model.template, model.faces, model.shapes, uvs, uv_faces):
        digest.update(np.ascontiguousarray(values).tobytes())
    name = f"flame-{path.stem}/{digest.hexdigest()[:12]}"
    kept = f"flame/{digest.hexdigest()[:12]}/{OPEN_HEAD}/{_BUILT}"
    arrays = read_arrays(kept)
    if arrays is None:
        head = load_head(progress)
        progress("laying the open head onto FLAME once, some seconds")
        names = tuple(f"shape{number}" for number in range(1, SHAPE + 1))
        try:
            topology = build_topology(model.template, model.faces, uvs, uv_faces, head, names)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        arrays = {field: np.asarray(getattr(topology, field)) for field in Topology.__dataclass_fields__}
        write_arrays(kept, arrays)
    return FlameHead(name, licence(path), topology_of(arrays), model)


def licence(path: Path) -> str:
    """What binds the heads of a model, by its file's name: FLAME 2023 Open is CC-BY-4.0, all others are not."""
    return _OPEN if path.stem.lower() == "flame2023_open" else _BOUND
