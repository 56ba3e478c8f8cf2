"""The colours of pictures and plots, on light and on dark paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Theme:
    """Colours as #rrggbb. Text has a contrast of 4.5 or more to the paper (WCAG 2.2, 1.4.3)."""

    name: str
    paper: str
    ink: str  # of text
    faint: str  # of notes and the ends of scales
    rule: str  # of grid lines and frames
    fill: str  # of bars' tracks, and of the parts of a crop that are outside of its picture
    estimate: str  # what a model says: bars, curves, landmarks
    warning: str
    series: tuple[str, str, str]  # further data, distinct to colour-blind readers too


LIGHT: Final = Theme(
    name="light",
    paper="#ffffff",
    ink="#1c2024",
    faint="#5d656f",
    rule="#d5dae0",
    fill="#e4e8ec",
    estimate="#c4501b",
    warning="#9a5b00",
    series=("#33669e", "#c43d57", "#1b7a31"),  # Paul Tol's bright scheme, darkened for thin lines on white
)
DARK: Final = Theme(
    name="dark",
    paper="#17191d",
    ink="#e9ecef",
    faint="#a0a8b2",
    rule="#3a4049",
    fill="#2b3038",
    estimate="#f2855a",
    warning="#f0b849",
    series=("#7fb2e5", "#f58a9b", "#6cc87e"),
)
THEMES: Final = {theme.name: theme for theme in (LIGHT, DARK)}
