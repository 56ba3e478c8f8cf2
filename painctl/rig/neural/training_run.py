"""A complete training run, from settings to weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from torch import get_num_threads

from painctl import __version__
from painctl.face.head import VERSION, load_head
from painctl.rig.neural.arkit_source import ArkitSourceRig
from painctl.rig.neural.source_rig import SourceRig
from painctl.rig.neural.training import RigTrainingSettings, RunOptions, initial_network, train
from painctl.rig.neural.training_heads import REMESHINGS, training_heads
from painctl.rig.neural.weights import Weights

SOURCE_RIGS: Final[dict[str, type[SourceRig]]] = {"pain": SourceRig, "arkit": ArkitSourceRig}


def train_rig(settings: RigTrainingSettings, command: str, run: RunOptions, say: Callable[[str], None]) -> Weights:
    """Train a neural rig. `command` is recorded with the weights; `run.tick` is also called for each head prepared."""
    head = load_head()
    say("preparing the people to train on")
    source = SOURCE_RIGS[settings.actions].of(head, settings.seed)
    network = initial_network(source, settings.seed, settings.actions)
    heads = []
    for prepared in training_heads(source, settings.people, settings.seed):
        heads.append(prepared)
        run.tick()
    say(f"training for {settings.steps} steps")
    train(network, heads, settings, run)
    return Weights(network, source.template, {**training_record(settings, command), "threads": get_num_threads()})


def training_record(settings: RigTrainingSettings, command: str) -> dict[str, Any]:
    """How a rig was trained, as plain values."""
    return {"painctl": __version__, "head": VERSION, "command": command, **vars(settings), "seen": REMESHINGS}
