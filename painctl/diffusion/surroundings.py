"""render-views by Kandinsky: the background of every frame, and the hair, painted about the rendered face."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from painctl.diffusion.inpainting import Inpainter, repaint_region
from painctl.diffusion.pipelines import Recipe, Sample
from painctl.diffusion.prompts import surroundings_prompt
from painctl.images.encode import encode_png
from painctl.records import Identity
from painctl.render.frame import MASK_HEAD, MASK_WORN, Frame
from painctl.render.head_view import HeadView

Columns = dict[str, Any]  # of one frame, its `image` and `mask` not encoded yet


class Surroundings:
    """Paints about rendered faces; weights are loaded for the first frame."""

    def __init__(self, recipe: Recipe) -> None:
        self.record = {"inpaint": "kandinsky", **recipe.record}
        self._recipe = recipe
        self._painter: Inpainter | None = None

    def region(self, person: Identity, frame: Frame, view: HeadView) -> np.ndarray:
        """What is repainted of a frame that was rendered without hair, bool [H, W]; a bald head keeps its scalp."""
        scalp = np.zeros(view.head.shape) if person.haircut == "bald" else view.regions["scalp"]
        return repaint_region(view.head, frame.mask == MASK_WORN, scalp)

    def paint(self, person: Identity, frames: Iterable[tuple[str, np.ndarray, Columns]]) -> Iterator[Columns]:
        """Frames (purpose, region, columns) of a person, painted, with what was painted where."""
        waiting = iter(frames)
        while batch := list(islice(waiting, self._recipe.machine.batch)):
            prompts = [surroundings_prompt(person, purpose) for purpose, _, _ in batch]
            samples = [
                Sample(prompt, person.seed, person.identity, f"{purpose}/surroundings")
                for prompt, (purpose, _, _) in zip(prompts, batch, strict=True)
            ]
            self._painter = self._painter or Inpainter(self._recipe)
            repaint = np.stack([region for _, region, _ in batch])
            pictures = self._painter.paint(samples, np.stack([columns["image"] for _, _, columns in batch]), repaint)
            for prompt, picture, (_, region, columns) in zip(prompts, pictures, batch, strict=True):
                hair = region & (columns["mask"] == MASK_HEAD)
                mask = np.where(hair, np.uint8(MASK_WORN), columns["mask"])
                repainted = encode_png(np.where(region, np.uint8(255), np.uint8(0)))
                yield {**columns, "image": picture, "mask": mask, "prompt": prompt, "repainted": repainted}
