"""Pretrained DINOv3 backbones; `vitpain.pretrained` loads them."""

from __future__ import annotations

from painctl.vitpain.pretrained import find_backbone


def probe(size: str) -> str:
    """The folder of a backbone of size S, B or L in the hub's cache."""
    return str(find_backbone(size))
