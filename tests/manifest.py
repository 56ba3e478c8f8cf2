"""Hash everything that painctl produces, to check that a refactoring does not change a byte of output.

    python tests/manifest.py [-o manifest.json] [--compare old.json] [--only PART,...] [--skip PART,...] [--keep DIR]

Runs the commands in manifest.txt and records the SHA-256 of every file and stdout, the exit codes, and stderr. The
commands use whichever painctl this Python imports (PYTHONPATH selects another one), run on one thread, and work in a
temporary folder where all paths are relative. --compare exits 1 if a file, a stdout or an exit code was added, removed
or changed; changes to stderr are only listed, since messages may be reworded on purpose. Compare only manifests from
the same machine with the same package versions, because rounding differs elsewhere.

No output file but the logs of `cv` (`*.log`, left out) contains a time, so files are hashed as they are. These are left
out because they are not reproducible: `engines`, which describes the machine; lines of stderr that match `_TIMED`; and
the stderr of torchrun. Inputs are hashed as well, to tell a changed input from a changed output, except for the
Hunyuan3D checkout, which contains the path of the interpreter and process ids.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
_TIMED = re.compile(r"^.*(loaded in \d+ s|[:,] epoch \d+ of \d+|building the font cache).*\n", re.MULTILINE)
_DROPPED = re.compile("SLURM_|PAINCTL_|HF_|PYTEST_|COLUMNS|LINES")  # prefixes of environment variables
_THREADS = dict.fromkeys((f"{name}_NUM_THREADS" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")), "1")
_PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
_PLACES = {"PAINCTL_CACHE": "cache", "TMPDIR": "../tmp", "HF_HOME": "../hub", "HF_HUB_OFFLINE": "1"}
_PACKAGES = ("numpy", "scipy", "torch", "opencv-python-headless", "h5py", "transformers", "diffusers", "pyarrow")


@dataclass
class Part:
    """Named lines of bash, run after the parts in `needs`; skipped if `package` is not installed."""

    needs: list[str]
    package: str | None
    lines: dict[str, str] = field(default_factory=dict)


def read_parts(text: str) -> tuple[str, dict[str, Part]]:
    """Return the common preamble and the parts, in order."""
    before, *rest = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    parts = {}
    for block in rest:
        first, *lines = block.split("\n")
        head = re.fullmatch(r"\[(\S+)\](?: after ([\w, -]+?))?(?: with (\w+))?", first)
        if not head:
            raise ValueError(f"manifest.txt: {first}: expected [PART] after PART, ... with PACKAGE")
        named = (line.partition(": ") for line in lines if line)
        parts[head[1]] = Part((head[2] or "").replace(",", " ").split(), head[3], {n: line for n, _, line in named})
    return before, parts


def choose(parts: dict[str, Part], only: Collection[str], skip: Collection[str]) -> list[str]:
    """Return the parts in `only` (default all) and those they need, without `skip` and the parts that need it."""
    if unknown := {*only, *skip} - parts.keys():
        sys.exit(f"{', '.join(sorted(unknown))}: no such part; there are {', '.join(parts)}")
    out, wanted = set(skip), set(only or parts)
    for name, part in parts.items():
        if out.intersection(part.needs) or (part.package and not importlib.util.find_spec(part.package)):
            out.add(name)
    for name in reversed(parts):  # each part comes after those it needs
        if name in wanted - out:
            wanted.update(parts[name].needs)
    return [name for name in parts if name in wanted - out]


class Bench:
    """Runs lines of bash in `root`/work and collects the results in `results`."""

    def __init__(self, root: Path, before: str) -> None:
        self.root, self.work, self.made = root, root / "work", root / "made"
        for folder in (self.work, self.made, root / "tmp"):
            folder.mkdir(parents=True)
        self._before = f"set -o pipefail\n{before}"
        kept = {name: value for name, value in os.environ.items() if not _DROPPED.match(name)}
        paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        python = {"PYTHON": sys.executable, "PYTHONPATH": os.pathsep.join(str(Path(p).absolute()) for p in paths if p)}
        self._environment = {**kept, **_THREADS, **_PLAIN, **_PLACES, **python, "CUDA_VISIBLE_DEVICES": ""}
        self.results: dict[str, dict[str, Any]] = {"files": {}, "exits": {}, "messages": {}}

    def run(self, name: str, line: str) -> None:
        """Run a line and record its exit code, its output, and the files it created, changed or deleted."""
        start, before = _cpu_seconds(), self._present()
        done = self.call("bash", "-c", self._before + line)
        now, files = self._present(), self.results["files"]
        changed = [path for path in sorted(now) if now[path] != before.get(path) and path.suffix != ".log"]
        files.update({f"{name}/{path}": _sha256(self.work / path) for path in changed})
        files.update({f"{name}/{path}": "deleted" for path in sorted(before.keys() - now)})
        files[f"{name}/stdout"] = hashlib.sha256(done.stdout).hexdigest()
        self.results["exits"][name] = done.returncode
        messages = done.stderr.decode(errors="replace").replace(str(self.root), "ROOT")
        self.results["messages"][name] = _TIMED.sub("", messages).splitlines()
        _log(f"{name}: exit {done.returncode}, {_cpu_seconds() - start:.1f} s")

    def make_inputs(self) -> None:
        """Create the input files; pytest does it, because they come from fixtures of the tests."""
        words = ("-n0", "-p", "no:cacheprovider", str(HERE / "made_inputs.py"))
        done = self.call(sys.executable, "-m", "pytest", *words, MADE_INPUTS=str(self.made))
        if done.returncode:
            sys.exit(f"cannot create the inputs:\n{done.stdout.decode()}{done.stderr.decode()}")
        for path in sorted(self.made.rglob("*")):
            if path.is_file() and self.made / "hunyuan" not in path.parents:
                self.results["files"][f"made/{path.relative_to(self.made)}"] = _sha256(path)

    def call(self, *words: str, **more: str) -> subprocess.CompletedProcess[bytes]:
        """Run a command in the working folder with `more` environment variables."""
        environment = {**self._environment, **more}
        return subprocess.run(words, cwd=self.work, env=environment, stdin=subprocess.DEVNULL, capture_output=True)

    def _present(self) -> dict[Path, tuple[int, int, int]]:
        stats = {path.relative_to(self.work): path.stat() for path in self.work.rglob("*") if path.is_file()}
        return {path: (stat.st_ino, stat.st_mtime_ns, stat.st_size) for path, stat in stats.items()}


def compare(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Print the differences in the parts that both have; return whether there are any besides messages."""
    for _, name in _changes(old["about"], new["about"]):
        print(f"different {name}: {old['about'].get(name)}, now {new['about'].get(name)}")
    both, odd = set(old["parts"]).intersection(new["parts"]), False
    for kind in ("messages", "exits", "files"):
        before, after = ({k: v for k, v in x[kind].items() if k.partition("/")[0] in both} for x in (old, new))
        changes = list(_changes(before, after))
        for how, name in changes:
            print(f"{kind}: {how} {name}")
            if kind == "exits":
                print(f"    {before.get(name)}, now {after.get(name)}")
            if kind == "messages":
                lines = difflib.unified_diff(before.get(name, []), after.get(name, []), lineterm="", n=0)
                print("".join(f"    {line}\n" for line in list(lines)[2:] if line[0] != "@"), end="")
        print(f"{kind}: {len(changes)} of {len(before.keys() | after)} differ")
        odd |= bool(changes) and kind != "messages"
    if others := both.symmetric_difference([*old["parts"], *new["parts"]]):
        print(f"only in one of the two, and not compared: {', '.join(sorted(others))}")
    return odd


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in [*after, *(name for name in before if name not in after)]:  # in the order of the runs: causes first
        if name not in before or name not in after:
            yield ("removed" if name in before else "added"), name
        elif before[name] != after[name]:
            yield "changed", name


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("-o", dest="output", type=Path, metavar="FILE", help="write the manifest to this file")
    parser.add_argument("--compare", type=Path, metavar="FILE", help="list the differences from this manifest")
    parser.add_argument(
        "--only", type=_names, default=[], metavar="PART,...", help="run only these parts and the parts they need"
    )
    parser.add_argument(
        "--skip", type=_names, default=[], metavar="PART,...", help="leave out these parts and the parts that need them"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work in this new folder and keep it")
    arguments = parser.parse_args()
    before, parts = read_parts((HERE / "manifest.txt").read_text())
    names = choose(parts, arguments.only, arguments.skip)
    old = json.loads(arguments.compare.read_text()) if arguments.compare else None
    with contextlib.ExitStack() as stack:
        root = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="manifest-")))
        bench = Bench(root.absolute(), before)
        where = bench.call(sys.executable, "-c", "import painctl; print(painctl.__file__)")
        if where.returncode:
            sys.exit(where.stderr.decode())
        _log(where.stdout.decode().strip())
        for name in names:
            start = _cpu_seconds()
            for line_name, line in parts[name].lines.items():
                bench.run(f"{name}/{line_name}", line)
            if name == "head":
                bench.make_inputs()
            _log(f"{name}: {_cpu_seconds() - start:.0f} s")
    about = {"python": sys.version.partition(" ")[0], **{name: _version(name) for name in _PACKAGES}}
    new = {"about": about, "parts": ["made", *names], **bench.results}
    if arguments.output:
        arguments.output.write_text(json.dumps(new, indent=1) + "\n")
    sys.exit(old is not None and compare(old, new))


def _names(text: str) -> list[str]:
    return text.split(",")


def _version(package: str) -> str | None:
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(package)
    return None


def _cpu_seconds() -> float:
    """CPU seconds used by all finished child processes."""
    times = os.times()
    return times.children_user + times.children_system


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
