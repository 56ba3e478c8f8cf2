"""From a step to its subcommand: the same inputs, outputs and resuming for every stage that maps a shard to a shard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from painctl.cli.errors import tell, tell_error
from painctl.cli.inout import all_shards, each_shard, is_piped, refuse_clashes, require_output, task_slice
from painctl.cli.progress import Progress
from painctl.records import FAILED, Reported, UsageError

if TYPE_CHECKING:
    from painctl.stages.step import Step


def run_step(
    step: Callable[[], Step],
    inputs: list[Path] | None,
    output: Path | None,
    overwrite: bool,
    retry: bool,
    task: str | None,
) -> None:
    """Check what can be checked at once, then build the step (its imports may be slow) and run it on each shard."""
    require_output(output)
    refuse_clashes(inputs, output)
    if retry and (overwrite or output is None):
        raise UsageError("--retry-failed goes on with outputs that are there: it needs -o, and no --overwrite")
    part = task_slice(task, piped=is_piped(inputs))

    from painctl.shard.reader import Shard
    from painctl.stages.step import NobodyMade, failures, made_by, transform

    built = step()

    def distinct(source: Path, target: Path) -> None:
        if target.exists() and target.samefile(source):
            raise UsageError(f"{target}: input and output are the same file; choose another -o")

    def make(source: Path, target: Path, progress: Progress) -> None:
        distinct(source, target)
        with Shard(source) as shard:
            shard.require(*built.needs)  # before anything is said of what is left out
            progress.expect(shard.rows("identities"))
            if dropped := built.drops(shard):
                tell(f"{source}: its {' and '.join(dropped)} are left out, made from what this replaces")
        nobody = None
        try:
            failed = transform(built, source, target, progress.tick, retry=retry and target.exists())
        except NobodyMade as error:
            nobody, failed = Reported(FAILED), error.failed
        for name, failure in failed.items():
            tell_error(failure.error, f"{source}: {name}")
        if nobody:
            raise nobody

    def made(source: Path, target: Path) -> bool:
        distinct(source, target)
        return made_by(built, source, target)

    with all_shards(inputs) as sources:
        each_shard(
            sources, output, make=make, made=made, failures=failures, overwrite=overwrite, retry=retry, task=part
        )
