"""A report as text: for the terminal, as CSV, and as a LaTeX table in the layout of the paper's Table 2."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from painctl.evidence.metrics import LEVELS, NAMES
from painctl.evidence.report import Report
from painctl.evidence.run import FoldResult
from painctl.files.names import csv_text
from painctl.pain.labels import PSPI


def for_terminal(report: Report) -> list[str]:
    """One line per score: mean ± standard deviation over the folds, then over all frames with its 95 % interval."""
    folds = len(report.folds)
    lines = [] if report.label == PSPI else [f"labels: {report.label}, in place of PSPI"]
    lines += [f"{'':<10} {f'mean ± std of {folds} folds':<28} all frames [95 % of resampled people]"]
    for name, (value, low, high) in report.pooled.items():
        over_folds = ""
        if name in report.summary:
            mean, deviation, defined = report.summary[name]
            note = "" if defined == folds else f" ({defined} of {folds} folds)"
            spread = f" ± {deviation:.3f}" if defined > 1 else ""
            over_folds = f"{mean:.3f}{spread}{note}" if defined else "undefined"
        pooled = f"{value:.3f} [{low:.3f}, {high:.3f}]" if value == value else "undefined"
        lines.append(f"{name:<10} {over_folds:<28} {pooled}")
    mean, deviation, defined = report.mean_subject_pcc
    spread = f" ± {deviation:.3f}" if defined > 1 else ""
    lines.append(f"PCC within a person: {mean:.3f}{spread} over {defined} people" if defined else "")
    if report.calibration:
        lines.append("calibration: " + ", ".join(f"{name} {value:.3f}" for name, value in report.calibration.items()))
    for group, values in report.by_group.items():
        for member, row in values.items():
            label = f"{group} {member}: {_counted(row['people'], 'person', 'people')}, {row['frames']} frames"
            defined_scores = [name for name in ("PCC", "MAE", "AUROC@1") if row[name] == row[name]]  # not NaN
            lines.append(label + "".join(f", {name} {row[name]:.3f}" for name in defined_scores))
    return [line for line in lines if line]


def _counted(count: float, singular: str, plural: str) -> str:
    return f"{count} {singular if count == 1 else plural}"


def as_csv(report: Report) -> str:
    """Rows: every fold, mean and std over the folds, then all frames pooled and the ends of the 95 % interval."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    names = list(report.pooled)
    table.writerow(["row", *names])

    def row(label: str, values: Sequence[float | None]) -> None:
        table.writerow([label, *("" if value is None or value != value else f"{value:.6f}" for value in values)])

    for index, fold in enumerate(report.folds):
        row(f"fold {index + 1}", [fold.get(name) for name in names])
    for index, label in enumerate(("mean", "std")):
        row(label, [report.summary[name][index] if name in report.summary else None for name in names])
    for index, label in enumerate(("pooled", "pooled 2.5 %", "pooled 97.5 %")):
        row(label, [report.pooled[name][index] for name in names])
    return text.getvalue()


def predictions_csv(folds: Sequence[FoldResult]) -> str:
    """One row per test frame: fold, subject, frame, PSPI or the label in its place, estimate, probabilities, units."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    first = folds[0].frames
    heads = [f"probability>={level}" for level in first.probability]
    label = "pspi" if folds[0].label == PSPI else folds[0].label
    table.writerow(["fold", "subject", "frame", label, "estimate", *heads, *first.aus])
    for fold in folds:
        frames = fold.frames
        names = [[csv_text(str(name)) for name in column] for column in (frames.subject, frames.frame)]
        predictions = [frames.estimate, *frames.probability.values(), *frames.aus.values()]
        columns = [*names, [f"{value:g}" for value in frames.pspi]]
        columns += [[f"{value:.4f}" for value in column] for column in predictions]
        table.writerows([fold.fold, *row] for row in zip(*columns, strict=True))
    return text.getvalue()


def as_latex(report: Report, name: str) -> str:
    """A booktabs table with one row: mean ± std over the folds of F1 and AUROC at each level, and the pooled PCC."""
    cells = []
    for score in NAMES:
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


def for_comparison(rows: Mapping[str, Mapping[str, Any]], first: str, second: str) -> list[str]:
    """One line per score: two runs over all frames, their difference, and its test. `rows` are of `compare_runs`."""
    lines = [f"A = {first}, B = {second}, all frames", f"{'':<10} {'A':>7} {'B':>7} {'B - A':>7}  p"]
    for name, row in rows.items():
        a, b = row["first"], row["second"]
        if a != a or b != b:
            lines.append(f"{name:<10} undefined")
            continue
        p = "" if row["test"] is None else f"  {row['p']:.4f}  {row['test']}"
        lines.append(f"{name:<10} {a:>7.3f} {b:>7.3f} {b - a:>+7.3f}{p}")
    lines.append("DeLong takes frames as independent, which frames of one person are not: its p is a lower bound.")
    return lines
