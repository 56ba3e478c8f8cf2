"""painctl cv."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from painctl.cli import options
from painctl.cli.output import Output
from painctl.cli.sources import is_typed
from painctl.cli.splice import splice
from painctl.cli.training import TrainingOptions
from painctl.extras import require
from painctl.records import UsageError
from painctl.stages import THEME


@splice
def command(
    dataset: options.Dataset = None,
    folds: Annotated[
        str,
        typer.Option(
            "--folds",
            "-k",
            metavar="K|loso|FILE",
            help="Number of folds: person i, in sorted order, goes into fold i modulo K. loso leaves one person out "
            "per fold. A fold file holds fold-0/validation_subjects and so on.",
        ),
    ] = "5",
    fold: Annotated[
        int | None,
        typer.Option(
            "--fold",
            metavar="I",
            min=1,
            help="Run only this fold, for job arrays; --merge combines the folds.",
            show_default=False,
        ),
    ] = None,
    train_on: Annotated[
        Path | None,
        typer.Option(
            "--train-on",
            metavar="DATASET",
            help="In place of folds of one dataset: train on all people of this one, and test on all of --test-on.",
            show_default=False,
        ),
    ] = None,
    test_on: Annotated[
        Path | None,
        typer.Option(
            "--test-on",
            metavar="DATASET",
            help="With --train-on: the dataset to test on, without a person of the other.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="RUN",
            help="Folder of the run: fold-1.json and so on with every prediction, and the report.",
        ),
    ] = Path("cv"),
    merge: Annotated[
        Path | None,
        typer.Option(
            "--merge",
            metavar="RUN",
            help="Only report on the folds already in this folder.",
            show_default=False,
        ),
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            "--compare",
            metavar="RUN_A RUN_B",
            help="Only test whether two runs on the same frames differ.",
            show_default=False,
        ),
    ] = None,
    theme: options.Theme = THEME,
    *,
    training: TrainingOptions,
    as_json: options.Json = False,
) -> None:
    """Cross-validate a model, with folds split by person.

    No person is tested with a model, epoch or threshold fitted on them, and an --init-from model that was trained on
    any of them is rejected. A fifth of the training people are held out to choose the epoch. Prints PCC, CCC, ICC(3,1),
    MAE and RMSE, and at PSPI >= 1, 2 and 3 F1, balanced accuracy, AUROC and AUPRC: mean ± standard deviation over
    folds, and over all frames with 95 % intervals from resampling people, beside two baselines that ignore the face;
    then confusion matrices, and scores by action unit and by group. The folder RUN holds a JSON file and logs for each
    fold, scores.csv, confusion.csv, action_units.csv, groups.csv, predictions.csv, run.json, table.tex, and ROC
    curves and a scatter plot as PNG, PDF and SVG, which --merge RUN --theme dark draws again. Rerun the same command to
    resume: finished folds are kept and an interrupted fold continues.

    --train-on A --test-on B trains on all people of A, a fifth of whom choose the epoch and the thresholds, and tests
    on all people of B, with the same report. Datasets that share people are rejected.

    DATASET may also be a third-party dataset, read in place: a folder of UNBC-McMaster, DISFA, BioVid part A, CK+ or
    the published 3DPain, the HDF5 files of the paper's lab, or a CSV file of pictures, people and labels. Missing or
    broken files are listed. If a dataset has no PSPI, the report names the label in its place.

    --compare pairs two runs frame by frame: DeLong's test for AUROC, and a permutation test over people for all other
    scores but AUPRC.

    Example: painctl cv dataset.h5 -k 5 --init-from model -o cv
    """
    mode = "--merge" if merge else "--compare" if compare else ""
    require("train", f"cv {mode}".strip(), *(["sklearn"] if mode else []))
    if merge and compare:
        raise UsageError("--merge and --compare cannot be combined; leave one out")
    if mode:
        _reject_ignored({**locals(), **vars(training)}, mode)
    if train_on or test_on:
        _check_across(train_on, test_on, {"DATASET": dataset, "--folds": folds != "5", "--fold": fold})
    request = training.request()
    plan = _plan(folds)
    if fold and isinstance(plan, int) and fold > plan:
        raise UsageError(f"--fold {fold}: out of range; folds are numbered 1 to {plan}")
    if output.exists() and not output.is_dir():
        raise UsageError(f"{output}: is a file; -o takes the folder of the run")

    from painctl.stages import cv

    summary: cv.Summary | None
    with Output("epoch") as out:
        if compare:
            summary = cv.compare(*compare, training.seed, out.width)
        elif merge:
            summary = cv.merge(merge, theme, out.width)
        elif train_on and test_on:
            cv.run_across(train_on, test_on, output, request, training.data(), out)
            summary = cv.merge(output, theme, out.width)
        else:
            written = cv.run(dataset, plan, fold, output, request, training.data(), out)
            if fold is not None:
                for path in written:
                    out.path(path)
                return
            summary = cv.merge(output, theme, out.width)
        if summary and not compare:
            out.say(f"{merge or output}: has predictions.csv, scores.csv, table.tex, run.json and the plots")
        if summary and as_json:
            out.json(summary.record)
        elif summary:
            out.text("\n".join(summary.lines) + "\n")


def _reject_ignored(given: Mapping[str, Any], mode: str) -> None:
    """Raises UsageError for an option that --merge or --compare would ignore."""
    allowed = {"merge", "compare", "as_json", "theme", *(["seed"] if mode == "--compare" else [])}
    for name, parameter in inspect.signature(command).parameters.items():
        if name not in allowed and is_typed(name) and given[name] != parameter.default:
            option = "the dataset" if name == "dataset" else f"--{name.replace('_', '-')}"
            raise UsageError(f"{mode} only reads finished runs; leave {option} out")


def _check_across(train_on: Path | None, test_on: Path | None, others: Mapping[str, Any]) -> None:
    """Raises UsageError if one of the two datasets is missing, or for an option on folds of one dataset."""
    if not train_on or not test_on:
        given, missing = ("--train-on", "--test-on") if train_on else ("--test-on", "--train-on")
        raise UsageError(f"{given} needs {missing} DATASET beside it; for folds of one dataset, give only DATASET")
    if other := next((name for name, is_given in others.items() if is_given), None):
        raise UsageError(f"--train-on and --test-on name both datasets and make one fold; leave {other} out")


def _plan(folds: str) -> int | Path | None:
    """Number of folds, a fold file, or None for leave-one-subject-out."""
    if folds == "loso":
        return None
    if Path(folds).is_file():
        return Path(folds)
    if not folds.isdecimal() or int(folds) < 2:
        raise UsageError(f"--folds {folds}: expected an integer of 2 or more, loso, or a fold file")
    return int(folds)
