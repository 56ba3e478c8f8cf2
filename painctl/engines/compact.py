"""The compact backbone, trained from scratch by painctl; `vitpain.backbones` builds it."""

from __future__ import annotations


def probe() -> str:
    return ""
