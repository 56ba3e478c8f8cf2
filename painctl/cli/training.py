"""Options shared by pretrain and cv: the initial model, and how it is trained."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painctl.cli.arithmetic import limit_threads
from painctl.cli.options import BACKBONE, Seed
from painctl.extras import EXTRAS, require
from painctl.files.targets import require_parent
from painctl.records import UsageError
from painctl.stages import AUGMENTATIONS, SAVE_EVERY

if TYPE_CHECKING:
    from painctl.stages.pretrain import DataOptions, TrainingRequest


class Device(str, Enum):
    """Where to compute."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


class Model(str, Enum):
    """The kind of model."""

    vitpain = "vitpain"
    vanilla_vit = "vanilla-vit"
    pwct = "pwct"


class Preset(str, Enum):
    """Whose training settings to use."""

    paper = "paper"
    released = "released"


class Precision(str, Enum):
    """Precision of the forward pass."""

    auto = "auto"
    fp32 = "fp32"
    bf16 = "bf16"


class Crop(str, Enum):
    """How faces are located in the frames of a corpus."""

    auto = "auto"
    points = "points"
    face = "face"
    none = "none"


class Track(str, Enum):
    """Where else to log the training."""

    tensorboard = "tensorboard"
    trackio = "trackio"
    wandb = "wandb"
    mlflow = "mlflow"


ModelOption = Annotated[
    Model,
    typer.Option(
        "--model",
        help="vitpain: compares a face with the same person's neutral face. vanilla-vit: the same backbone, one "
        "picture, PSPI only. pwct: a convolutional network on two aligned pictures (arXiv 2101.03251).",
    ),
]
Backbone = Annotated[
    str,
    typer.Option(
        "--backbone",
        metavar="compact|hybrid|S|B|L|DIR|ID",
        help="compact: trained from scratch in a minute on a CPU, for trying things out. hybrid: a convolutional stem "
        "under a small transformer, trained from scratch in minutes to hours on a CPU, for real faces. Otherwise a "
        "pretrained DINOv3, frozen, with LoRA adapters: S, B or L, a local folder, or a hub id.",
    ),
]
Download = Annotated[
    bool,
    typer.Option(
        "--allow-download",
        help="Download the backbone from the hub if it is not on this machine.",
    ),
]
InitFrom = Annotated[
    str | None,
    typer.Option(
        "--init-from",
        metavar="DIR|FILE",
        help="Start from this trained model, with its architecture, instead of from an untrained one; painctl is the "
        "one that comes with painctl. A file is a checkpoint of the paper's released code (.ckpt, .pt, .safetensors), "
        "evaluated exactly as that code does.",
        show_default=False,
    ),
]
NoReference = Annotated[bool, typer.Option("--no-reference", help="Use the face alone, without a neutral reference.")]
Binary = Annotated[
    str | None,
    typer.Option(
        "--binary",
        metavar="LEVELS",
        help="Output heads for the probability of PSPI >= each of these levels, such as 1 or 1,2,3; none leaves "
        "them out.",
        show_default="1; 1,2,3 for --preset released",
    ),
]
NoUnits = Annotated[bool, typer.Option("--no-aus", help="Leave out the action-unit queries.")]
PresetOption = Annotated[
    Preset,
    typer.Option(
        "--preset",
        help="Training settings of the paper, or of its released code, which has different learning rates, epochs and "
        "loss weights, and --binary 1,2,3.",
    ),
]
Augment = Annotated[
    str | None,
    typer.Option(
        "--augment",
        metavar="none|mild|strong|PART,...",
        help="Random changes to the training pictures. mild: another camera of the same kind. strong: as different as "
        f"photographs are from renderings. A list has some parts of strong: {', '.join(AUGMENTATIONS)}.",
        show_default="strong for hybrid, otherwise mild",
    ),
]
Epochs = Annotated[
    int | None,
    typer.Option(
        "--epochs",
        min=0,
        help="Passes over the frames; 0 evaluates an --init-from model without training.",
        show_default="150 for compact, 16 for hybrid, otherwise set by --preset",
    ),
]
BatchSize = Annotated[
    int | None,
    typer.Option(
        "--batch-size",
        min=1,
        help="Pairs per step, over all processes.",
        show_default="8 for compact, 32 for hybrid, otherwise set by --preset",
    ),
]
Accumulate = Annotated[
    int,
    typer.Option(
        "--accumulate",
        min=1,
        help="Split each batch into this many parts, to fit into memory (gradient accumulation).",
    ),
]
LearningRate = Annotated[
    float | None,
    typer.Option(
        "--learning-rate",
        min=0,
        help="Peak learning rate of AdamW.",
        show_default="3e-3 for compact, 1e-3 for hybrid, otherwise set by --preset",
    ),
]
Shots = Annotated[
    int,
    typer.Option(
        "--shots",
        min=1,
        help="Neutral pictures per person: training draws one at a time, testing averages over all.",
    ),
]
RestShare = Annotated[
    float | None,
    typer.Option(
        "--rest-share",
        metavar="PROBABILITY",
        min=0,
        max=0.99,
        help="Train on this share of the pairs with a neutral picture as the face, so that estimates are 0 at rest.",
        show_default="0.15 for hybrid, otherwise 0",
    ),
]
AnyReference = Annotated[
    float | None,
    typer.Option(
        "--any-reference",
        metavar="PROBABILITY",
        min=0,
        max=0.99,
        help="Train on this share of the pairs with any picture of the person as the reference, and as labels what the "
        "face shows beyond it, so that the model has to compare.",
        show_default="0.3 for hybrid, otherwise 0",
    ),
]
ReferenceDropout = Annotated[
    float | None,
    typer.Option(
        "--reference-dropout",
        metavar="PROBABILITY",
        min=0,
        max=0.99,
        help="Train on this share of the pairs without the neutral picture, so that predict also works without one.",
        show_default="that of the --init-from model, otherwise 0",
    ),
]
DeviceOption = Annotated[
    Device,
    typer.Option("--device", help="Where to compute; auto uses CUDA if available."),
]
PrecisionOption = Annotated[
    Precision,
    typer.Option("--precision", help="auto is bf16 on a GPU that supports it, otherwise fp32."),
]
Compile = Annotated[bool, typer.Option("--compile", help="Use torch.compile.")]
_THREADS = "Threads on the CPU. The last digits of the weights depend on it, so it is recorded with them."
Threads = Annotated[
    int | None,
    typer.Option(
        "--threads",
        min=1,
        max=1024,
        help=_THREADS,
        show_default="OMP_NUM_THREADS; otherwise 1 for compact and hybrid, which more slow down, or all cores",
    ),
]
OneThread = Annotated[
    int | None, typer.Option("--threads", min=1, max=1024, help=_THREADS, show_default="OMP_NUM_THREADS, otherwise 1")
]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes that decode pictures.")]
Strict = Annotated[
    bool,
    typer.Option("--strict", help="Stop if a file of the dataset is missing or broken, instead of skipping its frame."),
]
SaveEvery = Annotated[
    float,
    typer.Option(
        "--save-every",
        metavar="SECONDS",
        min=0,
        help="Seconds between saved states: the most work that an interruption can lose.",
    ),
]
AnyMachine = Annotated[
    bool,
    typer.Option(
        "--any-machine",
        help="Also resume a state that was saved with another number of threads or on another kind of machine. The "
        "weights then differ in their last digits from those of an uninterrupted run.",
    ),
]
CropOption = Annotated[
    Crop,
    typer.Option(
        "--crop",
        help="How the faces of a corpus are cropped: points by the AAM landmarks of UNBC-McMaster; face by the face "
        "detector of predict, the largest face; auto by the landmarks, and by the detector for other corpora. none: "
        "pictures are cropped to the face already.",
    ),
]
EveryOption = Annotated[
    int | None,
    typer.Option(
        "--every",
        metavar="N",
        min=1,
        help="Use every N-th frame of a corpus of videos, DISFA or BioVid.",
        show_default="one a second",
    ),
]
TrackOption = Annotated[
    Track | None,
    typer.Option(
        "--track",
        help="Also log to TensorBoard, W&B or MLflow in the folder OUTPUT.runs, or to trackio's folder, on this "
        "machine only; see --track-online. Needs `pip install 'painctl[track]'`, wandb or mlflow.",
        show_default=False,
    ),
]
TrackOnline = Annotated[
    bool,
    typer.Option("--track-online", help="Let --track publish the log, where the tracker's own settings say."),
]


def check_weights_file(output: Path) -> None:
    """Raise UsageError for a path to which trained weights cannot be written."""
    if output.suffix != ".safetensors":
        raise UsageError(f"-o {output}: the file name must end in .safetensors")
    require_parent(output, "-o")


_SMALL = ("compact", "hybrid")  # backbones


@dataclass(frozen=True)
class TrainingOptions:
    """The options that pretrain and cv share, in the order of their help."""

    model: ModelOption = Model.vitpain
    backbone: Backbone = BACKBONE
    allow_download: Download = False
    init_from: InitFrom = None
    no_reference: NoReference = False
    binary: Binary = None
    no_aus: NoUnits = False
    preset: PresetOption = Preset.paper
    augment: Augment = None
    epochs: Epochs = None
    batch_size: BatchSize = None
    accumulate: Accumulate = 1
    learning_rate: LearningRate = None
    rest_share: RestShare = None
    any_reference: AnyReference = None
    reference_dropout: ReferenceDropout = None
    shots: Shots = 1
    device: DeviceOption = Device.auto
    precision: PrecisionOption = Precision.auto
    compile: Compile = False
    threads: Threads = None
    workers: Workers = 0
    strict: Strict = False
    crop: CropOption = Crop.auto
    every: EveryOption = None
    save_every: SaveEvery = SAVE_EVERY
    any_machine: AnyMachine = False
    track: TrackOption = None
    track_online: TrackOnline = False
    seed: Seed = 0

    def request(self) -> TrainingRequest:
        """The options as a request to the stages. Raises UsageError or FileNotFoundError for contradictions."""
        from painctl.stages.pretrain import TrainingRequest, named_model

        values = {field.name: getattr(self, field.name) for field in fields(self)}
        plain = {name: value.value if isinstance(value, Enum) else value for name, value in values.items()}
        for name in ("strict", "crop", "every", "track", "track_online", "threads"):
            plain.pop(name)
        if self.init_from is not None:
            plain["init_from"] = named_model(self.init_from, "--init-from")
        request = TrainingRequest(**plain)
        request.check()
        limit_threads(self.threads, few=self.init_from is not None or self.backbone in _SMALL)
        return request

    def data(self) -> DataOptions:
        """How the dataset is opened, and where else the training is logged. Raises MissingExtra without the tracker."""
        if self.track and self.track.value in EXTRAS["track"]:
            require("track", f"--track {self.track.value}", self.track.value)

        from painctl.stages.pretrain import DataOptions

        if self.track_online and self.track in (None, Track.tensorboard):
            raise UsageError("--track-online: needs --track trackio, wandb or mlflow, which can publish a log")
        tracker = self.track and self.track.value
        return DataOptions(self.seed, self.strict, self.crop.value, self.every, tracker, self.track_online)
