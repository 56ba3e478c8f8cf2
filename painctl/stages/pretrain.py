"""pretrain: a model trained on a dataset's training people; its validation people choose the epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painctl.files.lock import only_writer
from painctl.files.targets import require_folder
from painctl.records import SOME_FAILED, Reporter
from painctl.runs.progress import EpochLines, epoch_text
from painctl.runs.rerun import say_where_saved
from painctl.shard.pipe import only_shard
from painctl.vitpain.request import TrainingRequest
from painctl.vitpain.shipped import named_model

if TYPE_CHECKING:
    from painctl.corpora.recognise import Crop
    from painctl.dataset.opening import LabelledDataset
    from painctl.vitpain.interface import PainModel
    from painctl.vitpain.settings import TrainingSettings
    from painctl.vitpain.sources import Subset
    from painctl.vitpain.training import Log, Row

__all__ = ["DataOptions", "TrainingRequest", "named_model", "open_and_report", "pretrain", "run"]


@dataclass(frozen=True)
class DataOptions:
    """How a dataset is opened, and where else its training is logged."""

    seed: int  # orders neutral pictures
    strict: bool  # whether a fault in the dataset is an error
    crop: Crop  # how the faces of a corpus are cropped
    every: int | None  # use every N-th frame of a corpus of videos; None for one a second
    tracker: str | None  # of vitpain/tracking.py
    is_published: bool = False  # whether the tracker may use the network


def run(
    dataset: Path | None,
    output: Path,
    request: TrainingRequest,
    options: DataOptions,
    overwrite: bool,
    reporter: Reporter,
) -> list[Path]:
    """Train a model as requested on a dataset, or on the one on stdin, into the folder `output`.

    Returns what this process wrote: `output`, or nothing in processes other than the main one. Rerunning it resumes an
    interrupted training; a finished one is skipped. Raises UsageError if `output` is something else, ValueError if
    another process is writing it, and what `open_and_report`, `TrainingRequest` and `pretrain` raise.
    """
    from painctl.runs.processes import is_main, meet
    from painctl.vitpain.provenance import stated_date

    date = stated_date()
    with ExitStack() as stack:
        if is_main():
            require_folder(output)
            if overwrite and output.exists():
                from painctl.vitpain.model_folder import check_replaceable

                check_replaceable(output)
            stack.enter_context(only_writer(output))
        meet(request.device)
        path = stack.enter_context(only_shard(dataset))
        data = stack.enter_context(open_and_report(path, options, reporter))
        training, validation = data.parts()

        from painctl.vitpain.tracking import open_tracker
        from painctl.vitpain.training_run import describe_run, require_same_run

        settings, model = request.settings(data.real), request.builder()()
        if output.exists() and not overwrite:
            require_same_run(output, describe_run(data.content, model, settings, data.label))
            if is_main():
                reporter.say(f"{output}: already trained, nothing to do")
            return [output] if is_main() else []
        if is_main():
            reporter.say(_start_line(training, validation, settings.epochs))
        lines = EpochLines(reporter, settings.epochs)
        with open_tracker(options.tracker, output, settings, request.device, options.is_published) as track:

            def log(row: dict[str, Any]) -> None:
                track(row)
                lines.epoch(epoch_text(row, settings.epochs))

            saving = Saving(
                output,
                overwrite,
                request.save_every,
                request.any_machine,
                request.trained_on(),
                request.initial(),
                date,
            )
            with say_where_saved(saving.state, reporter):
                rows = pretrain(data, model, settings, saving, request.device, log, lines.begin)
            for line in _result(training, validation, rows, settings.epochs) if is_main() else ():
                reporter.say(line)
        return [output] if is_main() else []


@dataclass(frozen=True)
class Saving:
    """Where a model is written, and what is saved beside it while it is trained."""

    folder: Path
    overwrite: bool
    interval: float  # seconds between saved states
    any_machine: bool = False  # resume what another kind of machine began
    trained_on: Iterable[str] = ()  # people that the initial model was trained on
    initial: Mapping[str, Any] | None = None  # see `TrainingRequest.initial`
    date: Mapping[str, str] = field(default_factory=dict)  # see `provenance.stated_date`

    @property
    def state(self) -> Path:
        """Path of the state of an unfinished training run."""
        return self.folder.with_name(f"{self.folder.name}.partial")


def pretrain(
    data: LabelledDataset,
    model: PainModel,
    settings: TrainingSettings,
    saving: Saving,
    device: str,
    log: Log,
    started: Callable[[int], None] = lambda epochs: None,
) -> list[Row]:
    """Train `model` and write it: complete or absent. `log` gets a row per epoch; they are returned.

    `started` is that of `training.Execution`. Until the model is written, the log is also written beside the state.
    Raises FileExistsError if the folder exists, and as `train` and `LabelledDataset.parts` do.
    """
    from painctl.runs.devices import choose_device
    from painctl.runs.processes import is_main, wait_for_all
    from painctl.runs.resume import Checkpointer
    from painctl.vitpain.checkpoints import save
    from painctl.vitpain.provenance import describe_data, describe_validation
    from painctl.vitpain.sources import people
    from painctl.vitpain.training import Execution, train
    from painctl.vitpain.training_run import describe_run, log_to_file

    live_log = saving.state.with_name(f"{saving.state.name}.jsonl")
    rows: list[Row] = []
    training, validation = data.parts()
    description = describe_run(data.content, model, settings, data.label)
    checkpointer = Checkpointer(
        saving.state, description, saving.interval, choose_device(device), any_machine=saving.any_machine
    )
    execution = Execution(device, log_to_file(live_log, log, rows), checkpointer, started)
    train(model, training, validation, settings, execution)
    if is_main():
        trained_on = {person for part in (training, validation) if part and settings.epochs for person in people(part)}
        names = sorted({*saving.trained_on, *trained_on})
        about = {
            "data": describe_data(data.content, _terms(data), training, validation),
            "validation": describe_validation(training, validation, rows),
            "initial": saving.initial,
            **saving.date,
        }
        save(saving.folder, model, settings, data.neutral, names, rows, saving.overwrite, description, about)
        checkpointer.delete()
        live_log.unlink(missing_ok=True)
    wait_for_all()
    return rows


@contextmanager
def open_and_report(path: Path, options: DataOptions, reporter: Reporter) -> Iterator[LabelledDataset]:
    """Open a dataset and report its faults, labels and licence terms, once even with several processes.

    A run on a tenth less than there should be, or more, fails in part; not one of several processes, the launcher of
    which ends the others for it. Raises what `open_data` raises, and with `strict` ValueError for a fault.
    """
    from painctl.corpora.faults import is_incomplete, summarise
    from painctl.dataset.opening import open_data
    from painctl.files.names import printable
    from painctl.pain.labels import PSPI
    from painctl.runs.processes import is_main, process_count

    with open_data(path, options.seed, options.crop, options.every) as data:
        faults = summarise(data.faults)
        terms = [
            f"the {stage} step recorded a licence that restricts these frames; {licence}"
            for licence, stage in data.licences.items()
        ]
        label = [] if data.label == PSPI else [f"labelled with {data.label}, which takes the place of PSPI"]
        for line in faults if is_main() else ():
            if options.strict:
                reporter.error(ValueError(line), printable(path))
            else:
                reporter.say(f"{printable(path)}: {line}")
        for line in summarise(data.faults, len(data.faults)) if is_main() else ():
            reporter.detail(f"{printable(path)}: {line}")
        for line in [*label, *data.notes, *terms] if is_main() else ():
            reporter.say(f"{printable(path)}: {line}")
        if faults and options.strict:
            count = len(data.faults)
            raise ValueError(
                f"{printable(path)}: {count} faults, listed above; fix them, or leave --strict out to skip those frames"
            )
        source = data.source
        if process_count() == 1 and is_incomplete(data.faults, source.names, source.subject.tolist()):
            reporter.say(
                f"{printable(path)}: a tenth or more could not be used, see above; after the rest is done, the exit "
                f"code is {SOME_FAILED}"
            )
            reporter.fail_in_part()
        yield data


def _terms(data: LabelledDataset) -> list[str]:
    """The licences that bind what is trained on a dataset, in words."""
    return ["the terms of the dataset's owners"] if data.is_corpus else [*data.licences]


def _result(
    training: Subset, validation: Subset | None, rows: Sequence[Mapping[str, Any]], epochs: int
) -> Iterator[str]:
    """Which epoch was kept, how good it is, and whether that is any better than the median."""
    from painctl.vitpain.provenance import beats_median, describe_validation
    from painctl.vitpain.validation import kept_epoch

    if not (kept := kept_epoch(rows)):
        return
    yield f"kept {epoch_text(kept, epochs)}, the least PSPI error on the validation people"
    if not (described := describe_validation(training, validation, rows)):
        return
    scores, median = described["scores"], described["median"]
    defined = ", ".join(f"{name} {value:.3f}" for name, value in scores.items() if value is not None)
    error = median["scores"]["MAE"]
    yield f"on the validation people: {defined}; of always {median['pspi']:g}, the median: MAE {error:.3f}"
    if not beats_median(described):
        yield "no better than the median on the validation people; train on more people, or for more epochs"


def _start_line(training: Subset, validation: Subset | None, epochs: int) -> str:
    choice = f", {_people(validation)} to choose the epoch" if validation else ""
    return (
        f"training on {_people(training)} ({len(training.subject)} frames){choice}; {epochs} epoch{'s'[: epochs != 1]}"
    )


def _people(subset: Subset) -> str:
    count = len(set(subset.subject.tolist()))
    return "1 person" if count == 1 else f"{count} people"
