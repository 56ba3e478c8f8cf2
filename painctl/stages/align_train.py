"""align-train: the aligner, trained on the exact landmarks of a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painctl import __version__
from painctl.files.lock import only_writer
from painctl.files.publish import atomic_write
from painctl.records import Reporter
from painctl.runs.rerun import require_same_training, say_where_saved

if TYPE_CHECKING:
    from painctl.aligner.training import AlignerSettings
    from painctl.dataset.landmark_frames import LandmarkFrames


@dataclass(frozen=True)
class Saving:
    """How an unfinished training is saved and resumed."""

    interval: float  # seconds between saved states
    any_machine: bool  # resume what another kind of machine began
    overwrite: bool  # replace another aligner


def run(dataset: Path, output: Path, epochs: int, seed: int, saving: Saving, reporter: Reporter) -> None:
    """Train an aligner on a dataset's training people and write it to `output`, complete or absent.

    Rerunning it resumes from `output`.partial; a finished run is skipped. Raises UsageError if `output` is something
    else, and ShardError, ValueError or OSError for a dataset that is not valid.
    """
    from painctl.aligner.training import AlignerSettings
    from painctl.aligner.weights import read_record
    from painctl.dataset.landmark_frames import LandmarkFrames
    from painctl.dataset.validate import validate_shard
    from painctl.shard.reader import Shard

    settings = AlignerSettings(epochs=epochs, seed=seed)
    with only_writer(output), Shard(dataset) as shard:
        validate_shard(shard)
        frames, others = LandmarkFrames(shard, "train"), LandmarkFrames(shard, "val")
        about = {"painctl": __version__, **vars(settings), "data": shard.content, "frames": len(frames)}
        if output.exists() and not saving.overwrite:
            require_same_training(output, "an aligner", lambda: read_record(output)["about"], about)
            reporter.say(f"{output}: already trained, nothing to do")
            return
        _train(frames, others, output, settings, about, saving, reporter)


def _train(
    frames: LandmarkFrames,
    others: LandmarkFrames,
    output: Path,
    settings: AlignerSettings,
    about: dict[str, Any],
    saving: Saving,
    reporter: Reporter,
) -> None:
    from painctl.aligner.samples import Samples
    from painctl.aligner.training import initial_network, train
    from painctl.aligner.weights import encode
    from painctl.runs.resume import Checkpointer

    def log(row: dict[str, Any]) -> None:
        errors = "".join(f", {name} {row[name]:.3f}" for name in ("error", "visible", "yaw", "pitch") if name in row)
        reporter.say(f"epoch {row['epoch']} of {settings.epochs}: loss {row['loss']:.3f}{errors}")

    state = output.with_name(f"{output.name}.partial")
    checkpointer = Checkpointer(state, about, saving.interval, any_machine=saving.any_machine)
    network = initial_network(settings.seed)
    size = network.architecture.size
    validation = Samples(others, size, settings.seed) if len(others) else None
    with say_where_saved(state, reporter):
        train(network, Samples(frames, size, settings.seed), validation, settings, checkpointer, log)
    atomic_write(output, encode(network, about))
    checkpointer.delete()
