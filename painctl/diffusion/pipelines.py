"""Kandinsky 2.2 in two steps: a prior turns words into the embedding of a picture, a decoder paints that picture.

Every random number of a picture comes from generators of its own, keyed by the person and the purpose, on the CPU:
the same picture comes out whatever else is in the batch. Batches are filled to their full size, so that the same
kernels see it, too.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from painctl.diffusion.hub import PRIOR, Pipeline, Weights
from painctl.runs.draws import draws

if TYPE_CHECKING:
    import torch

GRID = 64  # pixels: the decoders' pictures have sides of whole multiples
OFFLOADS = ("none", "model", "sequential")
_DTYPES = {"fp16": "float16", "bf16": "bfloat16", "fp32": "float32"}

T = TypeVar("T")


@dataclass(frozen=True)
class Machine:
    """Where and how it is computed: nothing that a picture shows, but for `dtype`."""

    device: str = "auto"  # of torch; auto is CUDA where there is one
    dtype: str = "auto"  # fp16, bf16, fp32; auto is fp16 on a GPU and fp32 on a CPU
    offload: str = "none"  # what waits in the CPU's memory: nothing, models or their layers
    attention_slicing: bool = False
    batch: int = 4  # pictures at once

    def resolved(self) -> Machine:
        """Device and dtype as they are. Raises ValueError for a device that is not here, and an offload without GPU."""
        import torch

        name = ("cuda" if torch.cuda.is_available() else "cpu") if self.device == "auto" else self.device
        try:
            torch.empty(1, device=name)
        except (RuntimeError, AssertionError) as error:
            reason = str(error).strip().split("\n")[0][:100]
            raise ValueError(f"--device {name}: torch cannot use it here ({reason}); use cpu") from None
        if self.offload != "none" and torch.device(name).type == "cpu":
            raise ValueError(f"--offload {self.offload}: there is no GPU memory to spare on the CPU; leave it out")
        dtype = self.dtype if self.dtype != "auto" else ("fp32" if torch.device(name).type == "cpu" else "fp16")
        return Machine(name, dtype, self.offload, self.attention_slicing, self.batch)

    @property
    def torch_dtype(self) -> torch.dtype:
        """Of a resolved machine."""
        import torch

        return getattr(torch, _DTYPES[self.dtype])


@dataclass(frozen=True)
class SamplingSettings:
    """How pictures are drawn. The defaults are those of diffusers' pipelines."""

    negative: str = ""  # what must not be in the picture
    steps: int = 100  # of the decoder
    guidance: float = 4.0  # of the decoder
    prior_steps: int = 25


@dataclass(frozen=True)
class Recipe:
    """All that pictures come from besides samples: the weights of a prior and a decoder, and how they are used."""

    prior: Weights
    decoder: Weights
    machine: Machine  # resolved
    settings: SamplingSettings

    @property
    def record(self) -> dict[str, Any]:
        """What shapes the pictures, as a shard remembers it."""
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
    """One picture to be drawn."""

    prompt: str
    seed: int
    identity: int
    purpose: str

    def generator(self, part: str) -> torch.Generator:
        """The random numbers of one part of the drawing."""
        import torch

        number = draws(self.seed, self.identity, f"{self.purpose}/{part}").integers(2**63)
        return torch.Generator("cpu").manual_seed(int(number))


@dataclass(frozen=True, eq=False)
class Embeddings:
    """What B pictures are to show, and not to show: float [B, D] on the decoder's device."""

    wanted: torch.Tensor
    unwanted: torch.Tensor


class Prior:
    """Words to embeddings."""

    def __init__(self, recipe: Recipe) -> None:
        self._settings, self._batch = recipe.settings, recipe.machine.batch
        self._pipe = loaded(PRIOR, recipe.prior, recipe.machine)
        self.check(recipe.settings.negative)

    def check(self, text: str) -> None:
        """Raises ValueError for a text of which CLIP would not read the end."""
        most = self._pipe.tokenizer.model_max_length
        if (count := len(self._pipe.tokenizer(text, truncation=False, verbose=False).input_ids)) > most:
            raise ValueError(f"{text[:40]}...: {count} tokens, of which CLIP reads {most}; shorten it")

    def embed(self, samples: Sequence[Sample]) -> Embeddings:
        """The embeddings of samples, no more of them than the machine takes at once; those that fill it are last."""
        samples = filled(samples, self._batch)
        parts = [sample.generator("prior") for sample in samples]
        negative = None
        if self._settings.negative:  # it is drawn like a prompt, after the prompts
            negative = [self._settings.negative] * len(samples)
            parts += [sample.generator("prior/negative") for sample in samples]
        wanted, unwanted = self._pipe(
            prompt=[sample.prompt for sample in samples],
            negative_prompt=negative,
            num_inference_steps=self._settings.prior_steps,
            generator=parts,
            return_dict=False,
        )
        return Embeddings(wanted, unwanted)


def loaded(pipeline: Pipeline, weights: Weights, machine: Machine) -> Any:
    """A pipeline of diffusers on its device. Raises ValueError where its files do not fit together.

    On the CPU torch is left one thread: with more, a sample's rounding depends on its place in the batch.
    """
    import diffusers
    import torch

    if torch.device(machine.device).type == "cpu":  # cpu:0 is one, too
        torch.set_num_threads(1)
    with _quiet():
        try:
            pipe = getattr(diffusers, pipeline.name).from_pretrained(
                weights.folder, torch_dtype=machine.torch_dtype, use_safetensors=True, local_files_only=True
            )
        except (ValueError, KeyError, TypeError, RuntimeError, OSError) as error:
            reason = " ".join(str(error).split())[:160]
            raise ValueError(f"{weights.folder}: not loaded as {pipeline.name} ({reason}); fetch it again") from None
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


def filled(items: Sequence[T], count: int) -> list[T]:
    """The items, the last one again until there are `count`."""
    return [*items, *[items[-1]] * (count - len(items))]


def on_grid(size: int) -> int:
    """The side of the picture that a decoder draws for one of `size` pixels."""
    return -(-size // GRID) * GRID


def to_bytes(picture: np.ndarray) -> np.ndarray:
    """A picture float [H, W, 3] in 0..1 as uint8. Raises ValueError where half precision overflowed."""
    if not np.isfinite(picture).all():
        raise ValueError("the picture is not a number in places; half precision overflowed: --dtype bf16 or fp32")
    return np.rint(255 * picture.clip(0, 1)).astype(np.uint8)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars and no advice of the libraries that load weights: they write into pipes, too."""
    from diffusers.utils import logging as of_diffusers
    from transformers.utils import logging as of_transformers

    levels = [(log, log.get_verbosity()) for log in (of_diffusers, of_transformers)]
    for log, _ in levels:
        log.set_verbosity_error()
        log.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # older ones know no other name for torch_dtype
            yield
    finally:
        for log, level in levels:
            log.set_verbosity(level)
