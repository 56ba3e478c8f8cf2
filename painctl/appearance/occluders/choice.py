"""Which occluders a face has in `natural` pictures.

The shares are ours, chosen so that each kind is met in every hundred people and about half of all faces have none;
they are no statistics of a population. Glasses follow age; what belongs to a bed is commoner in a hospital gown. What a
person wears is drawn once, and is then on nearly all of their faces, the neutral too: glasses come off now and then, a
mask is pulled up or down.
"""

from __future__ import annotations

from painctl.appearance.occluders.fringe import has_fringe
from painctl.appearance.occluders.kinds import KINDS
from painctl.records import Identity
from painctl.runs.draws import draws

KEPT = 0.85  # share of a person's faces that have what the person wears

_SHARES = {  # of people
    "glasses": 0.20,
    "sunglasses": 0.02,
    "mask": 0.06,
    "chin-mask": 0.025,
    "cannula": 0.05,
    "oxygen-mask": 0.025,
    "gastric-tube": 0.025,
    "bandage": 0.03,
    "headscarf": 0.03,
    "cap": 0.06,
    "fringe": 0.08,
}
_IN_HOSPITAL = {
    "cannula": 0.20,
    "oxygen-mask": 0.08,
    "gastric-tube": 0.10,
    "bandage": 0.07,
    "cap": 0.08,
    "sunglasses": 0.0,
}
_HAND = 0.03  # of faces
_STANDING = {"pillow": 0.05, "bed-rail": 0.02, "monitor": 0.02}  # of people, and of their views
_STANDING_IN_HOSPITAL = {"pillow": 0.45, "bed-rail": 0.12, "monitor": 0.15}


def draw_worn(person: Identity, expression: int) -> list[str]:
    """What a person wears on one face, in the order of `KINDS`."""
    shares = _SHARES | (_IN_HOSPITAL if _is_patient(person) else {})
    if person.age_group == "elderly":
        shares = shares | {"glasses": 0.42, "fringe": 0.04}
    if person.gender == "man":
        shares = shares | {"headscarf": 0.0, "fringe": 0.04}
    if not has_fringe(person.haircut):
        shares = shares | {"fringe": 0.0}
    owned = draws(person.seed, person.identity, "occluders/worn").random(len(shares))
    there = draws(person.seed, person.identity, f"occluders/worn/{expression}").random(len(shares)) < KEPT
    chosen = [name for name, chance, on in zip(shares, owned, there, strict=True) if chance < shares[name] and on]
    if draws(person.seed, person.identity, f"occluders/hand/{expression}").random() < _HAND:
        chosen.append("hand")
    return without_clashes(chosen)


def draw_standing(person: Identity, purpose: str, hospital: bool) -> list[str]:
    """What stands around a person in the view `purpose`; `hospital` is whether its light is that of a ward."""
    shares = _STANDING_IN_HOSPITAL if _is_patient(person) else _STANDING
    in_bed = draws(person.seed, person.identity, "occluders/bed").random() < shares["pillow"]
    chance = draws(person.seed, person.identity, f"occluders/{purpose}").random(2)
    beside = [name for name, value in zip(("bed-rail", "monitor"), chance, strict=True) if value < shares[name]]
    return ["pillow"] * in_bed + (beside if hospital else [])


def without_clashes(names: list[str]) -> list[str]:
    """The names without those whose place on the head an earlier one takes."""
    taken: set[str] = set()
    kept = []
    for name in names:
        if taken.isdisjoint(KINDS[name].places):
            kept.append(name)
            taken.update(KINDS[name].places)
    return kept


def clash(names: list[str]) -> tuple[str, str, str] | None:
    """Two of the names that cannot be worn together, and the place that both take; None if there are none."""
    taken: dict[str, str] = {}
    for name in names:
        for place in KINDS[name].places:
            if place in taken:
                return taken[place], name, place
        taken |= dict.fromkeys(KINDS[name].places, name)
    return None


def _is_patient(person: Identity) -> bool:
    return person.garment == "hospital gown"
