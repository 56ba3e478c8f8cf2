"""The network that locates landmarks in the window of a face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from torch import Tensor, nn
from torch.nn import functional

from painctl.aligner.stem import Stem, standardised

LANDMARKS: Final = 68
DEGREES: Final = 45.0  # yaw and pitch are estimated in this unit
LEAST_SPREAD: Final = 0.002  # of a window's side
WHOLE: Final = (0.5, 0.655, 0.66)  # window of a face in its frame: centre x, y and side, over the frame's side


@dataclass(frozen=True)
class Architecture:
    """The network's sizes. Field names are keys of the file's record."""

    size: int = 80  # of the window, pixels
    stem: tuple[int, ...] = (24, 48, 96, 128)
    hidden: int = 256


class Located(NamedTuple):
    """What the network says of B windows."""

    points: Tensor  # [B, 68, 2], over the window's side
    spread: Tensor  # [B, 68], scale of the Laplace distribution of each coordinate's error, over the window's side
    visible: Tensor  # [B, 68], logit of being in the picture and hidden by nothing
    pose: Tensor  # [B, 2], yaw and pitch of the head, in units of `DEGREES`


class LandmarkNet(nn.Module):
    """Windows, standardised grey levels [B, 1, S, S] -> `Located`."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        channels = architecture.stem
        side = Stem.side(architecture.size, len(channels))
        self.stem = Stem(channels)
        self.hidden = nn.Linear(channels[-1] * side**2, architecture.hidden)
        self.out = nn.Linear(architecture.hidden, LANDMARKS * 4 + 2)
        nn.init.normal_(self.out.weight, std=0.01)

    def forward(self, windows: Tensor) -> Located:
        features = functional.relu(self.hidden(self.stem(windows).flatten(1)))
        points, spread, visible, pose = self.out(features).split([2 * LANDMARKS, LANDMARKS, LANDMARKS, 2], dim=1)
        places = 0.5 + 0.5 * points.unflatten(1, (LANDMARKS, 2))
        return Located(places, functional.softplus(spread - 3) + LEAST_SPREAD, visible, pose)


def grey_levels(windows: Tensor) -> Tensor:
    """What the network takes of windows, uint8 RGB [B, S, S, 3]: standardised grey levels [B, 1, S, S]."""
    return standardised(windows.float().mean(dim=3)[:, None])
