"""What `inspect` prints of a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from painctl.cli.output import Tables
from painctl.files.names import one_line


def show_model(summary: Mapping[str, Any], tables: Tables) -> None:
    """Print what `vitpain.summary.describe_model` returned."""
    for name, value in _facts(summary):
        tables.line(f"{name:<15} {one_line(value)}")
    scores, median = summary.get("scores"), summary.get("median")
    if not scores or not median:
        return
    rows = [[name, _score(value), _score(median["scores"].get(name))] for name, value in scores.items()]
    tables.table(
        f"on its validation people, and always {median['pspi']:g}, the median", ["score", "model", "median"], rows
    )
    if not summary["beats_median"]:
        tables.line("no better than the median")


def _facts(summary: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "path", summary["path"]
    yield "model", summary["model"]
    yield "kind", summary["kind"]
    yield "size", f"{summary['parameters']:,} parameters, {summary['bytes'] / 1e6:.1f} MB"
    yield "SHA-256", summary["sha256"]
    yield "input", _input(summary)
    yield "output", _output(summary)
    if "painctl_version" not in summary:
        return
    yield "licence", summary["licence"] or "not stated"
    yield "made by", f"painctl {summary['painctl_version']}, {_date(summary)}"
    data = summary["data"]
    yield "data", data.get("sha256") or "not recorded"
    yield from (("data's licence", text) for text in data.get("licences", ()))
    yield "people", _people(summary["people"], data)
    yield "neutral", summary["neutral"]
    initial = summary["initial"]
    yield "started from", initial["name"] if initial else "not recorded" if "licences" not in data else "random weights"
    if summary["epoch"]:
        yield "epoch", f"{summary['epoch']} of {summary['epochs']}"
    else:
        yield "scores", "not recorded; --card may have some"


def _input(summary: Mapping[str, Any]) -> str:
    size = summary["input_pixels"]
    face = f"a face, {size} x {size} pixels{', straightened' if summary['straightens'] else ''}"
    if not summary["compares"]:
        return f"{face}, alone"
    needs = "" if summary.get("needs_neutral", True) else ", or without one"
    return f"{face}, and a neutral face of the same person{needs}"


def _output(summary: Mapping[str, Any]) -> str:
    parts = ["PSPI"]
    parts += ["its expected error"] if summary["spread"] else []
    parts += [f"P(PSPI >= {level})" for level in summary["levels"]]
    return ", ".join([*parts, *(["six action units"] if summary["action_units"] else [])])


def _date(summary: Mapping[str, Any]) -> str:
    return summary["date"] or f"file of {summary['file_date']}"


def _people(count: int, data: Mapping[str, Any]) -> str:
    if "training" not in data:
        return f"{count:,}"
    parts = [f"{data[part]['people']:,} for {part} ({data[part]['frames']:,} frames)" for part in _PARTS if data[part]]
    return f"{count:,}, of this dataset {', '.join(parts)}"


_PARTS = ("training", "validation")


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
