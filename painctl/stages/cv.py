"""cv: cross-validation with folds of people or across datasets, one file per fold, and a report on all folds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painctl.evidence.compare import compare_runs
from painctl.evidence.merge import merge_run
from painctl.evidence.metrics import pearson
from painctl.evidence.report import without_nan
from painctl.evidence.run import FoldResult, Frames, read_run
from painctl.evidence.tables import for_comparison, for_terminal
from painctl.files.targets import require_folder, require_writable
from painctl.plots.themes import THEMES
from painctl.records import Reporter, UsageError
from painctl.runs.progress import EpochLines, epoch_text
from painctl.shard.pipe import only_shard
from painctl.stages.pretrain import DataOptions, open_and_report
from painctl.vitpain.request import TrainingRequest

if TYPE_CHECKING:
    from painctl.vitpain.fold_plan import Plan


@dataclass(frozen=True)
class Summary:
    """The scores of one run, or of two compared, as plain values and as lines of text."""

    record: dict[str, Any]
    lines: list[str]


def run(
    dataset: Path | None,
    plan: int | Path | None,
    fold: int | None,
    folder: Path,
    request: TrainingRequest,
    options: DataOptions,
    reporter: Reporter,
) -> list[Path]:
    """Train and test the folds of a dataset, or the one on stdin, into `folder`/fold-K.json, K from 1.

    Returns the files that this process wrote: those of the folds, or none in processes other than the main one.
    `plan` is the number of folds, a fold file, or None to leave one person out per fold; `fold` is the only fold to
    run, from 1, or None for all. Finished folds are kept, and an interrupted one is resumed. Raises UsageError for a
    fold out of range, and what `open_and_report`, `TrainingRequest` and `CrossValidation.run` raise.
    """
    from painctl.runs.processes import meet

    require_folder(folder)
    meet(request.device)
    with only_shard(dataset) as path, open_and_report(path, options, reporter) as data:
        fold_of = data.folds(plan if isinstance(plan, int) else None, plan if isinstance(plan, Path) else None)
        count = int(fold_of.max()) + 1
        request.require_not_trained_on(data.source.subject.tolist(), path)
        if fold and fold > count:
            raise UsageError(f"--fold {fold}: out of range; folds are numbered 1 to {count}")

        folds = [fold - 1] if fold else list(range(count))
        files = [folder / f"fold-{index + 1}.json" for index in folds]
        if not all(file.exists() for file in files):
            require_writable(files[0])

        # torch is imported from here on, once everything has been checked
        from painctl.vitpain.fold_plan import within

        job = _Job(within(data.source, data.content, fold_of), data.label, folder, request, options)
        return job.run(folds, data.real, reporter)


def run_across(
    train_on: Path, test_on: Path, folder: Path, request: TrainingRequest, options: DataOptions, reporter: Reporter
) -> None:
    """Train a model on all people of one dataset, and test it on all people of another, into `folder`/fold-1.json.

    A finished test is kept, and an interrupted training is resumed. Raises ValueError if the datasets share people, and
    what `open_and_report`, `TrainingRequest` and `CrossValidation.run` raise.
    """
    from painctl.dataset.opening import require_other_people
    from painctl.runs.processes import meet

    require_folder(folder)
    meet(request.device)
    with ExitStack() as stack:
        paths = [stack.enter_context(only_shard(path)) for path in (train_on, test_on)]
        training, tested = (
            stack.enter_context(open_and_report(path, part, reporter)) for path, part in _options_of(paths, options)
        )
        require_other_people(training, tested)
        request.require_not_trained_on(tested.source.subject.tolist(), tested.path)
        if training.label != tested.label:
            reporter.say(
                f"trained on {training.label}, tested against {tested.label}: errors, and what the median is worth, "
                "compare different labels; correlations and AUROC hold"
            )

        from painctl.vitpain.fold_plan import Whole, across

        plan = across(*(Whole(data.source, data.content, data.corpus) for data in (training, tested)))
        _Job(plan, tested.label, folder, request, options).run([0], training.real, reporter)


def _options_of(paths: Sequence[Path], options: DataOptions) -> list[tuple[Path, DataOptions]]:
    """The options that apply to each of several datasets, if they apply to one: to others they would be errors."""
    from painctl.corpora.recognise import corpus_at
    from painctl.shard.seal import is_sealed

    corpora = [None if path.is_file() and is_sealed(path) else corpus_at(path) for path in paths]
    every = [bool(corpus and corpus.is_recorded) for corpus in corpora]
    return [
        (
            path,
            replace(
                options,
                every=options.every if is_recorded or not any(every) else None,
                crop=options.crop if corpus or not any(corpora) else "auto",
            ),
        )
        for path, corpus, is_recorded in zip(paths, corpora, every, strict=True)
    ]


@dataclass(frozen=True, eq=False)
class _Job:
    """Folds to train and test, and where to."""

    plan: Plan
    label: str  # of the tested frames
    folder: Path
    request: TrainingRequest
    options: DataOptions

    def run(self, folds: list[int], real: bool, reporter: Reporter) -> list[Path]:
        """Train and test some folds, from 0; their files, or none in processes other than the main one.

        `real` says that the training pictures are photographs.
        """
        from painctl.runs.processes import is_main
        from painctl.vitpain.cross_validation import CrossValidation, FoldSaving, fold_path
        from painctl.vitpain.tracking import open_tracker

        request, files = self.request, [fold_path(self.folder, fold) for fold in folds]
        settings = request.settings(real, cross_validation=True)
        lines = EpochLines(reporter, settings.epochs * sum(not file.exists() for file in files))
        with open_tracker(
            self.options.tracker, self.folder, settings, request.device, self.options.is_published
        ) as track:
            validation = CrossValidation(self.plan, request.builder(), settings, self.label)
            saving = FoldSaving(request.device, request.save_every, request.any_machine)
            watcher = _Watcher(self.folder, len(self.plan.splits), settings.epochs, lines, track)
            validation.run(folds, self.folder, saving, watcher)
        return files if is_main() else []


@dataclass(frozen=True, eq=False)
class _Watcher:
    """Reports the progress of a cross-validation, as `vitpain.cross_validation.Watcher`."""

    folder: Path
    folds: int
    epochs: int  # of each fold
    lines: EpochLines
    track: Callable[[dict[str, Any]], None]

    def started(self, fold: int, epochs: int) -> None:
        self.lines.begin(epochs, self.folder / f"fold-{fold}.log")

    def epoch(self, fold: int, row: dict[str, Any]) -> None:
        self.track({"fold": fold, **row})
        self.lines.epoch(f"fold {fold} of {self.folds}, {epoch_text(row, self.epochs)}")

    def tested(self, result: FoldResult) -> None:
        frames = result.frames
        people, pcc = len(set(frames.subject.tolist())), pearson(frames.pspi, frames.estimate)
        score = "" if pcc != pcc else f", PCC {pcc:.3f}"
        self.lines.note(
            f"fold {result.fold} of {self.folds}, tested on {people} {'person' if people == 1 else 'people'} "
            f"({len(frames.pspi)} frames){score}"
        )


def merge(folder: Path, theme: str, width: int | None = None) -> Summary | None:
    """Report on the folds of a run, and write the report into its folder. None in processes other than the main one.

    The lines fit into `width` letters; `theme` is that of the plots, a name of `plots.themes`. Raises as `merge_run`.
    """
    from painctl.runs.processes import is_main

    if not is_main():
        return None
    report = merge_run(folder, THEMES[theme])
    return Summary(report.as_record(), for_terminal(report, width))


def compare(first: Path, second: Path, seed: int, width: int | None = None) -> Summary:
    """The scores of two runs and whether they differ, in lines that fit into `width` letters.

    Raises ValueError if the runs are not on the same frames."""
    runs = [Frames.joined([fold.frames for fold in read_run(folder)]) for folder in (first, second)]
    try:
        comparison = compare_runs(runs[0], runs[1], seed)
    except ValueError as error:
        raise ValueError(f"{second}: cannot be paired with {first}: {error}") from None
    return Summary(without_nan(comparison), for_comparison(comparison, str(first), str(second), width))
