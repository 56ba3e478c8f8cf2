"""Trains a small network into its file; rerunning it resumes what was stopped and skips what is finished."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from painctl.files.publish import atomic_write
from painctl.records import Reporter
from painctl.runs.network_file import Network, NetworkFile
from painctl.runs.rerun import Saving, require_same_training, say_where_saved
from painctl.runs.resume import Checkpointer

Log = Callable[[dict[str, Any]], None]


def train_into(
    output: Path,
    kind: NetworkFile[Network],
    about: Mapping[str, Any],
    train: Callable[[Checkpointer, Log], Network],
    saving: Saving,
    reporter: Reporter,
) -> None:
    """Train a network as `about` says and write it to `output`, complete or absent.

    Rerunning it resumes from `output`.partial; a finished run is skipped. The log's rows are reported. Raises
    UsageError if `output` is something else.
    """
    if output.exists() and not saving.overwrite:
        article = "an" if kind.name[0] in "aeiou" else "a"
        require_same_training(output, f"{article} {kind.name}", lambda: kind.read_record(output)["about"], about)
        reporter.say(f"{output}: already trained, nothing to do")
        return
    state = output.with_name(f"{output.name}.partial")
    checkpointer = Checkpointer(state, about, saving.interval, any_machine=saving.any_machine)

    def log(row: dict[str, Any]) -> None:
        figures = "".join(f", {name} {value:.3f}" for name, value in row.items() if name != "epoch")
        reporter.say(f"epoch {row['epoch']} of {about['epochs']}: {figures[2:]}")

    with say_where_saved(state, reporter):
        network = train(checkpointer, log)
    atomic_write(output, kind.encode(network, about))
    checkpointer.delete()
