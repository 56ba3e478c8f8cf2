"""sample-ids: identities, and their neutral heads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from painctl import __version__
from painctl.engines import registry
from painctl.face.demographics import Demographics, assign, load_demographics
from painctl.face.head import HeadModel
from painctl.face.identity import draw_identity
from painctl.files.publish import atomic_write
from painctl.images.encode import encode_png
from painctl.records import Reporter, UsageError
from painctl.scans.people import Person, read_people
from painctl.shard.outputs import Maker, Outputs, Tally, check_outputs, make_outputs
from painctl.shard.pipe import write_path
from painctl.shard.reader import Shard
from painctl.shard.tables import identity_columns, topology_columns
from painctl.shard.writer import ShardWriter


@dataclass(frozen=True, eq=False)
class SampleIds:
    """A run of `number` identities; each is drawn by its index, so any part of the run can be written by itself."""

    number: int
    seed: int
    demographics: Demographics
    head: str  # engine
    head_options: Mapping[str, Any]
    reporter: Reporter
    owners: Sequence[Person] = ()  # whose heads the meshes are, in turn; else people are drawn from the demographics

    def write(self, people: range, target: Path) -> None:
        """Write the shard of these people: complete or absent."""
        attributes = {**self._attributes(people), "seed": self.seed}
        with ShardWriter(target, attributes) as out:
            out.append("topology", topology_columns(self._head.topology))
            for index in people:
                person = draw_identity(self._head, self.seed, index, *self._group(index))
                out.append("identities", identity_columns([person]))
                out.append("meshes", self._mesh_columns(person.coefficients))
                self.reporter.tick()

    def is_made(self, people: range, target: Path) -> bool:
        """Whether `target` is what `write` would write. Raises ShardError if it is damaged."""
        with Shard(target) as finished:
            return all(finished.attributes.get(name) == value for name, value in self._attributes(people).items())

    @cached_property
    def _head(self) -> HeadModel:
        return registry.find("head", self.head).build(reporter=self.reporter, **self.head_options)

    def _group(self, index: int) -> tuple[str, str, str, float | None]:
        """Age group, gender and ethnicity of a person, and their age in years if it is not to be drawn."""
        if self.owners:
            owner = self.owners[index % len(self.owners)]
            return owner.age_group, owner.gender, owner.ethnicity, owner.years
        return (*self._groups[index], None)

    def _mesh_columns(self, coefficients: np.ndarray) -> dict[str, Any]:
        """The row of a person in the meshes table."""
        colours = self._head.colours(coefficients)
        return {
            "vertices": self._head.neutral(coefficients)[None],
            "albedo": [encode_png(colours.albedo) if colours else b""],
            "albedo_covered": [encode_png(colours.covered) if colours else b""],
        }

    @cached_property
    def _groups(self) -> list[tuple[str, str, str]]:
        return assign(self.demographics, self.number, self.seed)

    def _attributes(self, people: range) -> dict[str, Any]:
        record = {
            "stage": "sample-ids",
            "version": __version__,
            "number": self.number,
            "seed": self.seed,
            "demographics": "as given" if self.owners else self.demographics.weights or "balanced",
            "head": self._head.name,
            **self._head.facts,
        }
        return {"stage": "sample-ids", "history": [record], "source": f"{people.start}:{people.stop}"}


@dataclass(frozen=True)
class Request:
    """The options of the command."""

    number: int
    seed: int
    shard_size: int | None  # identities; None for one shard
    demographics: str  # balanced, 3dpain, or the path of a file of weights
    head: str
    head_options: Mapping[str, Any] = field(default_factory=dict)
    people: Path | None = None  # a CSV file that says whose heads the meshes are
    owner: Mapping[str, str | None] = field(default_factory=dict)  # age, gender and ethnicity of all meshes


def run(request: Request, outputs: Outputs, out: BinaryIO, reporter: Reporter) -> Tally:
    """Write the shards of a run, as `sample-ids` does.

    Raises UsageError for FLAME heads without a model, OSError or ValueError for invalid demographics or people, and
    as `make_outputs`.
    """
    if request.head == "flame":
        from painctl.engines.flame import model_file

        model_file(request.head_options.get("model"))
    demographics = load_demographics(request.demographics)
    owners = read_people(request.head_options.get("meshes", ()), request.people, request.owner)
    size = min(request.shard_size or request.number, request.number)
    parts = [range(start, min(start + size, request.number)) for start in range(0, request.number, size)]
    by_name = {Path(f"s{request.seed}-{part.start:05d}-{part.stop - 1:05d}.h5"): part for part in parts}
    for path in request.head_options.get("meshes", ()):
        path.stat()
    check_outputs(map(str, by_name), outputs.output)
    sampler = SampleIds(
        request.number, request.seed, demographics, request.head, request.head_options, reporter, owners
    )
    return make_outputs(by_name, outputs, _PartMaker(sampler, by_name, reporter), out, reporter)


class _PartMaker(Maker):
    """Writes the parts of a run; the source that stands for a part is the name of its shard."""

    def __init__(self, sampler: SampleIds, parts: Mapping[Path, range], reporter: Reporter) -> None:
        self._sampler, self._parts, self._reporter = sampler, parts, reporter

    def make(self, source: Path, target: Path) -> None:
        self._reporter.expect(len(self._parts[source]))
        self._sampler.write(self._parts[source], target)

    def is_made(self, source: Path, target: Path) -> bool:
        return self._sampler.is_made(self._parts[source], target)


def convert_flame(source: Path, target: Path | None, overwrite: bool, out: BinaryIO) -> None:
    """Write the arrays of a FLAME model file as .safetensors or .npz. Raises UsageError for another suffix."""
    from painctl.face.flame.model_file import CONVERTED, encode, read_flame

    if target is None or target.suffix not in CONVERTED:
        raise UsageError(f"--convert-flame needs -o NAME{CONVERTED[0]} or NAME{CONVERTED[1]}")
    if target.exists() and not overwrite:
        raise UsageError(f"{target}: exists; --overwrite replaces it")
    atomic_write(target, encode(read_flame(source), target.suffix))
    write_path(target, out)
