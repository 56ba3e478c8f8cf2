"""Portraits painted over the depth maps by Kandinsky 2.2; a face that does not match its depth map is redrawn."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from painctl.diffusion.bare_skin import bare_skin
from painctl.diffusion.fit import ENOUGH, agreement
from painctl.diffusion.hub import CONTROLNET
from painctl.diffusion.pipelines import Recipe, Sample, to_bytes
from painctl.diffusion.portrait import Portraitist
from painctl.diffusion.prompts import NOT_IN_PORTRAITS
from painctl.engines import kandinsky
from painctl.engines.interfaces import FATAL, Portrait, PortraitRequest
from painctl.engines.kandinsky import KandinskyOptions
from painctl.render.frame import MASK_HEAD, MASK_WORN
from painctl.render.head_view import HeadView
from painctl.render.rasterise_opencv import OpenCVRasteriser

RETRIES = 3
_REGIONS = ("face", "scalp", "neck", "brows", "lips", "lids")


@dataclass(eq=False)
class _Attempts:
    """A request, the agreements of the portraits rejected so far, and the final result."""

    request: PortraitRequest
    rejected: list[float] = field(default_factory=list)
    result: Portrait | Exception | None = None


class KandinskyPortraits:
    """Paints in batches. A portrait whose agreement with its depth map is too low is redrawn with another seed."""

    def __init__(self, recipe: Recipe, least_agreement: float, retries: int) -> None:
        self._recipe, self._least, self._retries = recipe, least_agreement, retries
        self.record: dict[str, Any] = {**recipe.record, "agreement": least_agreement}

    @cached_property
    def _portraitist(self) -> Portraitist:
        return Portraitist(self._recipe)

    def paint(self, requests: Iterable[PortraitRequest]) -> Iterator[Portrait | Exception]:
        """Weights are loaded for the first request. Rejected portraits share batches with new requests."""
        incoming = map(_Attempts, requests)
        retrying: deque[_Attempts] = deque()
        unfinished: deque[_Attempts] = deque()  # in the order of the requests
        while True:
            batch = [retrying.popleft() for _ in range(min(self._recipe.machine.batch, len(retrying)))]
            fresh = list(islice(incoming, self._recipe.machine.batch - len(batch)))
            unfinished.extend(fresh)
            batch += fresh
            if not batch:
                return
            self._paint(batch)
            retrying.extend(attempts for attempts in batch if attempts.result is None)
            while unfinished and (result := unfinished[0].result) is not None:
                unfinished.popleft()
                yield result

    def _paint(self, batch: Sequence[_Attempts]) -> None:
        """Paint a portrait for each, and set the result of those that are accepted or have failed for the last time."""
        samples = [_sample(attempts) for attempts in batch]
        pictures = self._portraitist.draw(samples, np.stack([attempts.request.depth for attempts in batch]))
        for attempts, picture in zip(batch, pictures, strict=True):
            try:
                attempts.result = self._judge(attempts, to_bytes(picture))
            except FATAL:
                raise
            except Exception as error:
                attempts.result = error

    def _judge(self, attempts: _Attempts, image: np.ndarray) -> Portrait | None:
        """The portrait, or None if it is rejected. Raises ValueError if it was the last attempt."""
        request = attempts.request
        view = HeadView.of(request.topology, request.vertices, request.camera, OpenCVRasteriser(), _REGIONS)
        score = agreement(image, view)
        attempt = len(attempts.rejected)
        if score < self._least:
            attempts.rejected.append(score)
            if attempt < self._retries:
                return None
            raise ValueError(_misfit(attempts.rejected, self._least))
        mask = np.where(view.head, np.uint8(MASK_WORN), np.uint8(0))
        mask[bare_skin(image, view)] = MASK_HEAD
        return Portrait(image, mask, attempt, score)


def probe() -> str:
    return kandinsky.probe(CONTROLNET)


def build(
    agreement: float = ENOUGH, retries: int = RETRIES, negative_prompt: str = NOT_IN_PORTRAITS, **options: Any
) -> KandinskyPortraits:
    """The engine; `options` are those of KandinskyOptions. Raises as `KandinskyOptions.recipe`."""
    return KandinskyPortraits(KandinskyOptions(negative_prompt, **options).recipe(CONTROLNET), agreement, retries)


def _sample(attempts: _Attempts) -> Sample:
    person = attempts.request.person
    return Sample(person.prompt, person.seed, person.identity, f"portrait/{len(attempts.rejected)}")


def _misfit(agreements: Sequence[float], least: float) -> str:
    portraits = "the portrait" if len(agreements) == 1 else f"any of {len(agreements)} portraits"
    return (
        f"the face does not match the depth map in {portraits} (best agreement {max(agreements):.3f}, "
        f"{least:g} required); add --retries N --retry-failed"
    )
