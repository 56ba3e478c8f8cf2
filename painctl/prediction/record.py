"""Answers as plain values, for JSON and CSV."""

from __future__ import annotations

from typing import Any

from painctl.pain.action_units import ACTION_UNITS
from painctl.prediction.answers import Answer
from painctl.vitpain.checkpoints import ModelIdentity
from painctl.vitpain.interface import PainModel


def as_record(answer: Answer, identity: ModelIdentity) -> dict[str, Any]:
    """`image`, for a video `frame` and `time`, the outputs that the model has, `reference`, and which model it is.

    Without a prediction there is `error` in place of outputs and reference.
    """
    prediction = answer.prediction
    record: dict[str, Any] = {"image": answer.name}
    if answer.frame is not None:
        record |= {"frame": answer.frame, "time": None if answer.time is None else round(answer.time, 3)}
    source = {"model": identity.name, "model_sha256": identity.digest}
    if prediction is None:
        return {**record, **source, "error": answer.reason}
    heads = {_head(level): round(value, 4) for level, value in prediction.probability.items()}
    units = {} if prediction.aus is None else dict(zip(ACTION_UNITS, prediction.aus.tolist(), strict=True))
    reference = {"reference": "given" if answer.neutral else "none"}
    outputs = {"pspi": round(prediction.pspi, 3), **heads, **{unit: round(v, 3) for unit, v in units.items()}}
    return {**record, **outputs, **reference, **source}


def columns(model: PainModel, timed: bool) -> list[str]:
    """The keys of all records of a model; `timed` if the sources include a video."""
    units = ACTION_UNITS if model.has_action_units else ()
    names = ["image", *(("frame", "time") if timed else ()), "pspi", *map(_head, model.levels), *units]
    return [*names, "reference", "model", "model_sha256", "error"]


def _head(level: int) -> str:
    return "probability" if level == 1 else f"probability>={level}"
