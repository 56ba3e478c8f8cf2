"""The face encoder in one sealed file."""

from __future__ import annotations

from typing import Final

from painctl.files.fields import listed, whole
from painctl.likeness.network import Architecture, FaceEncoder
from painctl.runs.network_file import NetworkFile

_SIZES: Final = {
    "size": whole(16, 512),
    "stem": listed(whole(1, 1024), 2, 6),
    "dimensions": whole(1, 4096),
}
ENCODER_FILE: Final = NetworkFile(
    "painctl face encoder 1",
    "face encoder",
    _SIZES,
    lambda fields: FaceEncoder(Architecture(fields["size"], tuple(fields["stem"]), fields["dimensions"])),
)
