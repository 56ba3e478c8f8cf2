"""painctl cv."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from painctl.cli import options, training
from painctl.cli.inout import data_stdout, only_shard
from painctl.cli.progress import Progress
from painctl.records import UsageError

if TYPE_CHECKING:
    from painctl.evidence.report import Report


def command(
    dataset: options.Dataset = None,
    folds: Annotated[
        str,
        typer.Option(
            "--folds",
            "-k",
            metavar="K|loso|FILE",
            help="Number of folds, by the index of the sorted person modulo K; loso tests each person alone; a fold "
            "file has fold-0/validation_subjects and so on.",
        ),
    ] = "5",
    fold: Annotated[
        int | None,
        typer.Option(
            "--fold",
            metavar="I",
            min=1,
            help="Only this fold, for a job array; --merge puts them together.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="RUN",
            help="Folder of the run: fold-1.json ... with every prediction, and the report.",
        ),
    ] = Path("cv"),
    merge: Annotated[
        Path | None,
        typer.Option(
            "--merge",
            metavar="RUN",
            help="Do nothing but report on the folds in this folder.",
            show_default=False,
        ),
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            "--compare",
            metavar="RUN_A RUN_B",
            help="Do nothing but test whether two runs on the same frames differ.",
            show_default=False,
        ),
    ] = None,
    model: training.ModelOption = training.Model.vitpain,
    backbone: training.Backbone = training.COMPACT,
    allow_download: training.Download = False,
    init_from: training.InitFrom = None,
    no_reference: training.NoReference = False,
    binary: training.Binary = None,
    no_aus: training.NoUnits = False,
    preset: training.PresetOption = training.Preset.paper,
    epochs: training.Epochs = None,
    batch_size: training.BatchSize = None,
    accumulate: training.Accumulate = 1,
    learning_rate: training.LearningRate = None,
    shots: training.Shots = 1,
    device: training.DeviceOption = training.Device.auto,
    precision: training.PrecisionOption = training.Precision.auto,
    compile: training.Compile = False,
    workers: training.Workers = 0,
    strict: training.Strict = False,
    crop: training.CropOption = training.Crop.points,
    save_every: training.SaveEvery = 60,
    track: training.TrackOption = None,
    seed: options.Seed = 0,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Cross-validate a model on a dataset, by people.

    Nobody is tested by a model, an epoch or a threshold that has seen them; a model of --init-from that has is
    refused. A fifth of the people who train choose the epoch. Prints F1 and AUROC at PSPI >= 1, 2 and
    3, PCC, ICC(3,1) and MAE: mean ± standard deviation over the folds, and of all frames with 95 % intervals from
    resampled people. The folder RUN gets a JSON file and a log a fold, and scores.csv, predictions.csv, run.json,
    table.tex, roc.png and scatter.png. Finished folds are kept, and a broken one goes on, when the same command is
    given again.

    DATASET may also be somebody else's, read in place: a folder of UNBC-McMaster or of the published 3DPain, or the
    lab's HDF5 files. What is missing or broken there is listed.

    --compare pairs two runs frame by frame: DeLong's test for AUROC, and a permutation of people for F1 and PCC.

    Example: painctl cv dataset.h5 -k 5 --init-from model -o cv
    """
    given = dict(locals())
    asked = training.Asked.of(given)
    if merge and compare:
        raise UsageError("--merge and --compare are two things to do; leave one out")
    if merge or compare:
        _refuse_more(given, "--merge" if merge else "--compare")
    asked.check()
    plan = _plan(folds)
    if fold and isinstance(plan, int) and fold > plan:
        raise UsageError(f"--fold {fold}: there are folds 1 to {plan}")
    if output.is_file():
        raise UsageError(f"{output}: a file; -o names the folder of the run")
    with data_stdout() as out:
        if compare:
            _compare(out, *compare, seed, as_json)
        elif merge:
            _report(out, merge, as_json)
        else:
            _run(asked, dataset, plan, fold, output, track, strict, crop)
            if fold is None:
                _report(out, output, as_json)
            else:
                out.write(f"{output / f'fold-{fold}.json'}\n".encode())


def _refuse_more(given: Mapping[str, Any], asked: str) -> None:
    """Raises UsageError for what a command that trains nothing would not look at."""
    read = {"merge", "compare", "as_json", "debug", *(["seed"] if asked == "--compare" else [])}
    for name, parameter in inspect.signature(command).parameters.items():
        if name not in read and given[name] != parameter.default:
            what = "the dataset" if name == "dataset" else f"--{name.replace('_', '-')}"
            raise UsageError(f"{asked} reads finished runs; leave {what} out")


def _plan(folds: str) -> int | Path | None:
    """Number of folds, a fold file, or None for one a person."""
    if folds == "loso":
        return None
    if Path(folds).is_file():
        return Path(folds)
    if not folds.isdecimal() or int(folds) < 2:
        raise UsageError(f"--folds {folds}: expected a number of 2 or more, loso, or a fold file")
    return int(folds)


def _run(
    asked: training.Asked,
    dataset: Path | None,
    plan: int | Path | None,
    only: int | None,
    output: Path,
    track: training.Track | None,
    strict: bool,
    crop: training.Crop,
) -> None:
    with only_shard(dataset) as path, training.opened(path, asked.seed, strict, crop) as data:
        fold_of = data.folds(plan if isinstance(plan, int) else None, plan if isinstance(plan, Path) else None)
        total = int(fold_of.max()) + 1
        asked.refuse_taught_by(data.source.subject.tolist(), path)
        if only and only > total:
            raise UsageError(f"--fold {only}: there are folds 1 to {total}")

        from painctl.stages.cv import run_folds
        from painctl.vitpain.tracking import tracked

        chosen = [only - 1] if only else list(range(total))
        settings = asked.settings(data.real, cross_validation=True)
        with (
            Progress("epoch", len(chosen) * settings.epochs) as progress,
            tracked(track and track.value, output, settings) as log,
        ):

            def heard(row: dict[str, Any]) -> None:
                progress.tick()
                log(row)

            build, device = asked.builder(), asked.device.value
            run_folds(
                data,
                fold_of,
                chosen,
                output,
                build,
                settings,
                device=device,
                seconds=asked.save_every,
                log=heard,
            )


def _report(out: BinaryIO, folder: Path, as_json: bool) -> None:
    from painctl.evidence.tables import for_terminal
    from painctl.runs.processes import is_main
    from painctl.stages.cv import merge

    if not is_main():
        return
    found: Report = merge(folder)
    text = json.dumps(found.as_record()) if as_json else "\n".join(for_terminal(found))
    out.write(f"{text}\n".encode())


def _compare(out: BinaryIO, first: Path, second: Path, seed: int, as_json: bool) -> None:
    from painctl.evidence.report import without_nan
    from painctl.evidence.tables import for_comparison
    from painctl.stages.cv import compare

    found = compare(first, second, seed)
    text = json.dumps(without_nan(found)) if as_json else "\n".join(for_comparison(found, str(first), str(second)))
    out.write(f"{text}\n".encode())
