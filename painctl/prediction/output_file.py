"""The file that predict writes with --output: complete or absent, and resumed by the same command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from painctl.files.lock import only_writer
from painctl.files.publish import atomic_write
from painctl.files.scratch import atomic_writer
from painctl.files.seals import sha256
from painctl.files.targets import output_file
from painctl.prediction.journal import Journal
from painctl.records import UsageError

if TYPE_CHECKING:
    from painctl.prediction.run import RecordWriter


class PredictionsFile:
    """A file of records, readable by its owner alone.

    Records are collected in a journal beside it, from which the same run is resumed. Beside the finished file is a
    hidden one, of the run that wrote it.
    """

    def __init__(self, path: Path, run: str, overwrite: bool) -> None:
        """`run` identifies the run, see `journal.identify_run`."""
        self.path = output_file(path)
        self._run, self._overwrite = run, overwrite
        self._journal_path = self.path.with_name(f"{self.path.name}.partial")
        self._seal = self.path.with_name(f".{self.path.name}.run")

    def finished(self) -> int | None:
        """The exit code of the same run, if it has finished the file. Raises UsageError if something else is there."""
        if self._overwrite or not self.path.exists():
            return None
        try:
            run, digest, code = self._seal.read_text().split()
        except (OSError, ValueError):
            run = digest = code = ""
        is_intact = digest == sha256(self.path)
        if is_intact and run == self._run and code.isdecimal():
            return int(code)
        origin = (
            "was made from other pictures, by another model or with other options, or its pictures have changed since"
            if is_intact
            else "was not written by this command, or was edited"
        )
        raise UsageError(f"{self.path}: {origin}; --overwrite replaces it")

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        """The journal of the run; other processes are kept from writing the same file. It stays if the block fails.

        Raises ValueError if another process is writing it, and as `Journal`.
        """
        with only_writer(self.path):
            if self._overwrite:
                self._discard_other_run()
            journal = Journal(self._journal_path, self._run)
            try:
                yield journal
            finally:
                journal.release()

    def finish(self, journal: Journal, open_writer: Callable[[BinaryIO], RecordWriter], code: int) -> None:
        """Write all records of the journal in the format of the writer, and delete the journal.

        `code` is the exit code of the run.
        """
        with atomic_writer(self.path, private=True) as file:
            writer = open_writer(file)
            for record in journal.records():
                writer.write(record)
            writer.close()
        atomic_write(self._seal, f"{self._run} {sha256(self.path)} {code}\n".encode(), private=True)
        journal.delete()

    def _discard_other_run(self) -> None:
        try:
            Journal(self._journal_path, self._run).release()
        except (UsageError, ValueError):
            self._journal_path.unlink()


def file_facts(paths: Iterable[Path]) -> list[Sequence[Any]]:
    """Name, size and time of change of files, which show a change without reading them; None for a missing one."""
    facts: list[Sequence[Any]] = []
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            facts.append([str(path), None])
        else:
            facts.append([str(path), status.st_size, status.st_mtime_ns])
    return facts
