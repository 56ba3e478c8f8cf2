"""The commands that made a shard, as a shell script, from the history that it holds.

Whatever a history says is quoted: running the script runs painctl and nothing else. What a history does not hold, such
as the user's own files, stands in the script as a variable without which it stops and says what is missing.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from painctl.files.names import one_line
from painctl.stages import CAMERA

Record = Mapping[str, Any]


class NoScript(ValueError):
    """A history that no single pipeline makes; the text says why, without the name of the file."""


def script(history: Sequence[Record], people: int) -> str:
    """A script for sh that makes a shard of this many people again, on its stdout.

    Raises NoScript for steps that differed between the shards of a dataset, unknown steps, and values that could not be
    typed.
    """
    if not history:
        raise NoScript("holds no history")
    commands = [_command(record) for record in history]
    version = one_line(str(history[-1].get("version", "of an unknown version")))
    number = history[0].get("number")
    comments = [f"# Made by painctl {version}. Prints the shard on stdout: add -o FILE.h5 at the end to write a file."]
    if isinstance(number, int) and people < number:
        comments.append(f"# The shard holds {people} of the {number} people that this makes.")
    return "\n".join(["#!/bin/sh", *comments, " |\n  ".join(commands)]) + "\n"


def _command(record: Record) -> str:
    stage = record.get("stage")
    if stage not in _OPTIONS:
        raise NoScript(f"holds a step that this version does not have, {one_line(str(stage))}")
    if varied := record.get("varied"):
        raise NoScript(
            f"was packed from shards whose {stage} had different values of "
            f"{', '.join(map(one_line, map(str, varied)))}; no single pipeline makes it"
        )
    try:
        words = list(_OPTIONS[stage](record))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoScript(f"holds a step {stage} that is not one of this version ({one_line(str(error))})") from None
    return " ".join(["painctl", stage, *words])


def _option(name: str, value: Any) -> str:
    """An option and its value as one word of sh. Raises NoScript for a value that a terminal would obey."""
    text = str(value)
    if not text.replace("\n", " ").isprintable():
        raise NoScript(f"holds {one_line(text)!r} for --{name}, which is not plain text")
    return shlex.quote(f"--{name}={text}")


def _missing(name: str, what: str) -> str:
    """An option whose value the user has to give in a variable; what it was is quoted for sh, inside double quotes."""
    variable = name.upper().replace("-", "_")
    plain = "".join(c for c in one_line(what) if c not in "\"'\\$`{}")  # none of which could end the text
    return f'"--{name}=${{{variable}:?{plain}}}"'


def _joined(values: Sequence[Any]) -> str:
    return ",".join(f"{value:g}" if float(f"{value:g}") == value else repr(float(value)) for value in values)


def _sample_ids(record: Record) -> Iterator[str]:
    yield _option("number", record["number"])
    yield _option("seed", record["seed"])
    head = str(record["head"])
    if "meshes" in record:
        yield _option("model", "mesh")
        yield _missing("mesh", f"the mesh file {', '.join(mesh['file'] for mesh in record['meshes'])}")
        yield _missing("people", "the table of whose heads the meshes are")
        return
    if head.lower().startswith("flame"):
        yield _option("model", "flame")
        yield _missing("flame", f"the model file of {head}")
    weights = record["demographics"]
    yield from [_option("demographics", weights)] if isinstance(weights, str) else _weights(weights)


def _weights(weights: Record) -> Iterator[str]:
    from painctl.stages.sample_ids import load_demographics

    if weights == load_demographics("3dpain").weights:
        yield _option("demographics", "3dpain")
    else:
        yield _missing("demographics", f"a JSON file of the weights {json.dumps(weights)}")


def _render_depth(record: Record) -> Iterator[str]:
    for name in ("size", "renderer"):
        yield _option(name, record[name])


def _kandinsky(record: Record) -> Iterator[str]:
    names = ("prior", "prior_revision", "decoder", "revision", "dtype", "steps", "guidance", "prior_steps", "agreement")
    for name in names:
        if record.get(name) is not None:
            yield _option(name.replace("_", "-"), record[name])
    if "negative_prompt" in record:
        yield _option("negative-prompt", record["negative_prompt"])


def _synth_neutral(record: Record) -> Iterator[str]:
    yield _option("engine", record["engine"])
    yield from _kandinsky(record)


def _texture(record: Record) -> Iterator[str]:
    for name in ("engine", "size"):
        yield _option(name, record[name])
    if record["engine"] == "hunyuan3d":
        yield "${ACCEPT_LICENCE:?set it to --accept-licence to accept the licence of Hunyuan3D}"


def _rig(record: Record) -> Iterator[str]:
    yield _option("engine", record["engine"])
    if "weights" in record:
        from painctl.stages.rig import are_bundled

        if not are_bundled(record["weights"]):
            yield _missing("weights", f"the weights whose sha256 begins with {record['weights']}")
    if "au" in record:
        yield _option("au", ",".join(f"{name}={int(value)}" for name, value in record["au"].items()))
    elif "scores" in record:
        yield _option("pspi", ",".join(str(int(score)) for score in record["scores"]))
    else:
        yield _option("expressions", record["expressions"])
        low, high = record["pspi"]
        yield _option("pspi", low if low == high else f"{low}:{high}")
        if record["pspi_weights"]:
            yield _option("pspi-weights", ",".join(map(repr, record["pspi_weights"])))
    if "prior" in record:
        yield _option("prior", record["prior"])
    faces = record["other"]
    if not isinstance(faces, str):
        faces = ",".join("+".join(f"{name}={value}" for name, value in face.items()) for face in faces)
    yield _option("other", faces)


def _render_views(record: Record) -> Iterator[str]:
    for name in ("yaw", "pitch", "roll"):
        if record.get(name):
            yield _option(name, _joined(record[name]))
    for name in ("jitter", "size", "format", "renderer"):
        yield _option(name, record[name])
    yield _option("camera", record.get("camera", CAMERA))
    if record["backgrounds"]:
        yield _missing("backgrounds", f"the folder of the pictures {', '.join(record['backgrounds'])}")
    occluders = record["occluders"]
    yield _option("occluders", occluders if isinstance(occluders, str) else ",".join(occluders) or "none")
    if "inpaint" in record:
        yield _option("inpaint", record["inpaint"])
        yield from _kandinsky(record)


def _pack(record: Record) -> Iterator[str]:
    yield _option("split", record["split"])
    yield _option("split-seed", record["split_seed"])
    if record["keep"]:
        yield _option("keep", ",".join(record["keep"]))


_OPTIONS: dict[str, Callable[[Record], Iterator[str]]] = {
    "sample-ids": _sample_ids,
    "render-depth": _render_depth,
    "synth-neutral": _synth_neutral,
    "texture": _texture,
    "rig": _rig,
    "render-views": _render_views,
    "pack": _pack,
}
