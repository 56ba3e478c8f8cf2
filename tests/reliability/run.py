"""The long version: `python tests/reliability/run.py` prints a table of promises, trials and survivals.

`--share 0.1` does a tenth of the trials. Exit code 1 if anything did not survive. The short version is the test_*.py
files beside this one, which `pytest` runs; only those test full disks, permissions, readers and clocks.
"""

from __future__ import annotations

import argparse
import multiprocessing
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the modules that make inputs for tests

from cluster import cluster, missing
from corruption import fuzz
from fuzz_inputs import Case, cases, prepare, targets
from kills import OTHERS, STAGES, Chain, Trial, trials
from machines import MACHINES, OLD_PROCESSOR, chain, differing
from slurm import chain as slurm_chain
from soak import Growth, Point, soak

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)
SLOW = ("synth-neutral", "render-views")  # tens of seconds a run
PARTS = ("paths", "kills", "interpreters", "corruption", "fuzz", "slurm", "growth", "bytes")
CASES = {"pictures": 800, "videos": 250, "tables": 200, "json": 300, "configurations": 200, "attributes": 250}
_BLOCK = 40  # cases that run one after the other
Row = tuple[str, str, int, int]  # promise, how it was tested, trials, survivals


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the trials")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("parts", nargs="*", default=PARTS, help=f"some of {', '.join(PARTS)}")
    arguments = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGHUP):  # in the background or under nohup they would stay ignored
        signal.signal(number, signal.SIG_DFL)
    rows: list[Row] = []
    print("| promise | tested by | trials | survived |\n|---|---|---:|---:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chain = Chain(folder / "unbroken").make()
        makers = {
            "paths": no_paths,
            "kills": kills,
            "interpreters": interpreters,
            "corruption": corruption,
            "fuzz": hostile,
            "slurm": arrays,
            "growth": growth,
            "bytes": machines,
        }
        for part in arguments.parts:
            work = folder / part
            work.mkdir()
            for row in makers[part](chain, work, arguments.share, arguments.seed):
                print("| {} | {} | {} | {} |".format(*row), flush=True)
                rows.append(row)
    return int(any(survived < tried for _, _, tried, survived in rows))


def kills(chain: Chain, folder: Path, share: float, seed: int) -> Iterator[Row]:
    for stage in STAGES:
        count = max(2, round(share * (10 if stage.name in SLOW else 50)))
        for number in SIGNALS:
            done = list(trials(chain, stage, number, count, folder, seed))
            hit = _report(done)
            how = f"{number.name} at random moments, {hit} before the end; rerun, bytes compared"
            yield f"`{stage.name}` resumes", how, len(done), sum(not trial.fault for trial in done)


def interpreters(chain: Chain, folder: Path, share: float, seed: int) -> Iterator[Row]:
    """Every command in an interpreter of its own, half of the signals while it imports."""
    fresh = Chain(folder / "unbroken", fresh=True).make()
    stages = (*STAGES, *OTHERS)
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        done: list[Trial] = []
        for stage in stages:
            done += trials(fresh, stage, number, max(1, round(2 * share)), folder, seed)
        hit = _report(done)
        how = (
            f"{number.name} at random moments, half of them during imports, {hit} before the end; rerun, bytes compared"
        )
        yield f"{len(stages)} commands resume", how, len(done), sum(not trial.fault for trial in done)


def _report(done: list[Trial]) -> int:
    """Print the faults of trials on stderr; returns how many runs were stopped before their end."""
    for trial in done:
        if trial.fault:
            print(f"{trial.stage}, {trial.signal.name} {trial.moment}: {trial.fault}", file=sys.stderr)
    return sum(trial.code != 0 for trial in done)


def corruption(chain: Chain, folder: Path, share: float, seed: int) -> Iterator[Row]:
    for stage in STAGES:
        shards = chain.shards(stage.writes)
        if not shards:  # of another format, or a pipe
            continue
        for kind, count in (("plain", 200), ("sealed", 100)):
            outcomes = fuzz(shards, kind, max(2, round(share * count)), seed, folder)
            good = outcomes["detected"] + (outcomes["read"] if kind == "sealed" else 0)
            for outcome in outcomes.keys() - {"detected", "read"}:
                print(f"{stage.name}, {kind}: {outcome}", file=sys.stderr)
            how = {
                "plain": "a flipped bit or a cut tail, each detected",
                "sealed": f"HDF5 damaged under a valid seal: {outcomes['detected']} detected, none crashed or hung",
            }[kind]
            yield f"a damaged shard of `{stage.name}` is reported", how, outcomes.total(), good


def hostile(chain: Chain, folder: Path, share: float, seed: int) -> Iterator[Row]:
    prepare(folder)
    every = targets(folder)
    # of processes, since each has a fork server of its own, which is not safe for threads
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        for kind, count in CASES.items():
            chosen = [target for target in every if target.kind == kind]
            each = range(max(1, round(share * count / len(chosen))))
            blocks = [(target, each[at : at + _BLOCK]) for target in chosen for at in each[::_BLOCK]]
            runs = [pool.submit(cases, folder, target, block, seed) for target, block in blocks]
            yield _survivors(kind, len(chosen), [case for run in runs for case in run.result()])


def _survivors(kind: str, files: int, done: list[Case]) -> Row:
    for case in done:
        if case.fault:
            print(f"{case.target.file} {case.number}, {case.target.words}: {case.fault}", file=sys.stderr)
    codes = ", ".join(f"{code}: {number}" for code, number in sorted(Counter(case.code for case in done).items()))
    growth = max(case.growth for case in done)
    how = f"mutations of {files} files; exit codes {codes}; memory at most {growth:.2f} times the ordinary"
    return f"hostile {kind} end with an error or a result", how, len(done), sum(not case.fault for case in done)


def no_paths(chain: Chain, folder: Path, share: float, seed: int) -> Iterator[Row]:
    local_paths = [str(chain.folder).encode(), str(Path.home()).encode() + b"/", str(Path.cwd()).encode()]
    files = [path for path in chain.folder.rglob("*") if path.is_file() and path.name not in ("stdout", "stderr")]
    clean = [path for path in files if not any(word in path.read_bytes() for word in local_paths)]
    for path in set(files) - set(clean):
        print(f"{path}: holds a path of this machine", file=sys.stderr)
    yield "outputs hold no path of the machine", "every file of the pipeline searched", len(files), len(clean)


def arrays(chain: Chain, folder: Path, share: float, seed: int) -> Iterator[Row]:
    if why := missing():
        print(f"no Slurm: {why}", file=sys.stderr)
        return
    people, tasks = (16, 8) if share >= 1 else (4, 2)
    start = time.monotonic()
    with cluster() as slurm:
        fault = slurm_chain(slurm, people, tasks, 2, folder / "chain")
    if fault:
        print(fault, file=sys.stderr)
    seconds = time.monotonic() - start
    how = f"docs/slurm.sh, {people} people, arrays of {tasks}, 2 tasks killed and requeued, {seconds:.0f} s"
    yield "a Slurm chain makes the same bytes as one process", how, 1, int(not fault)


def machines(_: Chain, folder: Path, share: float, seed: int) -> Iterator[Row]:
    expected = chain(folder / "any", {}, share < 1)
    for number, (setting, machine) in enumerate(MACHINES.items()):
        wrong = differing(chain(folder / str(number), machine, share < 1), expected)
        for name in wrong:
            print(f"{setting}: {name} differs", file=sys.stderr)
        yield (
            f"the same bytes: {setting}",
            "every shard of the chain compared",
            len(expected),
            len(expected) - len(wrong),
        )
    wrong = differing(chain(folder / "old", OLD_PROCESSOR, share < 1), expected)
    print(f"a C library without FMA (not promised): {', '.join(wrong) or 'nothing'} differs", file=sys.stderr)


def growth(chain: Chain, folder: Path, share: float, seed: int) -> Iterator[Row]:
    people = max(20, round(500 * share))
    previous: Path | None = None
    curves: list[Growth] = []
    words = [
        ["sample-ids", "-n", str(people), "--shard-size", "1"],
        ["render-depth", "--size", "64"],
        ["texture", "--size", "128"],
        ["rig", "--expressions", "1"],
        ["render-views", "--views", "1", "--size", "64"],
        ["synth-neutral"],
    ]
    for command in words:
        inputs = sorted(str(path) for path in previous.glob("*.h5")) if previous else []
        if command[0] == "synth-neutral":
            inputs = inputs[: max(20, people // 5)]  # the slowest by far
        output = folder / command[0]
        measured = soak(command[0], [*command, *inputs], output, folder)
        (low, high), (few, many) = measured.memory, measured.files
        how = (
            f"{measured.shards} people, one shard each; second half relative to first: memory {high / low:.3f} times "
            f"{low >> 20} MiB, open files {many} vs {few}, CPU time per person {measured.seconds:.2f} times"
        )
        flat = high < 1.05 * low and many <= few + 1 and measured.seconds < 1.25
        yield f"`{command[0]}` does not grow", how, 1, int(flat)
        curves.append(measured)
        previous = output
    _draw(curves)


def _draw(curves: list[Growth]) -> None:
    """Print the curves as tables on stderr, one column per tenth of the people."""
    measures: dict[str, Callable[[Point], str]] = {
        "memory, MiB": lambda point: f"{point.memory / 2**20:.0f}",
        "open files": lambda point: str(point.files),
        "CPU ms per person": lambda point: f"{1000 * point.seconds:.0f}",
    }
    for measure, text in measures.items():
        print(f"\n| {measure} | people |", *(f"{tenth} % |" for tenth in range(10, 101, 10)), file=sys.stderr)
        print("|---|" + "---:|" * 11, file=sys.stderr)
        for measured in curves:
            print(
                f"| `{measured.stage}` | {measured.shards} |",
                *(f"{text(point)} |" for point in measured.curve),
                file=sys.stderr,
            )


if __name__ == "__main__":
    sys.exit(main())
