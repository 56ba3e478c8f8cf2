"""Run a step as a subcommand: the same inputs, outputs and resuming for every stage that maps a shard to a shard."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from painctl.cli.errors import exit_code, is_spooled
from painctl.cli.options import ShardOptions
from painctl.cli.output import Output
from painctl.cli.verbosity import is_quiet
from painctl.records import SOME_FAILED, Reported, UsageError

if TYPE_CHECKING:
    from painctl.stages.step import Outputs, Step, Tally

_TASK_VARIABLE = "SLURM_ARRAY_TASK_ID"


def run_step(build: Callable[[Output], Step], options: ShardOptions) -> None:
    """Make the cheap checks, then build the step (whose imports may be slow) and run it on each shard."""
    require_output(options.output)
    if options.retry_failed and (options.overwrite or options.output is None):
        raise UsageError("--retry-failed works on existing outputs: add -o, and leave out --overwrite")

    from painctl.stages import step

    step.reject_clashes(options.inputs, options.output)
    step.check_inputs(options.inputs)
    step.check_outputs([path.name for path in options.inputs or ()], options.output)
    outputs = outputs_of(options, step.is_piped(options.inputs))
    with Output() as output:
        tally = step.run(build(output), options.inputs, outputs, output.stream, output, options.jobs)
    report(tally, is_stdout=options.output is None)


def report(tally: Tally, is_stdout: bool) -> None:
    """Print how many inputs are done, skipped and failed. Raises Reported if a shard or a person failed."""
    from painctl.cli.errors import print_line

    if (tally.requested > 1 or tally.skipped) and not is_quiet():
        print_line(f"{tally.done} done, {tally.skipped} skipped, {len(tally.errors)} failed of {tally.requested}")
    if tally.failed_people:
        hint = "" if is_stdout else f"; to retry: {_retry_command(tally.failed_people)}"
        print_line(_left_out(sum(tally.failed_people.values())) + hint)
    if tally.errors or tally.failed_people:
        raise Reported(SOME_FAILED if tally.done + tally.skipped else max(map(exit_code, tally.errors)))


def require_output(output: Path | None) -> None:
    """Raises UsageError rather than write a binary shard to a terminal."""
    if output is None and sys.stdout is not None and sys.stdout.isatty():
        raise UsageError("a shard is binary: add -o FILE.h5 or -o DIR, or pipe it into the next command")


def outputs_of(options: ShardOptions, piped: bool) -> Outputs:
    """The outputs that this process makes: those of its task, if there are several. Raises as `task_slice`."""
    from painctl.stages import step

    task = task_slice(options.task, piped=piped)
    return step.Outputs(
        options.output,
        options.overwrite,
        options.retry_failed,
        task,
        step.NULL if options.null else step.LINE,
        _TASK_VARIABLE if options.task is None and task[1] > 1 else "",
    )


def task_slice(task: str | None, *, piped: bool = False) -> tuple[int, int]:
    """(I, N) from --task, else from the Slurm array, else (0, 1).

    The array may start at any index and have a step. Piped input comes from a command in the same array task, so by
    default it is not sliced again. Raises UsageError for an invalid --task and for variables that
    contradict each other.
    """
    if task is not None:
        match = re.fullmatch(r"(\d+)/(\d+)", task)
        if not match or int(match[1]) >= int(match[2]):
            raise UsageError(f"--task {task}: expected I/N with I from 0 to N-1, such as 0/4")
        return int(match[1]), int(match[2])
    if piped:
        return 0, 1
    try:
        first, task_id, count = (int(os.environ[f"SLURM_ARRAY_TASK_{name}"]) for name in ("MIN", "ID", "COUNT"))
        step = int(os.environ.get("SLURM_ARRAY_TASK_STEP", 1))
        last = int(os.environ.get("SLURM_ARRAY_TASK_MAX", first + step * (count - 1)))
    except (KeyError, ValueError):
        return 0, 1
    array = range(first, last + 1, step) if step > 0 else range(0)
    if len(array) != count:
        raise UsageError(
            f"--task is missing: the array has gaps ({count} tasks from {first} to {last}), so a task cannot tell its "
            "position from Slurm's variables; give --task I/N"
        )
    if task_id not in array:
        raise UsageError(
            f"--task is missing: {_TASK_VARIABLE} is {task_id}, which is not in its array of {first} to {last}; give "
            "--task I/N, or --task 0/1 for everything"
        )
    return array.index(task_id), count


def _retry_command(sources: Iterable[Path]) -> str:
    """The command that retries failed people. Shards whose paths came in on stdin become its arguments."""
    words = [word for word in sys.argv[1:] if word not in ("--overwrite", "--retry-failed")]
    arguments = {Path(word) for word in words}
    if not (piped := [source for source in sources if source not in arguments]):
        return shlex.join(["painctl", *words, "--retry-failed"])
    if any(is_spooled(source) for source in piped):
        return shlex.join(["painctl", *words, "--retry-failed"]) + " < the same shard"
    # without --task, which selected from the whole input: all of these belong to this task
    rest = [word for before, word in zip(["", *words], words, strict=False) if word != "-" and before != "--task"]
    rest = [word for word in rest if not word.startswith("--task")]
    return shlex.join(["painctl", *rest, "--retry-failed", *map(str, piped)])


def _left_out(people: int) -> str:
    subject = "1 person failed and is" if people == 1 else f"{people} people failed and are"
    return f"{subject} listed in the shard's failures table"
