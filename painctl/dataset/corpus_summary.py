"""What a third-party dataset holds, as plain values for `inspect`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from painctl.corpora.faults import summarise
from painctl.corpora.recognise import corpus_at, open_corpus
from painctl.files.names import printable
from painctl.images.silence import silenced
from painctl.pain.action_units import ACTION_UNITS


def describe_corpus(path: Path) -> dict[str, Any] | None:
    """The people, frames, labels and faults of a corpus or a table of pictures; None if there is none at the path.

    Every picture is read, but faces are not detected. Raises ValueError as `open_corpus`.
    """
    kind = corpus_at(path)
    if not kind:
        return None
    with silenced():
        corpus = open_corpus(path, crop="none" if kind.is_detected else "auto")
    counts = Counter(f"{value:g}" for value in corpus.pspi.tolist())
    return {
        "path": printable(path),
        "corpus": kind.name,
        "people": len(set(corpus.subject.tolist())),
        "frames": len(corpus),
        "label": corpus.label,
        "labels": {value: counts[value] for value in sorted(counts, key=float)},
        "not_coded": [unit for unit, column in zip(ACTION_UNITS, corpus.aus.T, strict=True) if np.isnan(column).all()],
        "reference": corpus.neutral_rule,
        "notes": list(corpus.notes),
        "faults": summarise(corpus.faults),
    }
