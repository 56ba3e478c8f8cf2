"""The fields of predict's records: one definition, from which the JSON Schema and the tables in the docs are made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from painctl.pain.action_units import ACTION_UNITS, MAX_PSPI
from painctl.prediction.quality import OTHER_PERSON, WARNINGS

_ESTIMATE = "unless there is an error"
_FACE = "if a face was detected"
_HEAD = "if the model has that head"
DOUBTFUL: Final = "doubtful neutral"  # a warning about the neutral pictures, beside those of `quality`


@dataclass(frozen=True)
class RecordField:
    """A field of a record."""

    name: str
    kind: str  # of JSON: string, number, integer or boolean
    present: str  # when a record has it, in words
    meaning: str  # with its unit and range, in Markdown
    decimals: int | None = None
    least: float | None = None
    most: float | None = None
    values: tuple[str, ...] = ()  # if there are no others
    pattern: str = ""  # a regular expression that a text, or the name of a `repeated` field, matches
    repeated: bool = False  # stands for all fields whose names match `pattern`
    can_be_null: bool = False
    openface: str = ""  # the column of OpenFace 2 that means the same
    pyfeat: str = ""  # and of py-feat


def _unit(name: str) -> RecordField:
    number = name.removeprefix("AU")
    openface = "" if name == "AU43" else f"AU{number:0>2}_r"
    most = 1 if name == "AU43" else 5
    scale = f"intensity, 0..{most}, of {_UNIT_NAMES[name]}"
    return RecordField(name, "number", _HEAD, scale, 3, 0, most, openface=openface, pyfeat=f"AU{number:0>2} (0..1)")


_UNIT_NAMES: Final = {
    "AU4": "brow lowerer",
    "AU6": "cheek raiser",
    "AU7": "lid tightener",
    "AU9": "nose wrinkler",
    "AU10": "upper lip raiser",
    "AU43": "eyes closed",
}
_SIDES: Final = {
    "face_left": "FaceRectX",
    "face_top": "FaceRectY",
    "face_right": "FaceRectX + FaceRectWidth",
    "face_bottom": "FaceRectY + FaceRectHeight",
}
FIELDS: Final = (
    RecordField(
        "person",
        "string",
        "if the table of `--pairs` has that column, or a folder has a folder for each person",
        "the person, as printable text",
    ),
    RecordField(
        "image",
        "string",
        "always",
        "the path as printable text; for a shard, `PATH/person/expression/view`",
        pyfeat="input",
    ),
    RecordField(
        "frame",
        "integer",
        "videos that can be read",
        "index of the frame, from 0",
        least=0,
        openface="frame (from 1)",
        pyfeat="frame",
    ),
    RecordField(
        "time",
        "number",
        "videos that can be read",
        "seconds; empty (JSON: `null`) if the video states neither times nor a possible frame rate",
        3,
        0,
        can_be_null=True,
        openface="timestamp",
        pyfeat="approx_time (mm:ss)",
    ),
    RecordField("pspi", "number", _ESTIMATE, "0..16", 3, 0, MAX_PSPI),
    RecordField(
        "pspi_sd",
        "number",
        _HEAD,
        "the standard deviation expected of the error of `pspi`, see [Predict](predict.md#expected-error)",
        3,
        0,
    ),
    RecordField("probability", "number", _HEAD, "0..1, of PSPI >= 1", 4, 0, 1),
    RecordField(
        "probability>=2` to `probability>=16",
        "number",
        "with `--binary 1,2,3`",
        "0..1, of PSPI >= 2, 3, ...",
        4,
        0,
        1,
        pattern="^probability>=([2-9]|1[0-6])$",
        repeated=True,
    ),
    *map(_unit, ACTION_UNITS),
    RecordField(
        "reference",
        "string",
        _ESTIMATE,
        "`given`: compared with a neutral face that `--neutral`, the table or the shard gives; `chosen`: with those of "
        "`--neutral auto`; `none`: estimated from the face alone",
        values=("given", "chosen", "none"),
    ),
    RecordField(
        "reference_image",
        "string",
        "if the neutral face is of a picture file",
        "the path of the neutral picture as printable text; several are joined by a vertical bar",
    ),
    RecordField(
        "neutral",
        "boolean",
        f"with `--neutral auto`, {_ESTIMATE}",
        "whether this face is one of those that were chosen (in CSV `True`, `False`)",
    ),
    RecordField(
        "rest",
        "number",
        "if the model also estimates a face alone, with `--neutral` or a neutral picture in the table",
        "PSPI of the neutral face, estimated alone; of several, the highest",
        3,
        0,
        MAX_PSPI,
    ),
    *(
        RecordField(
            side,
            "integer",
            _FACE,
            "pixels: its box, brows to chin; it may leave the picture",
            pyfeat=name,
        )
        for side, name in _SIDES.items()
    ),
    RecordField(
        "face_score",
        "number",
        _FACE,
        "score of the detector, of the one that comes with painctl 0.5 to 1",
        3,
        pyfeat="FaceScore",
    ),
    RecordField("face_pixels", "integer", _ESTIMATE, "side of the face's box, brows to chin, in the picture", least=0),
    RecordField("sharpness", "number", _ESTIMATE, "0..1, see [Predict](predict.md#quality)", 3, 0, 1),
    RecordField(
        "yaw",
        "number",
        _ESTIMATE,
        "degrees, estimated: of the head to its own left",
        1,
        -180,
        180,
        openface="pose_Ry (radians)",
        pyfeat="Yaw",
    ),
    RecordField(
        "pitch",
        "number",
        _ESTIMATE,
        "degrees, estimated: upwards",
        1,
        -180,
        180,
        openface="pose_Rx (radians)",
        pyfeat="Pitch",
    ),
    RecordField(
        "roll",
        "number",
        _ESTIMATE,
        "degrees, estimated: towards the head's left shoulder in the picture",
        1,
        -180,
        180,
        openface="pose_Rz (radians)",
        pyfeat="Roll",
    ),
    RecordField(
        "hidden",
        "number",
        _ESTIMATE,
        "share of the 68 landmarks that are hidden or outside the crop, estimated",
        2,
        0,
        1,
    ),
    RecordField(
        "landmark_error",
        "number",
        _ESTIMATE,
        "expected error of the landmarks' coordinates, over the side of the face's box",
        3,
        0,
    ),
    RecordField(
        "likeness",
        "number",
        "if there is a neutral picture; not for frames of a shard, which are of one person",
        "how much the face resembles the neutral one, the least similar of several, -1..1, see "
        "[Predict](predict.md#quality)",
        3,
        -1,
        1,
    ),
    RecordField(
        "warning",
        "string",
        "if there is one",
        f"{', '.join(f'`{name}`' for name in (*WARNINGS, OTHER_PERSON))}, or `{DOUBTFUL}`: `rest` is high; several "
        "with `; ` between",
        pattern="^({0})(; ({0}))*$".format("|".join(map(re.escape, (*WARNINGS, OTHER_PERSON, DOUBTFUL)))),
    ),
    RecordField(
        "model",
        "string",
        "always",
        "the name of the model's folder; `painctl model` and a version for the one that comes with painctl",
    ),
    RecordField(
        "model_sha256",
        "string",
        "always",
        "the first 16 hexadecimal digits of the SHA-256 of its `model.safetensors`",
        pattern="^[0-9a-f]{16}$",
    ),
    RecordField("painctl_version", "string", "always", "the version of painctl"),
    RecordField("error", "string", "instead of numbers", "the reason, in a few words"),
)


def kind_of(name: str) -> str:
    """The JSON type of a field by its name in a record."""
    kinds = {field.name: field.kind for field in FIELDS}
    repeated = (field.kind for field in FIELDS if field.repeated and re.match(field.pattern, name))
    return kinds[name] if name in kinds else next(repeated)


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a record, with the order of the fields."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A record of painctl predict",
        "description": "Research software. Not a medical device, not for the care of any person.",
        "type": "object",
        "properties": {field.name: _property(field) for field in FIELDS if not field.repeated},
        "patternProperties": {field.pattern: _property(field) for field in FIELDS if field.repeated},
        "additionalProperties": False,
        "required": [field.name for field in FIELDS if field.present == "always"],
        "oneOf": [{"required": ["pspi", "reference"]}, {"required": ["error"]}],
        "dependentRequired": {"frame": ["time"], "time": ["frame"]},
    }


def schema_text() -> str:
    """The schema as the text of a file."""
    return json.dumps(schema(), indent=1) + "\n"


def table() -> str:
    """The fields as a table in Markdown."""
    head = ["field", "type", "present", "meaning"]
    return _markdown(head, [(f"`{f.name}`", _type(f), f.present, f.meaning) for f in FIELDS])


def equivalents() -> str:
    """The columns of OpenFace 2 and py-feat that mean the same, as a table in Markdown."""
    rows = [(f"`{f.name}`", _code(f.openface), _code(f.pyfeat)) for f in FIELDS if f.openface or f.pyfeat]
    return _markdown(["field", "OpenFace 2", "py-feat"], rows)


TABLES: Final[dict[str, Callable[[], str]]] = {"fields": table, "equivalents": equivalents}


def with_tables(text: str) -> str:
    """A page with its tables made again, between `<!-- NAME -->` and `<!-- end of NAME -->`."""
    for name, make in TABLES.items():
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, _, rest = text.partition(start)
        _, _, after = rest.partition(end)
        text = f"{before}{start}\n{make()}\n\n{end}{after}"
    return text


def _property(field: RecordField) -> dict[str, Any]:
    limits = {
        "minimum": field.least,
        "maximum": field.most,
        "enum": [*field.values] or None,
        "pattern": None if field.repeated else field.pattern or None,
    }
    kind: str | list[str] = [field.kind, "null"] if field.can_be_null else field.kind
    about = f"{field.meaning} (present: {field.present})".replace("`", "")
    about = re.sub(r"\[[^]]*\]\(([^)#]*)[^)]*\)", r"docs/\1", about)  # a link of Markdown
    return {"type": kind, "description": about, **{name: value for name, value in limits.items() if value is not None}}


def _type(field: RecordField) -> str:
    plural = "s" if field.decimals and field.decimals > 1 else ""
    return field.kind if field.decimals is None else f"{field.kind}, {field.decimals} decimal{plural}"


def _code(name: str) -> str:
    column, note = name.partition(" (")[::2]
    return f"`{column}`{f' ({note}' if note else ''}" if name else ""


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])
