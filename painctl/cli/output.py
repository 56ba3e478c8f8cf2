"""What stages report, on stderr."""

from __future__ import annotations

from painctl.cli.errors import tell, tell_error
from painctl.cli.progress import Progress


class Terminal:
    """A `painctl.records.Reporter`: lines on stderr, and a progress bar once the number of items is known."""

    def __init__(self, unit: str = "person") -> None:
        self._unit = unit
        self._progress: Progress | None = None

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *error: object) -> None:
        if self._progress:
            self._progress.__exit__(*error)

    def say(self, text: str) -> None:
        tell(text)

    def error(self, error: Exception, where: str = "") -> None:
        tell_error(error, where)

    def expect(self, count: int) -> None:
        self._progress = self._progress or Progress(self._unit)
        self._progress.expect(count)

    def tick(self) -> None:
        if self._progress:
            self._progress.tick()
