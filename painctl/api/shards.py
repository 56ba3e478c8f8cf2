"""Shards in Python; without torch."""

from __future__ import annotations

import os
from pathlib import Path

from painctl.shard.reader import Shard


def open_shard(path: str | os.PathLike[str]) -> Shard:
    """A shard of any stage, every byte of it checked; use it as a context manager.

    >>> with painctl.open_shard(dataset_path) as shard:
    ...     shard.rows("frames") > 0, "PSPI" in [column.name for column in shard.columns("expressions")]
    (True, True)

    Raises ValueError if it is not a valid shard.
    """
    return Shard(Path(path))
