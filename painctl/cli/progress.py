"""A progress bar on a terminal's stderr, for what takes longer than two seconds."""

from __future__ import annotations

import sys

from tqdm import tqdm

from painctl.cli.errors import heed_stop


class Progress:
    """Counts people (or steps) done. Silent in pipes and logs; shown only after two seconds."""

    def __init__(self, unit: str = "person", total: int | None = None) -> None:
        self._bar = tqdm(
            total=total,
            unit=f" {unit}",
            delay=2,
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
            leave=False,
        )

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def expect(self, count: int) -> None:
        """More work has become known."""
        self._bar.total = (self._bar.total or 0) + count

    def tick(self) -> None:
        """One more is done. Stops, if a signal that asked for it was lost."""
        heed_stop()
        self._bar.update()

    def say(self, text: str) -> None:
        """What is being done, beside the bar."""
        self._bar.set_description_str(text)
