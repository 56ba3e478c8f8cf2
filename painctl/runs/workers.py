"""Work shared out to processes of this machine, whose results come back in order.

The processes are forked, so they have what this one has built, and each does one task at a time. At most two tasks per
process are under way or waiting for their turn, so memory does not grow with the number of tasks.
"""

from __future__ import annotations

import copy
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_AHEAD = 2  # tasks per process that are under way, or finished before their turn


class Workers(AbstractContextManager["Workers[Task, Result]"], Generic[Task, Result]):
    """`count` processes that do `work`. Use it as a context manager, at whose end they are gone."""

    def __init__(self, work: Callable[[Task], Result], count: int) -> None:
        self._work, self._count = work, count
        self._workers: list[tuple[Any, Connection]] = []

    def __exit__(self, *error: object) -> None:
        self._stop()

    def start(self) -> None:
        """Start the processes unless they run: before this one opens what they must not share with it."""
        fork = get_context("fork")
        while len(self._workers) < self._count:
            ours, theirs = fork.Pipe()
            # a worker closes our ends of all pipes, or it would not notice that this process has ended
            ends = [*(connection for _, connection in self._workers), ours]
            process = fork.Process(target=_serve, args=(theirs, ends, self._work), daemon=True)
            process.start()
            theirs.close()
            self._workers.append((process, ours))

    def map(self, tasks: Sequence[Task]) -> Iterator[Result | Exception]:
        """The results of tasks in order; in place of a result, the exception that the work raised.

        Raises ChildProcessError if a process ended before its work was done.
        """
        self.start()
        idle, doing = [connection for _, connection in self._workers], dict[Connection, int]()
        finished: dict[int, Result | Exception] = {}
        given = 0
        try:
            for number in range(len(tasks)):
                while number not in finished:
                    while idle and given < min(len(tasks), number + _AHEAD * self._count):
                        connection = idle.pop()
                        self._exchange(connection.send, tasks[given])
                        doing[connection] = given
                        given += 1
                    for ready in wait(list(doing)):
                        assert isinstance(ready, Connection)
                        answer, where = self._exchange(ready.recv)
                        if isinstance(answer, Exception):
                            answer.__cause__ = _WorkerTraceback(where)
                        finished[doing[ready]] = answer
                        del doing[ready]
                        idle.append(ready)
                yield finished.pop(number)
        finally:
            if doing:  # their results are no longer needed
                self._stop()

    def _exchange(self, call: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return call(*arguments)
        except (EOFError, ConnectionError):
            raise ChildProcessError("a worker process was killed, probably for lack of memory; lower --jobs") from None

    def _stop(self) -> None:
        for process, connection in self._workers:
            connection.close()
            process.kill()  # it writes nothing that could be left half-written
            process.join()
        self._workers = []


class _WorkerTraceback(Exception):
    """The traceback in the process that raised an exception, for --debug."""


def _serve(connection: Connection, others: list[Connection], work: Callable[[Any], Any]) -> None:
    """Do the tasks that arrive, until the process that sends them has ended."""
    for other in others:
        other.close()
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        try:
            answer, where = work(task), ""
        except Exception as error:
            answer, where = _portable(error), "\n" + "".join(traceback.format_exception(error))
        try:
            connection.send((answer, where))
        except BrokenPipeError:
            return


def _portable(error: Exception) -> Exception:
    """An exception as it can be sent to another process: those that cannot be rebuilt become a RuntimeError."""
    try:
        return copy.copy(error)  # rebuilds it from its arguments, as the receiver will
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
