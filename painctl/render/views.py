"""The angles from which a face is rendered."""

from __future__ import annotations

from painctl.runs.draws import draws

WIDEST = 3.0  # standard deviations at which the jitter is clipped


def draw_angles(seed: int, identity: int, purpose: str, yaw: float, pitch: float, jitter: float) -> tuple[float, float]:
    """Yaw and pitch in degrees, each with normal noise of standard deviation `jitter` degrees.

    Positive yaw turns the head to its own left, positive pitch looks up. `purpose` identifies the view.
    """
    turn, nod = draws(seed, identity, purpose).standard_normal(2).clip(-WIDEST, WIDEST) * jitter
    return float(yaw + turn), float(pitch + nod)


def draw_roll(seed: int, identity: int, purpose: str, roll: float, jitter: float) -> float:
    """Roll in degrees with the same noise; positive tilts the head towards its left shoulder."""
    tilt = draws(seed, identity, f"{purpose}/roll").standard_normal() * jitter
    return float(roll + min(max(tilt, -WIDEST * jitter), WIDEST * jitter))
