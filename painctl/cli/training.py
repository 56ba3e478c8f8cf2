"""The options that pretrain and cv share: the model to begin from, and how it is trained."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from painctl.cli.errors import tell
from painctl.records import UsageError

if TYPE_CHECKING:
    from painctl.dataset.opening import LabelledDataset
    from painctl.vitpain.interface import PainModel
    from painctl.vitpain.settings import TrainingSettings


COMPACT: Final = "compact"


class Device(str, Enum):
    """Where the model computes."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


class Model(str, Enum):
    """What is trained."""

    vitpain = "vitpain"
    vanilla_vit = "vanilla-vit"
    pwct = "pwct"


class Preset(str, Enum):
    """Whose settings."""

    paper = "paper"
    released = "released"


class Precision(str, Enum):
    """Of the forward pass."""

    auto = "auto"
    fp32 = "fp32"
    bf16 = "bf16"


class Crop(str, Enum):
    """What tells where the face is."""

    points = "points"
    face = "face"


class Track(str, Enum):
    """Where the log of the training goes besides."""

    tensorboard = "tensorboard"
    trackio = "trackio"


ModelOption = Annotated[
    Model,
    typer.Option(
        "--model",
        help="vitpain: a face against the same person's neutral one. vanilla-vit: the same backbone, one picture, "
        "PSPI alone. pwct: a convolutional network of two aligned pictures (arXiv 2101.03251).",
    ),
]
Backbone = Annotated[
    str,
    typer.Option(
        "--backbone",
        metavar="compact|S|B|L|DIR|ID",
        help="compact: small enough for a CPU, trained from nothing. Else a pretrained DINOv3, frozen under LoRA: "
        "S, B or L, a local folder, or a hub id.",
    ),
]
Download = Annotated[
    bool,
    typer.Option(
        "--allow-download",
        help="Let the backbone be fetched from the hub; else it must be here.",
    ),
]
InitFrom = Annotated[
    Path | None,
    typer.Option(
        "--init-from",
        metavar="DIR|FILE",
        help="Begin from this trained model, as it is built, instead of from an untrained one. A file is a checkpoint "
        "of the paper's released code (.ckpt, .pt, .safetensors), and is computed as that code does.",
        show_default=False,
    ),
]
NoReference = Annotated[bool, typer.Option("--no-reference", help="See the face alone, without a neutral one.")]
Binary = Annotated[
    str | None,
    typer.Option(
        "--binary",
        metavar="LEVELS",
        help="A head for the probability of PSPI >= each of these, as in 1 or 1,2,3; none for no such head.",
        show_default="1; 1,2,3 for --preset released",
    ),
]
NoUnits = Annotated[bool, typer.Option("--no-aus", help="Leave out the queries of the action units.")]
PresetOption = Annotated[
    Preset,
    typer.Option(
        "--preset",
        help="Settings of the paper, or of its released code: other rates, epochs and weights, and --binary 1,2,3.",
    ),
]
Epochs = Annotated[
    int | None,
    typer.Option(
        "--epochs",
        min=0,
        help="Passes over the frames; 0 tests a model of --init-from as it is.",
        show_default="150 for compact, else the preset's",
    ),
]
BatchSize = Annotated[
    int | None,
    typer.Option(
        "--batch-size",
        min=1,
        help="Pairs to a step, over all processes.",
        show_default="8 for compact, else the preset's",
    ),
]
Accumulate = Annotated[
    int,
    typer.Option(
        "--accumulate",
        min=1,
        help="Parts that a batch is computed in, to fit the memory.",
    ),
]
LearningRate = Annotated[
    float | None,
    typer.Option(
        "--learning-rate",
        min=0,
        help="Highest rate of AdamW.",
        show_default="3e-3 for compact, else the preset's",
    ),
]
Shots = Annotated[
    int,
    typer.Option(
        "--shots",
        min=1,
        help="Neutral pictures of a person: training draws one of them, testing averages over all.",
    ),
]
DeviceOption = Annotated[
    Device,
    typer.Option("--device", help="Where to compute; auto takes CUDA where there is one."),
]
PrecisionOption = Annotated[
    Precision,
    typer.Option("--precision", help="auto is bf16 on a GPU that has it, else fp32."),
]
Compile = Annotated[bool, typer.Option("--compile", help="Use torch.compile.")]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes that decode pictures.")]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict", help="Stop if a file of the dataset is missing or broken, instead of leaving its frame out."
    ),
]
SaveEvery = Annotated[
    float,
    typer.Option(
        "--save-every",
        metavar="SECONDS",
        min=0,
        help="How much of the training a kill may cost.",
    ),
]
CropOption = Annotated[
    Crop,
    typer.Option(
        "--crop",
        help="How the frames of UNBC-McMaster's own folders are cropped: by their AAM points, or, for a copy without "
        "these, by the face finder of predict; of several faces the largest.",
    ),
]
TrackOption = Annotated[
    Track | None,
    typer.Option(
        "--track",
        help="Also log to TensorBoard (folder OUTPUT.runs) or to trackio; needs `pip install 'painctl[track]'`.",
        show_default=False,
    ),
]


@contextmanager
def opened(path: Path, seed: int, strict: bool, crop: Crop = Crop.points) -> Iterator[LabelledDataset]:
    """A dataset, what is wrong with it and what binds it told on stderr, by the first of several processes.

    Raises as `open_data`; ValueError for a fault if `strict`.
    """
    from painctl.corpora.faults import summarise
    from painctl.dataset.opening import open_data
    from painctl.runs.processes import is_main

    with open_data(path, seed, detect=crop is Crop.face) as data:
        lines = summarise(data.faults)
        bound = [
            f"{stage} was done under a licence that binds these frames; {licence}"
            for licence, stage in data.licences.items()
        ]
        for line in [*lines, *bound] if is_main() else ():
            tell(f"{path}: {line}")
        if lines and strict:
            raise ValueError(f"{path}: {len(data.faults)} faults, listed above; mend them or leave --strict out")
        yield data


@dataclass(frozen=True)
class Asked:
    """What the command line says of the model and its training."""

    model: Model
    backbone: str
    allow_download: bool
    init_from: Path | None
    no_reference: bool
    binary: str | None
    no_aus: bool
    preset: Preset
    epochs: int | None
    batch_size: int | None
    accumulate: int
    learning_rate: float | None
    shots: int
    device: Device
    precision: Precision
    compile: bool
    workers: int
    save_every: float
    seed: int

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Asked:
        """From all the parameters of a command, by name."""
        return cls(**{field.name: parameters[field.name] for field in fields(cls)})

    def check(self) -> None:
        """Refuse options that contradict each other. Raises UsageError, or FileNotFoundError for --init-from."""
        parts = [self.no_reference and "--no-reference", self.binary is not None and "--binary"]
        parts += [self.no_aus and "--no-aus"]
        chosen = next((part for part in parts if part), None)
        if chosen and self.init_from:
            raise UsageError(f"{chosen} and --init-from: a trained model is taken as it was built; leave one out")
        if chosen and self.model is not Model.vitpain:
            raise UsageError(f"{chosen} and --model {self.model.value}: such parts are vitpain's; leave one out")
        if self.model is not Model.vitpain and self.init_from:
            raise UsageError("--model and --init-from: a trained model is taken as it was built; leave one out")
        if self.backbone != COMPACT and self.init_from:
            raise UsageError("--backbone and --init-from: a trained model is taken as it was built; leave one out")
        if self.backbone != COMPACT and self.model is Model.pwct:
            raise UsageError("--backbone and --model pwct: it is a network of its own, without one; leave one out")
        if self.learning_rate is not None and not 0 < self.learning_rate < math.inf:
            raise UsageError(f"--learning-rate {self.learning_rate:g}: expected a number above 0")
        if self.epochs == 0 and not self.init_from:
            raise UsageError("--epochs 0: an untrained model tells nothing; add --init-from or raise it")
        if self.init_from and not self.init_from.exists():
            raise FileNotFoundError(f"{self.init_from}: no such model")
        self.levels()

    def levels(self) -> tuple[int, ...]:
        """Levels of the binary heads. Raises UsageError for what is no list of levels."""
        text = self.binary or ("1,2,3" if self.preset is Preset.released else "1")
        if text == "none":
            return ()
        try:
            found = tuple(int(level) for level in text.split(","))
        except ValueError:
            found = ()
        if not found or sorted(set(found)) != list(found) or not 1 <= found[0] <= found[-1] <= 16:
            raise UsageError(f"--binary {text}: expected levels of PSPI from 1 to 16, rising, as in 1,2,3, or none")
        return found

    def builder(self) -> Callable[[], PainModel]:
        """Makes the model to begin from, anew each time."""
        from painctl.vitpain.checkpoints import load
        from painctl.vitpain.kinds import new

        parts = {
            "reference": not self.no_reference,
            "binary": self.levels(),
            "action_units": not self.no_aus,
        }
        if self.init_from:
            path = self.init_from
            if path.is_file():
                from painctl.vitpain.released import load_released

                return lambda: load_released(path)
            return lambda: load(path).model
        return lambda: new(self.model.value, self.backbone, self.seed, self.allow_download, parts)

    def _begins_with(self) -> tuple[str, str]:
        """The kind of model that training begins with, and its backbone: --init-from tells both if it is given."""
        if not self.init_from:
            return self.model.value, self.backbone
        if self.init_from.is_file():
            return "released", "pretrained"
        from painctl.vitpain.checkpoints import described

        kind, architecture = described(self.init_from)
        return kind, COMPACT if architecture.get("adapters") is False else "pretrained"

    def taught_by(self) -> list[str]:
        """The people who taught the model of --init-from; nobody where it does not tell."""
        if not self.init_from or self.init_from.is_file():
            return []
        from painctl.vitpain.checkpoints import taught_by

        return taught_by(self.init_from)

    def refuse_taught_by(self, people: Iterable[str], dataset: Path) -> None:
        """Raises ValueError if one of the people who are to be tested taught the model of --init-from."""
        if known := sorted(set(self.taught_by()).intersection(map(str, people))):
            raise ValueError(
                f"{self.init_from}: learned from {known[0]} and {len(known) - 1} others of {dataset}, whom it would be "
                "tested on; pretrain on other people, or leave --init-from out"
            )

    def settings(self, real: bool, cross_validation: bool = False) -> TrainingSettings:
        """The preset's settings with what was asked for in their place; `real` says that photographs are learned."""
        from dataclasses import replace

        from painctl.runs.processes import choose_precision
        from painctl.vitpain.settings import defaults

        asked: dict[str, Any] = {
            "epochs": self.epochs,
            "batch_size": self.batch_size,
            "learning_rate": self.learning_rate,
            "accumulate": self.accumulate,
            "shots": self.shots,
            "compile": self.compile,
            "workers": self.workers,
            "seed": self.seed,
            "precision": choose_precision(self.precision.value, self.device.value),
        }
        base = defaults(*self._begins_with(), self.preset.value, real, cross_validation)
        return replace(base, **{name: value for name, value in asked.items() if value is not None})
