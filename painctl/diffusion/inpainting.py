"""Background and hair around a rendered face by Kandinsky 2.2's inpainting; the face is never repainted."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from painctl.diffusion.hub import INPAINT
from painctl.diffusion.pipelines import Prior, Recipe, Sample, grid_side, load_pipeline, to_bytes

_SCALP = 0.02  # least membership of a scalp pixel, which includes the soft border of the hairline


def repaint_region(head: np.ndarray, worn: np.ndarray, scalp: np.ndarray) -> np.ndarray:
    """The region to repaint in a picture rendered without hair, bool [H, W]: the surroundings and the scalp.

    `head` bool [H, W] is where the head is visible and `worn` where lashes, teeth, clothing or occluders are, which are
    kept. `scalp` float [H, W] is the membership of each pixel in the scalp, 0..1, or 0 for a person without hair. The
    region includes the soft border of the hairline, so that hair can extend into it.
    """
    return ~head & ~worn | head & ~worn & (scalp > _SCALP)


class Inpainter:
    """Paints the surroundings of faces."""

    def __init__(self, recipe: Recipe) -> None:
        self._settings = recipe.settings
        self._prior = Prior(recipe)
        self._pipe = load_pipeline(INPAINT, recipe.decoder, recipe.machine)

    def paint(self, samples: Sequence[Sample], pictures: np.ndarray, repaint: np.ndarray) -> np.ndarray:
        """Pictures uint8 [B, S, S, 3] repainted where `repaint` bool [B, S, S] is true; elsewhere exactly unchanged.

        Takes at most one batch of samples. Only the prior processes them together: diffusers' inpainting pipeline
        applies the first picture's kept pixels and mask to the whole batch.
        """
        import torch

        embeddings = self._prior.embed(samples)
        size = pictures.shape[1]
        side = grid_side(size)
        painted = []
        for row, sample in enumerate(samples):
            image, mask = pictures[row], repaint[row].astype(np.uint8)
            if side != size:
                image = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
                mask = cv2.resize(mask, (side, side), interpolation=cv2.INTER_NEAREST)
            drawn = self._pipe(
                image_embeds=embeddings.positive[row : row + 1],
                negative_image_embeds=embeddings.negative[row : row + 1],
                image=torch.from_numpy(image.transpose(2, 0, 1)[None].copy()).float() / 127.5 - 1,
                mask_image=torch.from_numpy(mask[None, None].astype(np.float32)),  # 1 is repainted, 0 is kept
                height=side,
                width=side,
                num_inference_steps=self._settings.steps,
                guidance_scale=self._settings.guidance,
                generator=[sample.generator("picture")],
                output_type="np",
            ).images
            new = to_bytes(drawn[0])
            painted.append(new if side == size else cv2.resize(new, (size, size), interpolation=cv2.INTER_AREA))
        return np.where(repaint[..., None], np.stack(painted), pictures)
