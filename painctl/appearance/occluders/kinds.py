"""The kinds of occluders: their names, values in masks, and how they are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


from painctl.appearance.occluders.glasses import glasses, sunglasses
from painctl.appearance.occluders.part import Occluder, Part
from painctl.appearance.occluders.surgical_mask import chin_mask, surgical_mask
from painctl.appearance.occluders.wearer import Wearer


@dataclass(frozen=True)
class Kind:
    """One kind of occluder."""

    value: int  # in masks, a multiple of 8
    fit: Callable[[Wearer], list[Part]]


KINDS = {
    "glasses": Kind(8, glasses),
    "sunglasses": Kind(16, sunglasses),
    "mask": Kind(24, surgical_mask),
    "chin-mask": Kind(32, chin_mask),
}


def put_on(wearer: Wearer, names: Sequence[str]) -> list[Occluder]:
    """The objects of these names, fitted to a face."""
    return [Occluder(name, tuple(KINDS[name].fit(wearer))) for name in names]
