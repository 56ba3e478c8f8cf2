"""A report as text: for the terminal, as CSV, and as a LaTeX table in the layout of the paper's Table 2."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from painctl.evidence.baselines import MEDIAN, PAIN
from painctl.evidence.layout import aligned, filled
from painctl.evidence.metrics import LEVELS, SCORES
from painctl.evidence.report import CONFUSION, Report
from painctl.evidence.run import FoldResult
from painctl.evidence.units import UNIT_SCORES
from painctl.files.names import csv_text
from painctl.pain.labels import PSPI

_UNDEFINED: Final = "–"
_GROUP_SCORES: Final = ("PCC", "MAE", "AUROC@1")  # on the terminal; groups.csv has all


def for_terminal(report: Report, width: int | None = None) -> list[str]:
    """The report as aligned tables, in lines of at most `width` letters.

    Scores over the folds, over all frames and of the baselines; confusion matrices; action units; groups; and then
    lines on the correlation within a person and on calibration.
    """
    blocks = [] if report.label == PSPI else [filled(f"labels: {report.label}, in place of PSPI", width)]
    blocks.append(aligned(_scores(report), width))
    blocks[-1] += [line for sentence in _explanation(report) for line in filled(sentence, width)]
    blocks.append(aligned(_confusion(report), width))
    if report.action_units:
        blocks.append(aligned(_units(report), width))
    if report.by_group:
        blocks.append(aligned(_groups(report), width))
    mean, deviation, defined = report.mean_subject_pcc
    notes = []
    if defined:
        spread = f" ± {deviation:.3f}" if defined > 1 else ""
        notes += filled(f"PCC within a person: {mean:.3f}{spread} over {defined} people", width)
    if report.calibration:
        values = ", ".join(f"{name} {_number(value)}" for name, value in report.calibration.items())
        notes += filled(f"calibration: {values}", width)
    return [line for block in [*blocks, notes] if block for line in ["", *block]][1:]


def _scores(report: Report) -> list[list[str]]:
    folds = len(report.folds)
    columns = {"": list(report.pooled)}
    if folds > 1:
        columns["mean ± std"] = [_over_folds(*report.summary[name], folds) for name in report.pooled]
    columns["all frames [95 % interval]"] = [_interval(*row) for row in report.pooled.values()]
    for name, values in report.baselines.items():
        columns[name] = [_number(values[score]) if score in values else "" for score in report.pooled]
    return [list(columns), *map(list, zip(*columns.values(), strict=True))]


def _explanation(report: Report) -> list[str]:
    folds = len(report.folds)
    sentences = []
    if folds > 1:
        partly = any(0 < defined < folds for _, _, defined in report.summary.values())
        sentences.append(f"Mean ± std over {folds} folds{', (n) if only n define it' if partly else ''}.")
    sentences.append("Intervals from resampling people. BA: balanced accuracy.")
    if MEDIAN in report.baselines:
        sentences.append(f"{MEDIAN}: every frame has the median {report.label} of the training people.")
    return [*sentences, f"{PAIN}: every frame shows pain."]


def _over_folds(mean: float, deviation: float, defined: int, folds: int) -> str:
    if not defined:
        return _UNDEFINED.rjust(6)
    note = "" if defined == folds else f" ({defined})"
    return f"{mean:6.3f}" + (f" ± {deviation:.3f}" if defined > 1 else "") + note


def _interval(value: float, low: float, high: float) -> str:
    if value != value:
        return _UNDEFINED.rjust(6)
    return f"{value:6.3f}" if low != low else f"{value:6.3f} [{low:6.3f}, {high:6.3f}]"


def _number(value: float, digits: int = 3) -> str:
    return f"{value:.{digits}f}" if value == value else _UNDEFINED


def _confusion(report: Report) -> list[list[str]]:
    rows = [[report.label, "threshold", *CONFUSION]]
    for level in LEVELS:
        lowest, highest = (f"{pick(cuts[level] for cuts in report.cuts):.2f}" for pick in (min, max))
        span = lowest if lowest == highest else f"{lowest} to {highest}"
        rows.append([f">= {level}", span, *(f"{count:,}" for count in report.confusion_at(level).values())])
    return rows


def _units(report: Report) -> list[list[str]]:
    rows = [["unit", "frames", "present", *UNIT_SCORES]]
    for unit, row in report.action_units.items():
        values = [_number(row.scores[name][0]) for name in UNIT_SCORES]
        rows.append([unit, f"{row.frames:,}", f"{row.present:,}", *values])
    return rows


def _groups(report: Report) -> list[list[str]]:
    rows = [["group", "people", "frames", *_GROUP_SCORES]]
    for group, values in report.by_group.items():
        for value, row in values.items():
            counts = [f"{row[name]:,}" for name in ("people", "frames")]
            rows.append([f"{group} {value}", *counts, *(_number(row[name]) for name in _GROUP_SCORES)])
    return rows


def as_csv(report: Report) -> str:
    """Rows: every fold, mean and std over folds, all frames pooled, the ends of the 95 % interval, the baselines."""
    names = list(report.pooled)
    rows: dict[str, Sequence[float]] = {
        f"fold {index + 1}": [fold[name] for name in names] for index, fold in enumerate(report.folds)
    }
    for index, label in enumerate(("mean", "std")):
        rows[label] = [report.summary[name][index] for name in names]
    for index, label in enumerate(("pooled", "pooled 2.5 %", "pooled 97.5 %")):
        rows[label] = [report.pooled[name][index] for name in names]
    for label, values in report.baselines.items():
        rows[label] = [values.get(name, math.nan) for name in names]
    return _csv(["row", *names], ([label, *map(_cell, values)] for label, values in rows.items()))


def confusion_csv(report: Report) -> str:
    """One row per fold and level, and per level over all frames: the threshold, and the confusion matrix in frames."""
    rows = []
    for number, (cuts, fold) in enumerate(zip(report.cuts, report.confusion, strict=True), 1):
        rows += [[f"fold {number}", level, cuts[level], *fold[level].values()] for level in LEVELS]
    rows += [["pooled", level, "", *report.confusion_at(level).values()] for level in LEVELS]
    return _csv(["row", "level", "threshold", *CONFUSION], rows)


def units_csv(report: Report) -> str:
    """One row per action unit: frames with its label, frames in which it is present, the scores with 95 % intervals."""
    heads = [f"{name}{end}" for name in UNIT_SCORES for end in ("", " 2.5 %", " 97.5 %")]
    rows = [
        [unit, row.frames, row.present, *(_cell(value) for name in UNIT_SCORES for value in row.scores[name])]
        for unit, row in report.action_units.items()
    ]
    return _csv(["unit", "frames", "present", *heads], rows)


def groups_csv(report: Report) -> str:
    """One row per value of an attribute of the people: people, frames, and the scores of their frames."""
    rows = [
        [csv_text(group), csv_text(value), row["people"], row["frames"], *(_cell(row[name]) for name in SCORES)]
        for group, values in report.by_group.items()
        for value, row in values.items()
    ]
    return _csv(["group", "value", "people", "frames", *SCORES], rows)


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(head)
    table.writerows(rows)
    return text.getvalue()


def _cell(value: float) -> str:
    """A score in a CSV file; empty if it is not defined."""
    return "" if value != value else f"{value:.6f}"


def predictions_csv(folds: Sequence[FoldResult]) -> str:
    """One row per test frame: fold, subject, frame, PSPI or the label in its place, estimates, labels of action units.

    Estimates have all digits of a single-precision number, so that the scores can be computed again. Labels are those
    of the units that are estimated; a frame without a label has an empty cell, and a dataset without labels of a unit
    has no such column.
    """
    first = folds[0].frames
    labelled = [
        unit for unit in first.aus if any(np.isfinite(fold.frames.labels.get(unit, math.nan)).any() for fold in folds)
    ]
    heads = [f"probability>={level}" for level in first.probability]
    label = "pspi" if folds[0].label == PSPI else folds[0].label
    heads += [*first.aus, *(f"{unit}_label" for unit in labelled)]
    rows: list[Sequence[object]] = []
    for fold in folds:
        frames = fold.frames
        names = [[csv_text(str(name)) for name in column] for column in (frames.subject, frames.frame)]
        predictions = [frames.estimate, *frames.probability.values(), *frames.aus.values()]
        columns = [*names, [f"{value:g}" for value in frames.pspi]]
        columns += [column.astype(np.float32).astype(str).tolist() for column in predictions]
        unlabelled = np.full(len(frames.pspi), math.nan)
        labels = [frames.labels.get(unit, unlabelled) for unit in labelled]
        columns += [["" if value != value else f"{value:g}" for value in column] for column in labels]
        rows += [[fold.fold, *row] for row in zip(*columns, strict=True)]
    return _csv(["fold", "subject", "frame", label, "estimate", *heads], rows)


def as_latex(report: Report, name: str) -> str:
    """A booktabs table with one row: mean ± std over the folds of F1 and AUROC at each level, and the pooled PCC."""
    cells = []
    for score in (*(f"{name}@{level}" for name in ("F1", "AUROC") for level in LEVELS), "PCC"):
        mean, deviation, defined = report.summary[score]
        spread = f" \\pm {deviation:.3f}" if defined > 1 else ""
        cells.append(f"${mean:.3f}{spread}$" if defined else "--")
    cells[-1] = f"${report.pooled['PCC'][0]:.3f}$"
    label = report.label
    levels = " & ".join(rf"$\geq {level}$" for level in LEVELS)
    escaped = "".join(f"\\{c}" if c in "&%$#_{}" else c for c in name)
    return (
        "\\begin{tabular}{lccccccc}\n\\toprule\n"
        f" & \\multicolumn{{3}}{{c}}{{F1 at {label}}} & \\multicolumn{{3}}{{c}}{{AUROC at {label}}} & PCC \\\\\n"
        f"Model & {levels} & {levels} & pooled \\\\\n\\midrule\n"
        f"{escaped} & {' & '.join(cells)} \\\\\n\\bottomrule\n\\end{{tabular}}\n"
    )


def for_comparison(
    rows: Mapping[str, Mapping[str, Any]], first: str, second: str, width: int | None = None
) -> list[str]:
    """One line per score: two runs over all frames, their difference, and its test. `rows` are of `compare_runs`."""
    table = [["", "A", "B", "B - A", "p", ""]]
    for name, row in rows.items():
        a, b = row["first"], row["second"]
        p = "" if row["test"] is None else _number(row["p"], 4)
        table.append([name, _number(a), _number(b), f"{b - a:+.3f}" if a == a and b == b else "", p, row["test"] or ""])
    note = "DeLong takes frames as independent, which frames of one person are not: its p is a lower bound."
    return [f"A = {first}, B = {second}, all frames", *aligned(table, width), *filled(note, width)]
