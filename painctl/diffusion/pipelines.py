"""Kandinsky 2.2 in two steps: a prior encodes a prompt as an image embedding, and a decoder draws the picture.

The random numbers of a picture come from CPU generators keyed by the person and the purpose, so that the picture does
not depend on what else is in its batch. Batches are padded to full size, so that the same kernels compute them.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from painctl.diffusion.hub import PRIOR, Pipeline, Weights
from painctl.diffusion.sizes import check_part
from painctl.files.aliases import utf8_path
from painctl.runs.draws import draws

if TYPE_CHECKING:
    import torch

GRID = 64  # pixels; the sides of decoders' pictures are multiples of it
_DTYPES = {"fp16": "float16", "bf16": "bfloat16", "fp32": "float32"}

T = TypeVar("T")


@dataclass(frozen=True)
class Machine:
    """Where and how pictures are computed; only `dtype` affects the result."""

    device: str = "auto"  # of torch; auto is CUDA if available
    dtype: str = "auto"  # fp16, bf16, fp32; auto is fp16 on a GPU and fp32 on a CPU
    offload: str = "none"  # what stays in CPU memory until needed: nothing, models, or single layers
    attention_slicing: bool = False
    batch: int = 4  # pictures drawn at once

    def resolved(self) -> Machine:
        """With `auto` replaced. Raises ValueError for a device that is not available, and for offload without a GPU."""
        import torch

        name = ("cuda" if torch.cuda.is_available() else "cpu") if self.device == "auto" else self.device
        try:
            torch.empty(1, device=name)
        except (RuntimeError, AssertionError) as error:
            reason = str(error).strip().split("\n")[0][:100]
            raise ValueError(f"--device {name}: not usable by torch ({reason}); use cpu") from None
        if self.offload != "none" and torch.device(name).type == "cpu":
            raise ValueError(f"--offload {self.offload}: needs a GPU; leave it out")
        dtype = self.dtype if self.dtype != "auto" else ("fp32" if torch.device(name).type == "cpu" else "fp16")
        return Machine(name, dtype, self.offload, self.attention_slicing, self.batch)

    @property
    def torch_dtype(self) -> torch.dtype:
        """The dtype of a resolved machine."""
        import torch

        return getattr(torch, _DTYPES[self.dtype])


@dataclass(frozen=True)
class SamplingSettings:
    """How pictures are sampled; the defaults are those of diffusers' pipelines."""

    negative: str = ""  # what must not appear in the picture
    steps: int = 100  # of the decoder
    guidance: float = 4.0  # of the decoder
    prior_steps: int = 25


@dataclass(frozen=True)
class Recipe:
    """The weights of a prior and a decoder, and how they are used: all that determines a picture except its sample."""

    prior: Weights
    decoder: Weights
    machine: Machine  # resolved
    settings: SamplingSettings

    @property
    def record(self) -> dict[str, Any]:
        """What affects the pictures, as the history of a shard records it."""
        return {
            "prior": self.prior.name,
            "prior_revision": self.prior.revision,
            "decoder": self.decoder.name,
            "revision": self.decoder.revision,
            "dtype": self.machine.dtype,
            "steps": self.settings.steps,
            "guidance": self.settings.guidance,
            "prior_steps": self.settings.prior_steps,
            "negative_prompt": self.settings.negative,
        }


@dataclass(frozen=True)
class Sample:
    """A picture to be drawn."""

    prompt: str
    seed: int
    identity: int
    purpose: str

    def generator(self, part: str) -> torch.Generator:
        """The random generator for one part of the drawing."""
        import torch

        number = draws(self.seed, self.identity, f"{self.purpose}/{part}").integers(2**63)
        return torch.Generator("cpu").manual_seed(int(number))


@dataclass(frozen=True, eq=False)
class Embeddings:
    """Image embeddings of B pictures, positive and negative: float [B, D] on the decoder's device."""

    positive: torch.Tensor
    negative: torch.Tensor


class Prior:
    """Encodes prompts as image embeddings."""

    def __init__(self, recipe: Recipe) -> None:
        self._settings, self._batch = recipe.settings, recipe.machine.batch
        self._pipe = load_pipeline(PRIOR, recipe.prior, recipe.machine)
        self.check(recipe.settings.negative)

    def check(self, text: str) -> None:
        """Raises ValueError for a prompt that CLIP would truncate."""
        most = self._pipe.tokenizer.model_max_length
        if (count := len(self._pipe.tokenizer(text, truncation=False, verbose=False).input_ids)) > most:
            raise ValueError(f"{text[:40]}...: {count} tokens, but CLIP reads only {most}; shorten it")

    def embed(self, samples: Sequence[Sample]) -> Embeddings:
        """The embeddings of at most a batch of samples, padded to a full batch."""
        samples = padded(samples, self._batch)
        parts = [sample.generator("prior") for sample in samples]
        negative = None
        if self._settings.negative:  # it is sampled like a prompt, after the prompts
            negative = [self._settings.negative] * len(samples)
            parts += [sample.generator("prior/negative") for sample in samples]
        positive_embeddings, negative_embeddings = self._pipe(
            prompt=[sample.prompt for sample in samples],
            negative_prompt=negative,
            num_inference_steps=self._settings.prior_steps,
            generator=parts,
            return_dict=False,
        )
        return Embeddings(positive_embeddings, negative_embeddings)


def load_pipeline(pipeline: Pipeline, weights: Weights, machine: Machine) -> Any:
    """Load a diffusers pipeline onto its device.

    Raises ValueError, which names the folder or the file, if its files are inconsistent, and OSError for one that
    cannot be read.

    On the CPU, torch is limited to one thread: with more, a sample's rounding depends on its place in the batch.
    """
    import diffusers
    import torch

    if torch.device(machine.device).type == "cpu":  # also cpu:0
        torch.set_num_threads(1)
    with _quiet():
        for part in pipeline.parts:
            check_part(weights.folder / part, *pipeline.part_class(weights.folder, part))
        try:
            with utf8_path(weights.folder) as plain:
                pipe = getattr(diffusers, pipeline.name).from_pretrained(
                    plain, torch_dtype=machine.torch_dtype, use_safetensors=True, local_files_only=True
                )
        except (ValueError, KeyError, TypeError, RuntimeError, OSError) as error:
            reason = " ".join(str(error).split())[:160]
            raise ValueError(
                f"{weights.folder}: cannot be loaded as {pipeline.name} ({reason}); download it again"
            ) from None
    pipe.set_progress_bar_config(disable=True)
    if machine.attention_slicing:
        pipe.enable_attention_slicing()
    if machine.offload == "model":
        pipe.enable_model_cpu_offload(device=machine.device)
    elif machine.offload == "sequential":
        pipe.enable_sequential_cpu_offload(device=machine.device)
    else:
        pipe.to(machine.device)
    return pipe


def padded(items: Sequence[T], count: int) -> list[T]:
    """The items, padded to `count` with copies of the last one."""
    return [*items, *[items[-1]] * (count - len(items))]


def grid_side(size: int) -> int:
    """`size` pixels rounded up to a multiple of `GRID`: the side of the picture that a decoder draws."""
    return -(-size // GRID) * GRID


def to_bytes(picture: np.ndarray) -> np.ndarray:
    """A picture float [H, W, 3] in 0..1 as uint8. Raises ValueError if half precision overflowed."""
    if not np.isfinite(picture).all():
        raise ValueError(
            "the picture contains NaN or infinite values; half precision overflowed: use --dtype bf16 or fp32"
        )
    return np.rint(255 * picture.clip(0, 1)).astype(np.uint8)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Suppress progress bars and advice of the libraries that load weights, which also write into pipes."""
    from diffusers.utils import logging as diffusers_log
    from transformers.utils import logging as transformers_log

    levels = [(log, log.get_verbosity()) for log in (diffusers_log, transformers_log)]
    for log, _ in levels:
        log.set_verbosity_error()
        log.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # older versions have no other name for torch_dtype
            yield
    finally:
        for log, level in levels:
            log.set_verbosity(level)
