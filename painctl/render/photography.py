"""The photographic range: what light, sensor and file do to a picture besides what scene.py draws for every picture.

Each effect is a few numbers with units, 0 where it is absent. They are drawn apart from the scene, which stays as it
would be without them: an effect changes pixels and nothing else. relight.py and exposure.py apply them.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from painctl.runs.draws import draws

CLEAN: Final = "clean"  # no effects
VARIED: Final = "varied"  # every effect, each in the share of pictures given by `SHARES`

PARAMETERS = (
    "flash",  # 0..1, share of the light on the face that comes from a flash beside the lens
    "flash_azimuth", "flash_elevation",  # degrees, from the lens to the right and upwards
    "side",  # degrees, azimuth of the key light, on the side where the scene has it
    "shadow_fill",  # irradiance that the side light leaves in the shadows; the key gives 1
    "backlight",  # stops by which the surroundings are brighter than the light on the face
    "metering",  # 0..1, share of these stops by which the camera underexposes the face
    "gain",  # stops of sensor gain for want of light
    "dim",  # stops that the gain leaves missing
    "cast",  # mireds, error of the white balance; positive is an orange picture
    "tint",  # stops by which green exceeds red and blue
    "shake",  # widths of the picture that the camera moves during the exposure
    "shake_angle",  # degrees, direction of this movement
    "grey_red",  # 0..1, weight of red in a black-and-white picture
    "pixels",  # side of the picture as recorded, before it is enlarged
    "quality",  # of a JPEG file, from which the picture was taken
)  # fmt: skip

# The range of each parameter, by effect. The first two of a cast are of its size, which gets a random sign.
_RANGES: dict[str, dict[str, tuple[float, float]]] = {
    "flash": {"flash": (0.7, 0.97), "flash_azimuth": (-4, 4), "flash_elevation": (1, 9)},
    "side": {"side": (75, 95), "shadow_fill": (0.04, 0.2)},
    "backlight": {"backlight": (1.5, 3.5), "metering": (0.3, 0.7)},
    "dark": {"gain": (2, 5), "dim": (0.2, 1)},
    "cast": {"cast": (40, 130), "tint": (0, 0.25)},
    "shake": {"shake": (0.006, 0.03), "shake_angle": (0, 180)},
    "grey": {"grey_red": (0.1, 0.6)},
    "small": {"pixels": (76, 200)},
    "jpeg": {"quality": (12, 60)},
}
EFFECTS = tuple(_RANGES)
_SIGNED = ("cast", "tint")

# The share of varied pictures with each effect. One picture has at most one of the first three, which rule the light.
# Each of the others is drawn on its own; about one picture in six has none at all.
SHARES = {
    "flash": 0.12, "side": 0.14, "backlight": 0.10,
    "dark": 0.15, "cast": 0.18, "shake": 0.10, "grey": 0.18, "small": 0.25, "jpeg": 0.30,
}  # fmt: skip
_RULING = ("flash", "side", "backlight")


def parse_effects(text: str) -> tuple[str, ...]:
    """The effects of a choice: `CLEAN`, `VARIED`, or names of `EFFECTS` joined by commas.

    `VARIED` is returned as itself. Raises ValueError for anything else, and for two effects that rule the light.
    """
    if text in (CLEAN, VARIED):
        return () if text == CLEAN else (VARIED,)
    names = tuple(text.split(","))
    if unknown := [name for name in names if name not in EFFECTS]:
        raise ValueError(
            f"unknown effect {unknown[0]!r}; expected {CLEAN}, {VARIED}, or a list of {', '.join(EFFECTS)}"
        )
    if len(ruling := [name for name in dict.fromkeys(names) if name in _RULING]) > 1:
        raise ValueError(f"{ruling[0]} and {ruling[1]} both rule the light; leave one out")
    return names


def draw_photography(seed: int, identity: int, purpose: str, effects: tuple[str, ...]) -> np.ndarray:
    """The effects on one picture: float32 [16], in the order of `PARAMETERS`; `effects` as from `parse_effects`.

    The values of an effect do not depend on which others are chosen.
    """
    generator = draws(seed, identity, purpose)
    chances, ruling = generator.random(len(SHARES)), generator.random()
    chosen = _varied(chances, ruling) if effects == (VARIED,) else effects
    values = {}
    for effect, ranges in _RANGES.items():
        for name, (low, high) in ranges.items():
            value = generator.uniform(low, high) * (generator.choice([-1, 1]) if name in _SIGNED else 1)
            values[name] = value if effect in chosen else 0.0
    return np.array([values[name] for name in PARAMETERS], np.float32)


def _varied(chances: np.ndarray, ruling: float) -> tuple[str, ...]:
    """The effects of a varied picture, for uniform numbers `chances` [9] and `ruling`."""
    chosen = [effect for effect, chance in zip(SHARES, chances, strict=True) if chance < SHARES[effect]]
    ends = np.cumsum([SHARES[effect] for effect in _RULING])
    light = int(np.searchsorted(ends, ruling, side="right"))
    return tuple(_RULING[light : light + 1]) + tuple(effect for effect in chosen if effect not in _RULING)


def named(parameters: np.ndarray | None) -> dict[str, float]:
    """The parameters [16] by name; those of a clean picture for None."""
    values = np.zeros(len(PARAMETERS)) if parameters is None or not parameters.size else parameters.astype(np.float64)
    return dict(zip(PARAMETERS, values.tolist(), strict=True))
