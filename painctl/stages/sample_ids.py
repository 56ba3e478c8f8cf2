"""sample-ids: who the people are, and their neutral heads."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from painctl import __version__
from painctl.face.demographics import Demographics, assign
from painctl.face.head import HeadModel, load_head
from painctl.face.identity import draw_identity
from painctl.shard.reader import Shard
from painctl.shard.tables import identity_columns, topology_columns
from painctl.shard.writer import ShardWriter


def shard_name(seed: int, start: int, stop: int) -> str:
    """The file name of a shard of the people from `start` to before `stop`."""
    return f"s{seed}-{start:05d}-{stop - 1:05d}.h5"


class SampleIds:
    """A run of `number` people; any part of it can be written by itself, since each person is drawn by index.

    `load` gives the head, and may tell of a first, slow build.
    """

    def __init__(
        self,
        number: int,
        seed: int,
        demographics: Demographics,
        load: Callable[[Callable[[str], None]], HeadModel] = load_head,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.number, self.seed, self.demographics = number, seed, demographics
        self._load, self._say = load, say

    @cached_property
    def _head(self) -> HeadModel:
        return self._load(self._say)

    @cached_property
    def _groups(self) -> list[tuple[str, str, str]]:
        return assign(self.demographics, self.number, self.seed)

    def _attributes(self, people: range) -> dict[str, Any]:
        record = {
            "stage": "sample-ids",
            "version": __version__,
            "number": self.number,
            "seed": self.seed,
            "demographics": self.demographics.weights or "balanced",
            "head": self._head.name,
            **self._head.facts,
        }
        return {"stage": "sample-ids", "history": [record], "source": f"{people.start}:{people.stop}"}

    def write(self, people: range, target: Path, tick: Callable[[], None] = lambda: None) -> None:
        """Write the shard of these people."""
        head = self._head
        attributes = {**self._attributes(people), "seed": self.seed}
        with ShardWriter(target, attributes) as out:
            out.append("topology", topology_columns(head.topology))
            for index in people:
                person = draw_identity(head, self.seed, index, *self._groups[index])
                out.append("identities", identity_columns([person]))
                out.append("meshes", {"vertices": head.neutral(person.coefficients)[None]})
                tick()

    def wrote(self, people: range, target: Path) -> bool:
        """Whether `target` is what `write` would write. Raises ShardError if it is damaged."""
        with Shard(target) as done:
            return all(done.attributes.get(name) == value for name, value in self._attributes(people).items())
