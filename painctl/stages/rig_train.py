"""rig-train: the neural rig, taught on people of the open head."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from painctl import __version__
from painctl.face.head import VERSION, load_head
from painctl.files.publish import atomic_write
from painctl.rig.neural.action_teacher import ActionTeacher
from painctl.rig.neural.training import RigTrainingSettings, teach, untaught
from painctl.rig.neural.training_heads import Teacher, TrainingHead, people, warped
from painctl.rig.neural.triangulations import Triangulation, plain, remeshed
from painctl.rig.neural.weights import Weights, encode
from painctl.runs.devices import choose_device

# triangles, and the seed of each remeshing that people are seen on; those of tests have other seeds
SEEN = ((6500, 1), (4500, 2), (3000, 3), (2000, 4), (3500, 5), (5500, 6), (2500, 7))
TEACHERS: dict[str, type[Teacher]] = {"pain": Teacher, "arkit": ActionTeacher}
_WARPED, _EVERY = 0.002, 4  # metres by which every fourth head is made one that the open model does not have


def rig_train(
    output: Path,
    settings: RigTrainingSettings,
    command: str,
    *,
    device: str = "cpu",
    seconds: float = 60,
    say: Callable[[str], None] = lambda _: None,
    tick: Callable[[], None] = lambda: None,
    log: Callable[[int, dict[str, float]], None] = lambda step, losses: None,
) -> None:
    """Train the neural rig and write it to `output`, complete or absent.

    The run's state is kept in `output`.partial every so many `seconds`, from which the same call goes on. `command`
    goes into the record as it was typed. Raises ValueError for a `device` that is not here.
    """
    device = choose_device(device)
    head = load_head(progress=say)
    say("the people it is taught on, and their operators")
    teacher = TEACHERS[settings.actions].of(head, settings.seed)
    network = untaught(teacher, settings.seed, settings.actions)
    state = output.with_name(f"{output.name}.partial")
    lessons: list[TrainingHead] = []
    for specimen in _specimens(teacher, settings):
        lessons.append(specimen)
        tick()
    say(f"{settings.steps} steps")
    teach(network, lessons, settings, state, tick, log, seconds, device)
    atomic_write(output, encode(Weights(network, teacher.template, record(settings, command))))
    state.unlink()


def record(settings: RigTrainingSettings, command: str) -> dict[str, Any]:
    """How a rig was trained, as plain values."""
    return {"painctl": __version__, "head": VERSION, "command": command, **vars(settings), "seen": SEEN}


def _specimens(teacher: Teacher, settings: RigTrainingSettings):
    """One specimen a person, on the triangulations in turn; every fourth person warped."""
    seen = triangulations(teacher)
    for index, neutral in enumerate(people(teacher.head, settings.people, settings.seed)):
        shape = warped(neutral, _WARPED, settings.seed, index) if index % _EVERY == 0 else neutral
        yield TrainingHead(teacher, shape, seen[index % len(seen)])


def triangulations(teacher: Teacher) -> list[Triangulation]:
    """The head as it is, and its remeshings that are seen in training."""
    base = plain(teacher.head.topology.faces, len(teacher.head.template))
    return [base, *(remeshed(base, teacher.head.template, *which) for which in SEEN)]
