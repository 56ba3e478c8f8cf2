"""The terms of Hunyuan3D-Paint's licence that concern a dataset of faces."""

from __future__ import annotations

from typing import Final

# sections 5b and 5c of the Tencent Hunyuan 3D 2.1 Community License Agreement, 13 June 2025
LICENCE: Final = (
    "Tencent Hunyuan 3D 2.1 Community License: neither it nor what it makes may be used in the European Union, the "
    "United Kingdom or South Korea, and what it makes may not be used to improve another AI model"
)
