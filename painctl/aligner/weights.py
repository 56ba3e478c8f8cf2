"""The aligner in one sealed file."""

from __future__ import annotations

from typing import Final

from painctl.aligner.network import Architecture, LandmarkNet
from painctl.files.fields import listed, whole
from painctl.runs.network_file import NetworkFile

_SIZES: Final = {
    "size": whole(16, 512),
    "stem": listed(whole(1, 1024), 2, 6),
    "hidden": whole(1, 4096),
}
ALIGNER_FILE: Final = NetworkFile(
    "painctl aligner 1",
    "aligner",
    _SIZES,
    lambda fields: LandmarkNet(Architecture(fields["size"], tuple(fields["stem"]), fields["hidden"])),
)
encode, read, read_record = ALIGNER_FILE.encode, ALIGNER_FILE.read, ALIGNER_FILE.read_record
