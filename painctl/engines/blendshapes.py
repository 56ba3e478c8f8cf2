"""The open rig: ARKit blendshapes of the head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from painctl.records import Topology
from painctl.rig.blendshapes import BlendshapeRig


class Blendshapes:
    """Rigs heads that have ARKit actions."""

    record: Mapping[str, Any] = {}

    def rig(self, topology: Topology) -> BlendshapeRig:
        if "eyeBlinkLeft" not in topology.action_names:
            raise ValueError(
                "the head has no ARKit actions, which --engine blendshapes needs; --engine neural does not"
            )
        return BlendshapeRig(topology)


def probe() -> str:
    return ""


def build() -> Blendshapes:
    return Blendshapes()
