"""The backbones that painctl trains from scratch; `vitpain.backbones` builds them."""

from __future__ import annotations


def probe() -> str:
    return ""
