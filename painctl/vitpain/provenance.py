"""What a trained model records of its data, of its validation people, and of what it was trained from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Final

import numpy as np

from painctl.files.fields import Field, check_fields, listed, number, table, text, whole
from painctl.records import UsageError
from painctl.vitpain.sources import PairSource, people
from painctl.vitpain.validation import SCORES, kept_epoch, scores_of, validation_scores

_DATE = "SOURCE_DATE_EPOCH"  # see https://reproducible-builds.org/specs/source-date-epoch
_COUNT = whole(0, 10**12)
_SCORE = number(-1, 16).or_null()
_PART: Final = {"people": _COUNT, "frames": _COUNT}
_DATA: Final = {
    "sha256": text(64),
    "training": table(),
    "validation": table().or_null(),
    "licences": listed(text(), 0, 1000),
}
_VALIDATION: Final = {"epoch": _COUNT, "scores": table(), "median": table()}
_MEDIAN: Final = {"pspi": number(0, 16), "scores": table()}
_INITIAL: Final = {"name": text(1000), "sha256": text(64).or_null(), "licence": text(10_000).or_null()}
FIELDS: Final[dict[str, Field]] = {  # of config.json
    "data": table().optional(),
    "validation": table().or_null(),
    "initial": table().or_null(),
    "date": text(10).optional(),
}


def describe_data(
    content: str, licences: Iterable[str], training: PairSource, validation: PairSource | None
) -> dict[str, Any]:
    """The field `data`: the dataset's digest, how many people and frames were used, and the licences that bind them."""
    return {
        "sha256": content,
        "training": _sizes(training),
        "validation": None if validation is None else _sizes(validation),
        "licences": sorted(licences),
    }


def describe_validation(
    training: PairSource, validation: PairSource | None, rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any] | None:
    """The field `validation`: the scores of the chosen epoch, and of always answering the training frames' median.

    `rows` are those of the log. None without validation people, and for a log without these scores.
    """
    kept = kept_epoch(rows)
    scores = scores_of(kept) if kept else None
    if validation is None or kept is None or scores is None:
        return None
    median = float(np.median(training.pspi))
    constant = np.full(len(validation), median)
    return {
        "epoch": kept["epoch"],
        "scores": scores,
        "median": {"pspi": median, "scores": validation_scores(validation.pspi, constant)},
    }


def beats_median(validation: Mapping[str, Any] | None) -> bool | None:
    """Whether a model's MAE on its validation people is below the median's; None if it does not record that."""
    if not validation:
        return None
    return bool(validation["scores"]["MAE"] < validation["median"]["scores"]["MAE"])


def check_provenance(config: Mapping[str, Any], name: str) -> None:
    """Raise ValueError, which names the file `name` and the field, unless the fields in `FIELDS` are as written."""
    if data := config.get("data"):
        check_fields(data, _DATA, f"{name}: data", others=True)
        for part in ("training", "validation"):
            if data.get(part):
                check_fields(data[part], _PART, f"{name}: data: {part}", others=True)
    if validation := config.get("validation"):
        check_fields(validation, _VALIDATION, f"{name}: validation", others=True)
        check_fields(validation["median"], _MEDIAN, f"{name}: validation: median", others=True)
        scores = dict.fromkeys(SCORES, _SCORE) | {"MAE": number(0, 16)}
        for part in (validation, validation["median"]):
            check_fields(part["scores"], scores, f"{name}: validation: scores", others=True)
    if initial := config.get("initial"):
        check_fields(initial, _INITIAL, f"{name}: initial", others=True)


def stated_date() -> dict[str, str]:
    """The field `date`, if SOURCE_DATE_EPOCH states one: without it, the same training gives the same bytes any day.

    Raises UsageError if that is not a number of seconds since 1970.
    """
    stated = os.environ.get(_DATE)
    if not stated:
        return {}
    try:
        return {"date": datetime.fromtimestamp(int(stated), timezone.utc).date().isoformat()}
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{_DATE} is {stated!r:.40}; expected whole seconds since 1970, or unset it") from None


def _sizes(part: PairSource) -> dict[str, int]:
    return {"people": len(people(part)), "frames": len(part)}
