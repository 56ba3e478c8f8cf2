"""cv: cross-validation with folds of people, one file per fold, and a report on all folds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from painctl.evidence.compare import compare_runs
from painctl.evidence.merge import merge_run
from painctl.evidence.report import without_nan
from painctl.evidence.run import Frames, read_run
from painctl.evidence.tables import for_comparison, for_terminal
from painctl.files.targets import require_folder
from painctl.records import Reporter, UsageError
from painctl.shard.pipe import only_shard
from painctl.stages.pretrain import DataOptions, epoch_line, open_and_report
from painctl.vitpain.request import TrainingRequest


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
    from painctl.runs.processes import is_main, meet

    require_folder(folder)
    meet(request.device)
    with only_shard(dataset) as path, open_and_report(path, options, reporter) as data:
        fold_of = data.folds(plan if isinstance(plan, int) else None, plan if isinstance(plan, Path) else None)
        count = int(fold_of.max()) + 1
        request.require_not_trained_on(data.source.subject.tolist(), path)
        if fold and fold > count:
            raise UsageError(f"--fold {fold}: out of range; folds are numbered 1 to {count}")

        from painctl.vitpain.cross_validation import CrossValidation, FoldSaving
        from painctl.vitpain.tracking import open_tracker

        folds = [fold - 1] if fold else list(range(count))
        settings = request.settings(data.real, cross_validation=True)
        reporter.expect(len(folds) * settings.epochs)
        with open_tracker(options.tracker, folder, settings, request.device, options.is_published) as track:

            def log(row: dict[str, Any]) -> None:
                reporter.tick()
                track(row)
                if is_main():
                    reporter.detail(f"fold {row['fold']}, {epoch_line(row, settings.epochs)}")

            validation = CrossValidation(data.source, data.content, fold_of, request.builder(), settings, data.label)
            saving = FoldSaving(request.device, request.save_every, request.any_machine)
            validation.run(folds, folder, saving, log)
        return [folder / f"fold-{index + 1}.json" for index in folds] if is_main() else []


def merge(folder: Path) -> Summary | None:
    """Report on the folds of a run, and write the report into its folder. None in processes other than the main one.

    Raises as `merge_run`.
    """
    from painctl.runs.processes import is_main

    if not is_main():
        return None
    report = merge_run(folder)
    return Summary(report.as_record(), for_terminal(report))


def compare(first: Path, second: Path, seed: int) -> Summary:
    """The scores of two runs and whether they differ. Raises ValueError if the runs are not on the same frames."""
    runs = [Frames.joined([fold.frames for fold in read_run(folder)]) for folder in (first, second)]
    try:
        comparison = compare_runs(runs[0], runs[1], seed)
    except ValueError as error:
        raise ValueError(f"{second}: cannot be paired with {first}: {error}") from None
    return Summary(without_nan(comparison), for_comparison(comparison, str(first), str(second)))
