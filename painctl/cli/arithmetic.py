"""The same arithmetic on every processor, whatever its instruction sets and the number of its cores.

numpy, OpenBLAS, OpenCV and IPP each choose their kernels for the processor at hand, and kernels differ in the order of
sums and in the last bit of a logarithm. All are held to SSE4.2, which every processor that numpy runs on has.
docs/reliability.md says what that costs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

_ENVIRONMENT = {
    "OPENBLAS_CORETYPE": "Nehalem",
    "OPENCV_IPP": "sse42",
    # every name above SSE4.2 that numpy has had; it ignores those that its version does not have
    "NPY_DISABLE_CPU_FEATURES": (
        "AVX F16C FMA3 AVX2 AVX512F AVX512CD AVX512_KNL AVX512_KNM AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL "
        "AVX512_SPR X86_V3 X86_V4"
    ),
}
# OpenCV's features above SSE4.2, and the flags in /proc/cpuinfo of a processor that has them: OpenCV prints a warning
# about a feature that is switched off and not there
_OPENCV = {
    "AVX": {"avx"},
    "FP16": {"f16c"},
    "AVX2": {"avx2"},
    "AVX512-SKX": {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"},
}
# torch's own, which only the neural rig needs; training and inference are many times faster without them
_TORCH = {"ATEN_CPU_CAPABILITY": "default", "MKL_CBWR": "COMPATIBLE", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def fix_arithmetic(environment: MutableMapping[str, str] = os.environ, cpuinfo: Path = Path("/proc/cpuinfo")) -> None:
    """Set the variables that numpy, OpenBLAS, OpenCV and IPP read when they are imported.

    What they were set to before does not count: the output must not depend on it.
    """
    environment["OPENBLAS_NUM_THREADS"] = "1"  # the sums of several threads are added in another order
    if os.uname().machine != "x86_64":
        return
    flags = _processor_flags(cpuinfo)
    environment.update(_ENVIRONMENT)
    environment["OPENCV_CPU_DISABLE"] = ",".join(name for name, needed in _OPENCV.items() if needed <= flags)


def fix_torch(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set the variables that torch and MKL read when they are imported."""
    environment.update(_TORCH)


def limit_threads(count: int | None, few: bool = False, environment: MutableMapping[str, str] = os.environ) -> None:
    """Have torch compute with so many threads, or as OMP_NUM_THREADS says; with neither, with one if `few`.

    Networks of few and small operations spend more time on waiting for their threads than on computing.
    """
    if count is None:
        if environment.get("OMP_NUM_THREADS") or not few:
            return
        count = 1
    environment["OMP_NUM_THREADS"] = environment["MKL_NUM_THREADS"] = str(count)
    if torch := sys.modules.get("torch"):  # has read them already
        torch.set_num_threads(count)


def _processor_flags(cpuinfo: Path) -> set[str]:
    """The flags of the first processor; none if they cannot be read."""
    try:
        with cpuinfo.open() as lines:
            return next((set(line.split()) for line in lines if line.startswith("flags")), set())
    except OSError:
        return set()
