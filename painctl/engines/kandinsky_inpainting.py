"""Backgrounds and hair painted around rendered faces by Kandinsky 2.2's inpainting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from painctl.diffusion.hub import INPAINT
from painctl.diffusion.inpainting import Inpainter, repaint_region
from painctl.diffusion.pipelines import Recipe, Sample
from painctl.diffusion.prompts import NOT_ABOUT_FACES, surroundings_prompt
from painctl.engines import kandinsky
from painctl.engines.interfaces import Inpainted, InpaintRequest
from painctl.engines.kandinsky import KandinskyOptions
from painctl.records import Identity
from painctl.render.frame import MASK_HEAD, MASK_WORN


class KandinskyInpainting:
    """Paints the frames of a person in batches; weights are loaded for the first frame."""

    def __init__(self, recipe: Recipe) -> None:
        self.record: dict[str, Any] = {"inpaint": "kandinsky", **recipe.record}
        self._recipe = recipe

    @cached_property
    def _inpainter(self) -> Inpainter:
        return Inpainter(self._recipe)

    def paint(self, person: Identity, requests: Iterable[InpaintRequest]) -> Iterator[Inpainted]:
        pending = iter(requests)
        while batch := list(islice(pending, self._recipe.machine.batch)):
            prompts = [surroundings_prompt(person, request.purpose) for request in batch]
            samples = [
                Sample(prompt, person.seed, person.identity, f"{request.purpose}/surroundings")
                for prompt, request in zip(prompts, batch, strict=True)
            ]
            regions = np.stack([repainted_region(person, request) for request in batch])
            images = self._inpainter.paint(samples, np.stack([request.image for request in batch]), regions)
            for prompt, image, region, request in zip(prompts, images, regions, batch, strict=True):
                hair = region & (request.mask == MASK_HEAD)  # painted over the scalp
                mask = np.where(hair, np.uint8(MASK_WORN), request.mask)
                yield Inpainted(image, mask, prompt, region)


def probe() -> str:
    return kandinsky.probe(INPAINT)


def build(negative_prompt: str = NOT_ABOUT_FACES, **options: Any) -> KandinskyInpainting:
    """The engine; `options` are those of KandinskyOptions. Raises as `KandinskyOptions.recipe`."""
    return KandinskyInpainting(KandinskyOptions(negative_prompt, **options).recipe(INPAINT))


def repainted_region(person: Identity, request: InpaintRequest) -> np.ndarray:
    """The part of a frame that is repainted, bool [S, S]: no occluder; a bald head keeps its scalp."""
    head = request.head
    scalp = np.zeros(head.head.shape) if person.haircut == "bald" else head.regions["scalp"]
    return repaint_region(head.head, (request.mask > 0) & (request.mask < MASK_HEAD), scalp)
