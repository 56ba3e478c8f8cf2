"""From where a face is seen."""

from __future__ import annotations

from painctl.runs.draws import draws

WIDEST = 3.0  # jitter beyond this many standard deviations is cut


def draw_angles(
    seed: int, identity: int, purpose: str, yaw: float, pitch: float, jitter: float = 2.0
) -> tuple[float, float]:
    """Yaw and pitch in degrees, each with a normal change of standard deviation `jitter` degrees.

    Yaw is the turn of the head to its own left, pitch its nod, positive looking up. `purpose` names the view.
    """
    turn, nod = draws(seed, identity, purpose).standard_normal(2).clip(-WIDEST, WIDEST) * jitter
    return float(yaw + turn), float(pitch + nod)
