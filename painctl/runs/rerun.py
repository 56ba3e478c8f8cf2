"""Rerunning the command of a training: what is finished is kept, and what was stopped is resumed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from painctl.files.text import json_text
from painctl.records import Reporter, UsageError
from painctl.runs.description import difference
from painctl.runs.processes import is_main


@dataclass(frozen=True)
class Saving:
    """How an unfinished training is saved and resumed."""

    interval: float  # seconds between saved states
    any_machine: bool  # resume what another kind of machine began
    overwrite: bool  # replace what was trained differently


@contextmanager
def say_where_saved(state: Path, reporter: Reporter) -> Iterator[None]:
    """Report the saved state of a training, if there is one, when a signal ends the block."""
    try:
        yield
    except Exception:
        raise
    except BaseException:  # a signal
        if is_main() and state.exists():
            reporter.say(f"training saved in {state}; rerun the same command to resume")
        raise


def require_same_training(
    output: Path, kind: str, read: Callable[[], Mapping[str, Any]], description: Mapping[str, Any]
) -> None:
    """Raise UsageError unless a finished output was trained as `description` says.

    `read` returns how it was trained, or raises ValueError or OSError if it is not a `kind`, such as "a rig".
    """
    remedy = "use another -o; --overwrite replaces it"
    try:
        old = dict(read())
    except (OSError, ValueError) as error:
        raise UsageError(f"{output}: already exists, and is not {kind} ({error}); {remedy}") from None
    if changed := difference(old, json.loads(json_text(dict(description)))):
        raise UsageError(f"{output}: already exists, trained with {changed}; {remedy}")
