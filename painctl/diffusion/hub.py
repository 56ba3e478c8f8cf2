"""Kandinsky's weights: a local folder in diffusers' format, or the Hugging Face hub.

Nothing is downloaded unless allowed, and nothing is unpickled. A pipeline's folder names the classes of its parts, and
diffusers would import any class: only those that Kandinsky consists of are accepted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from painctl.files.hub import HubModel, read_config

_INDEX = "model_index.json"
_HUB_SNAPSHOT = re.compile(r"[0-9a-f]{40}")
_PIECE = 1 << 20  # bytes at either end of a file that identify a local folder
_SCHEDULER = ("diffusers", r"\w+Scheduler", "*.json")
_DECODER = {
    "unet": ("diffusers", "UNet2DConditionModel", "*.safetensors"),
    "movq": ("diffusers", "VQModel", "*.safetensors"),
    "scheduler": _SCHEDULER,
}


@dataclass(frozen=True)
class Pipeline:
    """A diffusers pipeline: its class, the hub id of the published weights, and its parts.

    A part is its library, a pattern for its class, and a pattern for a file that its folder must have.
    """

    name: str
    hub: str
    parts: Mapping[str, tuple[str, str, str]]

    def part_class(self, folder: Path, part: str) -> tuple[str, str]:
        """The library and the class of a part of a folder that `find_weights` accepted."""
        library, kind = read_config(folder / _INDEX)[part]
        return library, kind

    def on_hub(self, name: str, revision: str | None) -> HubModel:
        """The pipeline's weights of this hub id."""
        files = [_INDEX, *(f"{part}/*{end}" for part in self.parts for end in (".json", ".txt", ".safetensors"))]
        return HubModel(name, files, ("*.fp16.*", "*.non_ema.*"), revision, accepted=f" such as {self.hub}")


PRIOR: Final = Pipeline(
    "KandinskyV22PriorPipeline",
    "kandinsky-community/kandinsky-2-2-prior",
    {
        "prior": ("diffusers", "PriorTransformer", "*.safetensors"),
        "text_encoder": ("transformers", "CLIPTextModelWithProjection", "*.safetensors"),
        "image_encoder": ("transformers", "CLIPVisionModelWithProjection", "*.safetensors"),
        "tokenizer": ("transformers", "CLIPTokenizer(Fast)?", "*.json"),
        "image_processor": ("transformers", "CLIPImageProcessor(Fast|Pil)?", "*.json"),
        "scheduler": _SCHEDULER,
    },
)
CONTROLNET: Final = Pipeline(
    "KandinskyV22ControlnetPipeline", "kandinsky-community/kandinsky-2-2-controlnet-depth", _DECODER
)
INPAINT: Final = Pipeline("KandinskyV22InpaintPipeline", "kandinsky-community/kandinsky-2-2-decoder-inpaint", _DECODER)


@dataclass(frozen=True)
class Weights:
    """A pipeline's folder on this machine, and how it is recorded."""

    folder: Path
    name: str  # the hub id, or the folder's own name
    revision: str  # the hub's commit, or a digest of the folder


def find_weights(
    pipeline: Pipeline, name: str | None = None, revision: str | None = None, allow_download: bool = False
) -> Weights:
    """Find the weights of a pipeline: a local folder, a hub id, or by default the published ones.

    `revision` is a branch, a tag or a commit on the hub. The hub is contacted only with `allow_download`; otherwise
    earlier downloads are used. Raises FileNotFoundError for missing weights, ValueError for a folder of another
    pipeline, and for a revision of a folder.
    """
    name = name or pipeline.hub
    local = Path(name).is_dir()
    if local and revision:
        raise ValueError(f"{name}: a folder has no revision {revision}; leave it out, or give a hub id")
    folder = Path(name) if local else pipeline.on_hub(name, revision).snapshot(allow_download)
    _check(folder, pipeline)
    if local:
        return Weights(folder, folder.resolve().name, _digest(folder, pipeline))
    return Weights(folder, name, folder.name if _HUB_SNAPSHOT.fullmatch(folder.name) else revision or "main")


def _check(folder: Path, pipeline: Pipeline) -> None:
    """Raises ValueError for a folder of another pipeline, FileNotFoundError if a part of it is missing."""
    path = folder / _INDEX
    if not path.is_file():
        raise FileNotFoundError(f"{folder}: no {_INDEX} in it; give a folder written by diffusers' save_pretrained")
    index = read_config(path)
    kind = index.get("_class_name")
    if kind != pipeline.name:
        raise ValueError(f"{folder}: its {_INDEX} says {kind!r}, not {pipeline.name!r}; use {pipeline.hub}")
    for part, (library, kind, file) in pipeline.parts.items():
        entry = index.get(part)
        fits = isinstance(entry, list) and len(entry) == 2 and entry[0] == library and re.fullmatch(kind, str(entry[1]))
        if not fits:
            raise ValueError(f"{folder}: its {part} is {entry}, not a {kind} of {library}; not loaded")
        if not any((folder / part).glob(file)):
            raise FileNotFoundError(
                f"{folder}: no {part}/{file} in it; download it with --allow-download, or save it with safetensors"
            )


def _digest(folder: Path, pipeline: Pipeline) -> str:
    """Identifies a local folder: sha256 of the names and sizes of its files, and their first and last megabytes."""
    digest = hashlib.sha256()
    files = [path for part in pipeline.parts for path in (folder / part).iterdir() if path.is_file()]
    for path in sorted(files):
        with path.open("rb") as file:
            size = file.seek(0, 2)
            digest.update(f"{path.relative_to(folder).as_posix()}/{size}\n".encode())
            for start in (0, max(0, size - _PIECE)):
                file.seek(start)
                digest.update(file.read(_PIECE))
    return digest.hexdigest()[:40]
