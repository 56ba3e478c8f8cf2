"""The light of a picture: drawn as a few numbers, then turned into lamps and a sky.

Directions are in the camera's axes: x to the right of the picture, y up, z from the face towards the camera.
Radiometry is relative: a white Lambertian surface that faces the camera receives an irradiance of 1 from all lights
together, so that contrast, warmth and direction vary while a face stays well exposed. `exposure` then shifts it by a
fraction of a stop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from painctl.runs.draws import draws

PLACES = ("indoor", "window", "hospital", "outdoor")

PARAMETERS = (
    "place",  # row of PLACES
    "key_azimuth",  # degrees from the camera to the right of the picture
    "key_elevation",  # degrees above the camera
    "key_share",  # 0..1, of the irradiance of a surface that faces the camera
    "key_kelvin",  # correlated colour temperature
    "key_radius",  # degrees, angular radius of the lamp, which softens its shadows
    "fill_azimuth",  # degrees, on the side opposite the key
    "fill_share",  # 0..1, of what the key leaves; the rest comes from the sky
    "rim_strength",  # irradiance from behind, on the side of the fill
    "sky_kelvin",
    "ground_albedo",  # 0..1, brightness of the sky's lower hemisphere relative to the upper
    "white_kelvin",  # the camera's white balance
    "exposure",  # stops
)

# The range of each parameter after `place`, for each place. Two are drawn as differences in mireds, 10^6 / K, which are
# perceptually uniform: the sky from the key (negative is bluer), and the light from the camera's white balance
# (positive is a warm picture). Automatic white balance is off by up to about 15 mireds and leaves lamplight a little
# warm.
_RANGES: dict[str, tuple[tuple[float, float], ...]] = {
    "indoor": (
        (12, 58), (8, 38), (0.48, 0.72), (2900, 4300), (4, 12), (20, 60), (0.25, 0.55), (0.0, 0.4),
        (-35, 15), (0.35, 0.6), (-6, 15), (-0.2, 0.25),
    ),
    "window": (
        (25, 65), (2, 26), (0.52, 0.76), (5200, 6800), (7, 15), (20, 60), (0.20, 0.50), (0.0, 0.4),
        (-5, 35), (0.3, 0.5), (-12, 8), (-0.2, 0.25),
    ),
    "hospital": (
        (0, 45), (20, 48), (0.40, 0.62), (3900, 5600), (6, 14), (10, 50), (0.35, 0.60), (0.0, 0.3),
        (-25, 20), (0.5, 0.75), (-12, 8), (-0.15, 0.25),
    ),
    "outdoor": (
        (15, 60), (12, 45), (0.45, 0.68), (4800, 5800), (3, 8), (20, 60), (0.05, 0.25), (0.1, 0.6),
        (-55, -15), (0.3, 0.5), (-8, 12), (-0.2, 0.25),
    ),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Lights:
    """N lamps, the key first and the others distant, and a sky of two hemispheres, in linear RGB."""

    directions: np.ndarray  # float32 [N, 3], unit, towards the lamp
    irradiance: np.ndarray  # float32 [N, 3], on a surface that faces the lamp
    radii: np.ndarray  # float32 [N], radians, angular radius of the lamp
    sky: np.ndarray  # float32 [3], irradiance of a surface that faces straight up
    ground: np.ndarray  # float32 [3], of one that faces straight down
    exposure: float  # factor on radiance
    distance: float = np.inf  # metres from the centre of the head to the key, whose light falls off with its square

    @property
    def frontal(self) -> np.ndarray:
        """Irradiance [3] of a surface that faces the camera."""
        return np.maximum(self.directions[:, 2], 0) @ self.irradiance + (self.sky + self.ground) / 2

    def sky_irradiance(self, height: np.ndarray) -> np.ndarray:
        """Irradiance [3, N] from the sky on normals of which `height` [N] is the sine of elevation."""
        return self.ground[:, None] + (self.sky - self.ground)[:, None] * (0.5 + 0.5 * height)


def draw_light(seed: int, identity: int, purpose: str) -> np.ndarray:
    """The light of one picture: float32 [13], in the order of `PARAMETERS`."""
    generator = draws(seed, identity, purpose)
    place = int(generator.integers(len(PLACES)))
    side = generator.choice([-1.0, 1.0])
    values = [generator.uniform(low, high) for low, high in _RANGES[PLACES[place]]]
    light = dict(zip(PARAMETERS, [place, *values], strict=True))
    light["key_azimuth"] *= side
    light["fill_azimuth"] *= -side
    key = 1e6 / light["key_kelvin"]
    sky = key + light["sky_kelvin"]
    mixed = light["key_share"] * key + (1 - light["key_share"]) * sky
    light["sky_kelvin"], light["white_kelvin"] = 1e6 / sky, 1e6 / (mixed - light["white_kelvin"])
    return np.array(list(light.values()), np.float32)


def lights_of(parameters: np.ndarray) -> Lights:
    """The lamps and sky described by parameters [13] of `draw_light`."""
    light = dict(zip(PARAMETERS, parameters.astype(np.float64), strict=True))
    white = kelvin_to_rgb(light["white_kelvin"])
    key, sky = (kelvin_to_rgb(light[f"{source}_kelvin"]) / white for source in ("key", "sky"))
    fill_side = np.sign(light["fill_azimuth"]) or 1.0
    directions = np.stack(
        [
            direction(light["key_azimuth"], light["key_elevation"]),
            direction(light["fill_azimuth"], 5.0),
            direction(fill_side * 150.0, 25.0),
        ]
    )
    left = 1 - light["key_share"]
    fill = left * light["fill_share"]
    # the mean of both hemispheres is what key and fill leave
    above = 2 * left * (1 - light["fill_share"]) / (1 + light["ground_albedo"])
    irradiance = np.stack(
        [
            key * light["key_share"] / directions[0, 2],
            (key + sky) / 2 * fill / directions[1, 2],
            sky * light["rim_strength"],
        ]
    )
    return Lights(
        directions=directions.astype(np.float32),
        irradiance=irradiance.astype(np.float32),
        radii=np.radians([light["key_radius"], 40.0, 15.0]).astype(np.float32),
        sky=(above * sky).astype(np.float32),
        ground=(above * light["ground_albedo"] * sky * (1.04, 1.0, 0.94)).astype(np.float32),
        exposure=float(2.0 ** light["exposure"]),
    )


def direction(azimuth: float, elevation: float) -> np.ndarray:
    """The unit vector [3] towards a lamp at these angles in degrees."""
    a, e = np.radians([azimuth, elevation])
    return np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])


def luminance(rgb: np.ndarray) -> float:
    """The luminance of linear sRGB [3] (IEC 61966-2-1)."""
    return float(0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2])


def kelvin_to_rgb(kelvin: float) -> np.ndarray:
    """Linear sRGB of a black body at 1,667 to 25,000 K, with a luminance of 1.

    The Planckian locus is the cubic spline of Kim et al., US patent 7,024,034 (2006); the matrix is from IEC 61966-2-1.
    """
    t = 1000.0 / kelvin
    if kelvin <= 4000:
        x = np.polyval([-0.2661239, -0.2343589, 0.8776956, 0.179910], t)
    else:
        x = np.polyval([-3.0258469, 2.1070379, 0.2226347, 0.240390], t)
    if kelvin <= 2222:
        y = np.polyval([-1.1063814, -1.34811020, 2.18555832, -0.20219683], x)
    elif kelvin <= 4000:
        y = np.polyval([-0.9549476, -1.37418593, 2.09137015, -0.16748867], x)
    else:
        y = np.polyval([3.0817580, -5.87338670, 3.75112997, -0.37001483], x)
    xyz = np.array([x / y, 1.0, (1 - x - y) / y])
    to_rgb = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
    return np.maximum(to_rgb @ xyz, 0.01)
