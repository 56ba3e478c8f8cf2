"""The calmest faces of a person, to compare the others with where no neutral picture is given."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from painctl.prediction.answers import Answer, answers
from painctl.prediction.cropping import Crop
from painctl.prediction.faces import Reference
from painctl.prediction.shots import Source
from painctl.records import Reporter
from painctl.vitpain.interface import PainModel

MOST: Final = 3  # faces that are chosen
_SHARE = 4  # at most one in so many


@dataclass(frozen=True, eq=False)
class Calmest:
    """Faces that serve as neutral ones."""

    faces: Sequence[Reference]
    shots: Sequence[tuple[str, int | None]]  # the name and, of a video, the frame of each

    @property
    def listed(self) -> str:
        """Where they are from, as text."""
        return ", ".join(name if frame is None else f"{name} frame {frame}" for name, frame in self.shots)


def choose_calmest(model: PainModel, sources: Sequence[Source], crop: Crop | None, reporter: Reporter) -> Calmest:
    """The faces of lowest PSPI, each estimated alone, of those without a warning; calmest first.

    They are at most `MOST`, and at most a quarter of the faces without a warning, but at least one. The faces must be
    of one person, and the model trained with missing references. Raises ValueError if every face has a warning.
    """
    clear = 0
    heap: list[tuple[float, int, Answer]] = []  # the calmest so far, the least calm first
    reporter.expect(sum(source.count for source in sources))
    for source in sources:
        for answer in answers(model, source, (), crop, strict=True):
            reporter.tick()
            if answer.prediction is None:
                continue
            clear += 1
            heapq.heappush(heap, (-answer.prediction.pspi, -clear, answer))
            if len(heap) > MOST:
                heapq.heappop(heap)
    if not heap:
        raise ValueError("--neutral auto: no clear face to compare with; name a neutral PICTURE of the same person")
    calmest = [answer for *_, answer in sorted(heap, reverse=True)][: max(1, min(MOST, clear // _SHARE))]
    return Calmest(
        [
            Reference(answer.face, answer.vector, answer.outside, answer.name if answer.frame is None else "")
            for answer in calmest
        ],
        [(answer.name, answer.frame) for answer in calmest],
    )
