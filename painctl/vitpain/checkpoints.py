"""A trained model as a folder: model.safetensors, config.json and log.jsonl, sealed, and a card; complete or absent."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from safetensors.torch import save_file

from painctl import __version__
from painctl.files import hub
from painctl.files.aliases import utf8_path
from painctl.files.fields import check_fields, listed, number, table, text
from painctl.files.leftovers import is_made_by_system
from painctl.files.names import printable
from painctl.files.reading import open_regular
from painctl.files.scratch import finish_file, replace_folder, scratch_folder
from painctl.files.seals import SUMS, check_sums, sha256, write_sums
from painctl.files.targets import require_folder
from painctl.files.text import json_text
from painctl.pain.labels import PSPI
from painctl.runs.weights import check_shapes, check_weights, one_line, read_safetensors, shapes_alone, stored_shapes
from painctl.vitpain.architecture_fields import check_architecture
from painctl.vitpain.inference import predict_pairs
from painctl.vitpain.interface import PainModel
from painctl.vitpain.model_card import README, write_readme
from painctl.vitpain.provenance import FIELDS, beats_median, check_provenance
from painctl.vitpain.registry import kind_of, rebuild
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


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A model loaded from disk, and the training information in its config.json."""

    model: PainModel
    identity: ModelIdentity
    version: str  # of painctl
    training: dict[str, Any]  # the fields of TrainingSettings
    neutral: str  # how neutral pictures were chosen in training
    label: str = PSPI  # what the estimates of PSPI are, see `pain.labels`
    validation: Mapping[str, Any] | None = None  # see `provenance.describe_validation`; None if it is not recorded

    @property
    def beats_median(self) -> bool | None:
        """Whether it is better than the median on its own validation people; None if that is not recorded."""
        return beats_median(self.validation)

    @property
    def needs_reference(self) -> bool:
        """Whether the model can only be used with a neutral picture: it compares, and never trained without one."""
        return self.model.uses_reference and not self.training.get("reference_dropout")


def save(
    folder: Path,
    model: PainModel,
    settings: TrainingSettings,
    neutral: str,
    people: Sequence[str] = (),
    log: Iterable[Mapping[str, Any]] = (),
    overwrite: bool = False,
    run: Mapping[str, Any] | None = None,
    about: Mapping[str, Any] | None = None,
) -> None:
    """Write a model with its configuration, training log and card; the folder appears complete or not at all.

    `neutral` says in words how neutral pictures were chosen; `people` are those that the model was trained or
    validated on; `run` identifies the training run; `about` has the fields of `provenance`. Raises
    FileExistsError if the folder exists, unless `overwrite` is set and it has nothing but a model's files.
    """
    if folder.exists() and not overwrite:
        raise FileExistsError(f"{folder}: already exists")
    check_replaceable(folder)
    config = {
        "model_type": MODEL_TYPE,
        "checksums": SUMS,  # without it, the folder may have none
        "painctl_version": __version__,
        "kind": kind_of(model),
        "architecture": asdict(model.architecture),
        "training": asdict(settings),
        "neutral": neutral,
        "people": sorted(people),
        "run": dict(run or {}),
        **(about or {}),
    }
    rows = [*log]
    with scratch_folder(folder) as scratch:
        new = scratch / "new"  # has the default permissions, unlike a temporary folder
        new.mkdir()
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
        with utf8_path(new) as plain:
            save_file(tensors, plain / WEIGHTS, {"format": "pt"})
        (new / CONFIG).write_text(json_text(config, indent=2, sort_keys=True) + "\n")
        (new / LOG).write_text("".join(json_text(row) + "\n" for row in rows))
        write_sums(new)
        # not sealed: who publishes the model edits it
        count = sum(tensor.numel() for tensor in tensors.values())
        plain_config = json.loads(json_text(config))
        (new / README).write_text(write_readme(plain_config, rows, count, sha256(new / WEIGHTS)))
        for path in new.iterdir():
            finish_file(path)
        replace_folder(folder, new)


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


def load(folder: Path) -> Checkpoint:
    """Load a model, without network access and without running code from the files.

    Raises FileNotFoundError or NotADirectoryError for a missing folder or file, another OSError for one that cannot be
    read, and ValueError for a damaged model or one that is not painctl's; the message names the file and the field.
    """
    config, path = _checked_config(folder), folder / WEIGHTS
    name, shapes = str(folder / CONFIG), stored_shapes(path)
    check_architecture(config["kind"], config["architecture"], len(shapes), name)
    try:
        with shapes_alone():
            check_shapes(path, shapes, _rebuilt(config), f"the model of {CONFIG}")
        model = _rebuilt(config)
        tensors = read_safetensors(path)
        check_weights(path, tensors, model, f"the model of {CONFIG}")
        model.load_state_dict(tensors)
        _try_out(model.eval())
    except _Unbuildable as error:
        raise ValueError(f"{name}: not a valid model configuration ({error}); copy the model again") from None
    identity = _identity(folder, config)
    run = config.get("run")
    label = str(run.get("label", PSPI)) if isinstance(run, dict) else PSPI
    return Checkpoint(
        model,
        identity,
        config["painctl_version"],
        config["training"],
        config["neutral"],
        label,
        config.get("validation"),
    )


def read_model_config(folder: Path) -> dict[str, Any]:
    """The configuration of the model in a folder, its fields checked. Raises as `read_config` does."""
    return _checked_config(folder)


def identify(folder: Path) -> tuple[ModelIdentity, str]:
    """The identity of the model in a folder, and its licence, empty if it states none. Raises as `read_config` does."""
    config = _checked_config(folder)
    return _identity(folder, config), config.get("licence", "")


def _identity(folder: Path, config: Mapping[str, Any]) -> ModelIdentity:
    name, version = config.get("name", ""), config.get("version", "")
    stated = f"{name} model {version}" if version else name  # not to be taken for a version of painctl
    return ModelIdentity(printable(stated or folder.resolve().name), sha256(folder / WEIGHTS)[:16])


def kind_and_architecture(folder: Path) -> tuple[str, dict[str, Any]]:
    """The kind of the model in a folder, and its architecture as plain values. Raises as `read_config` does."""
    config = _checked_config(folder)
    return config["kind"], dict(config["architecture"])


def trained_reference_dropout(folder: Path) -> float:
    """The `reference_dropout` that the model in a folder was trained with. Raises as `read_config` does."""
    return float(_checked_config(folder)["training"].get("reference_dropout", 0))


def trained_on(folder: Path) -> list[str]:
    """The people that the model in a folder was trained or validated on. Raises as `read_config` does."""
    return list(_checked_config(folder).get("people", ()))


def is_trained_with(folder: Path, settings: TrainingSettings) -> bool:
    """Whether the model in a folder was trained with these settings by this version. Raises as `read_config` does."""
    config = read_config(folder)
    written = json.loads(json_text(asdict(settings)))
    return bool(config.get("painctl_version") == __version__ and config.get("training") == written)


def read_config(folder: Path) -> dict[str, Any]:
    """The configuration of the model in a folder, whose sealed files are as painctl wrote them. Raises as `load`."""
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


def _checked_config(folder: Path) -> dict[str, Any]:
    config, name = read_config(folder), str(folder / CONFIG)
    check_fields(config, _FIELDS, name, others=True)
    check_fields(config["training"], _TRAINING_FIELDS, f"{name}: training", others=True)
    check_provenance(config, name)
    return config


class _Unbuildable(ValueError):
    """A configuration of which no model can be built."""


def _rebuilt(config: Mapping[str, Any]) -> PainModel:
    try:
        return rebuild(config["kind"], config["architecture"])
    except Exception as error:  # fields that are valid one by one may contradict each other in any way
        raise _Unbuildable(one_line(f"{type(error).__name__}: {error}")) from None


def _try_out(model: PainModel) -> None:
    """Raise _Unbuildable if the model cannot be run on pictures of its size: no weight depends on that size."""
    size = model.architecture.preprocess.size
    blank = np.zeros((size, size, 3), np.uint8)
    try:
        predict_pairs(model, [[(blank, blank)]])
    except RuntimeError as error:
        raise _Unbuildable(one_line(f"{type(error).__name__}: {error}")) from None
