"""synth-neutral by Kandinsky: portraits drawn onto the depth maps, and again where a face is not where it should be."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from painctl.diffusion.bare_skin import bare_skin
from painctl.diffusion.fit import agreement
from painctl.diffusion.pipelines import Recipe, Sample, to_bytes
from painctl.diffusion.portrait import Portraitist
from painctl.images.encode import encode_png
from painctl.records import Topology
from painctl.render.frame import MASK_HEAD, MASK_WORN
from painctl.render.head_view import HeadView
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.shard.people import Rows
from painctl.shard.reader import Shard
from painctl.shard.tables import camera_columns, read_camera, read_identity, read_topology
from painctl.stages.step import OF_ALL, Failed, Step

RETRIES = 3
_REGIONS = ("face", "scalp", "neck", "brows", "lips", "lids")


@dataclass(frozen=True)
class Choice:
    """Which portraits are taken."""

    enough: float  # agreement of face and depth from which a portrait is
    retries: int  # how often a portrait that is not is drawn anew


@dataclass
class _Sitting:
    """A person on the way to a portrait."""

    row: int
    agreements: list[float] = field(default_factory=list)  # of the portraits so far


def step(recipe: Recipe, choice: Choice) -> Step:
    """The step for portraits of the size of the depth maps; weights are loaded for the first person."""

    def run(shard: Shard, people: Sequence[int]) -> Iterator[list[Rows] | Failed]:
        studio = _Studio(shard, Portraitist(recipe), choice)
        waiting = deque(map(_Sitting, people))
        done: dict[int, list[Rows] | Failed] = {}
        for row in people:
            while row not in done:
                batch = [waiting.popleft() for _ in range(min(recipe.machine.batch, len(waiting)))]
                results = studio.draw(batch)
                done |= {sitting.row: result for sitting, result in zip(batch, results, strict=True) if result}
                again = [sitting for sitting, result in zip(batch, results, strict=True) if not result]
                waiting.extendleft(reversed(again))
            yield done.pop(row)

    record = {"engine": "kandinsky", **recipe.record, "agreement": choice.enough}
    return Step("synth-neutral", ("topology", "meshes", "depth"), ("portraits",), record, run)


class _Studio:
    """Draws and judges the portraits of one shard."""

    def __init__(self, shard: Shard, artist: Portraitist, choice: Choice) -> None:
        self._shard, self._artist, self._choice = shard, artist, choice
        self._topology: Topology = read_topology(shard)

    def draw(self, sittings: Sequence[_Sitting]) -> list[list[Rows] | Failed | None]:
        """For each sitting the person's rows, why there are none, or None for who must be drawn again."""
        samples = [self._sample(sitting) for sitting in sittings]
        depths = np.stack([self._shard.read("depth", "depth", sitting.row) for sitting in sittings])
        pictures = self._artist.draw(samples, depths)
        results: list[list[Rows] | Failed | None] = []
        for sitting, picture in zip(sittings, pictures, strict=True):
            try:
                results.append(self._judge(sitting, to_bytes(picture)))
            except OF_ALL:
                raise
            except Exception as error:
                results.append(Failed(error))
        return results

    def _sample(self, sitting: _Sitting) -> Sample:
        person = read_identity(self._shard, sitting.row)
        return Sample(person.prompt, person.seed, person.identity, f"portrait/{len(sitting.agreements)}")

    def _judge(self, sitting: _Sitting, portrait: np.ndarray) -> list[Rows] | None:
        """Raises ValueError for a person whose last portrait does not fit either."""
        camera = read_camera(self._shard, "depth", sitting.row, len(portrait))
        vertices = self._shard.read("meshes", "vertices", sitting.row)
        view = HeadView.of(self._topology, vertices, camera, OpenCVRasteriser(), _REGIONS)
        found = agreement(portrait, view)
        attempt = len(sitting.agreements)
        if found < self._choice.enough:
            sitting.agreements.append(found)
            if attempt < self._choice.retries:
                return None
            raise ValueError(_misfit(sitting.agreements, self._choice.enough))
        mask = np.where(view.head, np.uint8(MASK_WORN), np.uint8(0))
        mask[bare_skin(portrait, view)] = MASK_HEAD
        pictures = {"image": [encode_png(portrait)], "mask": [encode_png(mask)]}
        judged = {"attempt": np.array([attempt]), "agreement": np.array([found])}
        return [("portraits", {**pictures, **camera_columns([camera]), **judged})]


def _misfit(agreements: Sequence[float], enough: float) -> str:
    times = "1 portrait" if len(agreements) == 1 else f"any of {len(agreements)} portraits"
    return (
        f"the face is not on the depth's outline in {times} (agreement {max(agreements):.3f} at best, "
        f"{enough:g} is asked); add --retries N --retry-failed"
    )
