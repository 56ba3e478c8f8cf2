"""Frontal portraits by Kandinsky 2.2's prior and its decoder with a depth ControlNet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from painctl.diffusion.hub import CONTROLNET
from painctl.diffusion.pipelines import Prior, Recipe, Sample, grid_side, load_pipeline, padded

if TYPE_CHECKING:
    import torch


class Portraitist:
    """Draws portraits over depth maps."""

    def __init__(self, recipe: Recipe) -> None:
        self._machine, self._settings = recipe.machine, recipe.settings
        self._prior = Prior(recipe)
        self._pipe = load_pipeline(CONTROLNET, recipe.decoder, recipe.machine)

    def draw(self, samples: Sequence[Sample], depths: np.ndarray) -> np.ndarray:
        """Portraits float32 [B, S, S, 3] in 0..1 of at most one batch of samples.

        `depths` float [B, S, S] are 1 at the nearest point of each head and 0 at the background. The decoder draws
        pictures whose sides are multiples of 64 pixels; other sizes are scaled.
        """
        count, size = len(samples), depths.shape[1]
        side = grid_side(size)
        samples = padded(samples, self._machine.batch)
        embeddings = self._prior.embed(samples)
        pictures = self._pipe(
            image_embeds=embeddings.positive,
            negative_image_embeds=embeddings.negative,
            hint=self._hint(padded(list(depths), len(samples)), side),
            height=side,
            width=side,
            num_inference_steps=self._settings.steps,
            guidance_scale=self._settings.guidance,
            generator=[sample.generator("picture") for sample in samples],
            output_type="np",
        ).images[:count]
        return pictures if side == size else np.stack([_scaled(picture, size, cv2.INTER_AREA) for picture in pictures])

    def _hint(self, depths: Sequence[np.ndarray], side: int) -> torch.Tensor:
        """Depth maps as the ControlNet takes them: [B, 3, side, side] in 0..1, on the decoder's device."""
        import torch

        maps = [depth if len(depth) == side else _scaled(depth, side, cv2.INTER_LINEAR) for depth in depths]
        stacked = torch.from_numpy(np.stack(maps)[:, None].repeat(3, axis=1))
        return stacked.to(device=self._machine.device, dtype=self._machine.torch_dtype)


def _scaled(picture: np.ndarray, side: int, interpolation: int) -> np.ndarray:
    return cv2.resize(picture, (side, side), interpolation=interpolation)
