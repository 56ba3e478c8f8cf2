"""What a model's folder is: its files, whether they are as painctl wrote them, and what its configuration says.

Without torch, so that a wrong folder is reported at once; `checkpoints` reads and writes the weights.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from painctl import __version__
from painctl.files import hub
from painctl.files.fields import check_fields, listed, number, table, text
from painctl.files.leftovers import is_made_by_system
from painctl.files.names import printable
from painctl.files.reading import open_regular
from painctl.files.seals import SUMS, check_sums, sha256
from painctl.files.targets import require_folder
from painctl.files.text import json_text
from painctl.vitpain.model_card import README
from painctl.vitpain.provenance import FIELDS, check_provenance
from painctl.vitpain.settings import TrainingSettings

MODEL_TYPE: Final = "painctl-vitpain"
WEIGHTS, CONFIG, LOG = "model.safetensors", "config.json", "log.jsonl"
_FIELDS: Final = {  # of config.json
    "kind": text(40),
    "architecture": table(),
    "painctl_version": text(100),
    "training": table(),
    "neutral": text(),
    "people": listed(text(), 0, 10_000_000).optional(),
    # of the model that comes with painctl
    "name": text(100).optional(),
    "version": text(100).optional(),
    "licence": text(1000).optional(),
    **FIELDS,
}
_TRAINING_FIELDS: Final = {"reference_dropout": number(0, 1).optional()}  # the others are not used
_SEALED: Final = (WEIGHTS, CONFIG, LOG)
FILES: Final = (*_SEALED, SUMS, README)


@dataclass(frozen=True)
class ModelIdentity:
    """Which model made an estimate."""

    name: str  # "painctl model 1.0" for the one that comes with painctl; else the name of the folder, as printable text
    digest: str  # the first 16 hexadecimal digits of the SHA-256 of the weights' file


def check_replaceable(folder: Path) -> None:
    """Raises ValueError or FileExistsError if a model's folder cannot be at this path, or be replaced by another."""
    require_folder(folder)
    if folder.exists() and not _names(folder) <= set(FILES):
        raise FileExistsError(
            f"{folder}: not replaced, because it contains more than a model's files; use another folder"
        )


def _names(folder: Path) -> set[str]:
    """The names in a folder, without those that file managers add."""
    return {path.name for path in folder.iterdir() if not is_made_by_system(path)}


def checked_config(folder: Path) -> dict[str, Any]:
    """The configuration of the model in a folder, its fields checked too. Raises as `read_config`."""
    config, name = read_config(folder), str(folder / CONFIG)
    check_fields(config, _FIELDS, name, others=True)
    check_fields(config["training"], _TRAINING_FIELDS, f"{name}: training", others=True)
    check_provenance(config, name)
    return config


def identify(folder: Path) -> tuple[ModelIdentity, str]:
    """The identity of the model in a folder, and its licence, empty if it states none. Raises as `checked_config`."""
    config = checked_config(folder)
    return identity_of(folder, config), config.get("licence", "")


def kind_and_architecture(folder: Path) -> tuple[str, dict[str, Any]]:
    """The kind of the model in a folder, and its architecture as plain values. Raises as `checked_config` does."""
    config = checked_config(folder)
    return config["kind"], dict(config["architecture"])


def trained_reference_dropout(folder: Path) -> float:
    """The `reference_dropout` that the model in a folder was trained with. Raises as `checked_config` does."""
    return float(checked_config(folder)["training"].get("reference_dropout", 0))


def trained_on(folder: Path) -> list[str]:
    """The people that the model in a folder was trained or validated on. Raises as `checked_config` does."""
    return list(checked_config(folder).get("people", ()))


def is_trained_with(folder: Path, settings: TrainingSettings) -> bool:
    """Whether the model in a folder was trained with these settings by this version. Raises as `read_config` does."""
    config = read_config(folder)
    written = json.loads(json_text(asdict(settings)))
    return bool(config.get("painctl_version") == __version__ and config.get("training") == written)


def read_config(folder: Path) -> dict[str, Any]:
    """The configuration of the model in a folder, whose sealed files are as painctl wrote them.

    Raises FileNotFoundError or NotADirectoryError for a missing folder or file, another OSError for one that cannot be
    read, and ValueError for a damaged folder or one that is not painctl's model.
    """
    try:
        is_folder = stat.S_ISDIR(folder.stat().st_mode)  # unlike is_dir, an error if permission is denied
    except FileNotFoundError:
        raise FileNotFoundError(f"{folder}: no such folder; train a model with painctl pretrain") from None
    if not is_folder:
        raise NotADirectoryError(f"{folder}: not a folder; a model is a folder with {WEIGHTS} and {CONFIG}")
    for file in (WEIGHTS, CONFIG):
        try:
            open_regular(folder / file).close()
        except FileNotFoundError:
            raise FileNotFoundError(f"{folder}: no {file} in it; not a model written by painctl pretrain") from None
    path, is_sealed = folder / CONFIG, check_sums(folder, _SEALED)
    config = hub.read_config(path)
    if config.get("model_type") != MODEL_TYPE:
        raise ValueError(f"{path}: not a painctl model; its model_type is not {MODEL_TYPE!r}")
    if "checksums" in config and not is_sealed:
        raise FileNotFoundError(f"{folder}: no {SUMS} in it; copy the whole folder again")
    return config


def identity_of(folder: Path, config: Mapping[str, Any]) -> ModelIdentity:
    """The identity of the model in a folder, given its configuration."""
    name, version = config.get("name", ""), config.get("version", "")
    stated = f"{name} model {version}" if version else name  # not to be taken for a version of painctl
    return ModelIdentity(printable(stated or folder.resolve().name), sha256(folder / WEIGHTS)[:16])
