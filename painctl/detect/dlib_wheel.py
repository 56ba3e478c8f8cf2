"""dlib where it can run: its wheel is compiled for CPUs with AVX, and on others its import ends the process."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Any

_CPUID_1, _ACTIVE_ECX, _AVX_BIT = 0, 6, 28  # in glibc's table of CPU features
_CPUINFO = Path("/proc/cpuinfo")
_ADVICE = "detect faces with --detector FILE.onnx, or give cropped pictures and --crop none"


def load_dlib(cpuinfo: Path = _CPUINFO) -> Any:
    """The module dlib. Raises ImportError that says what to do instead where it is missing, broken or cannot run."""
    if not has_avx(cpuinfo):
        raise ImportError(f"the default face detector, dlib, needs a CPU with AVX, which this one lacks; {_ADVICE}")
    try:
        import dlib

        if not hasattr(dlib, "get_frontal_face_detector"):  # a folder or another package of this name
            raise ImportError("it has no frontal face detector")
    except (ImportError, OSError, AttributeError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise ImportError(
            f"the default face detector, dlib, cannot be loaded ({reason}); reinstall it with "
            f"`pip install --force-reinstall dlib-bin`, or {_ADVICE}"
        ) from None
    return dlib


def has_avx(cpuinfo: Path) -> bool:
    """Whether an x86 has AVX, by `cpuinfo` and by what it tells this process; True for other kinds of CPU.

    The two differ in an emulator, whose `cpuinfo` is that of the machine.
    """
    try:
        fields = [line.partition(":") for line in cpuinfo.read_text(errors="replace").splitlines()]
    except OSError:
        fields = []
    flags = [value.split() for name, _, value in fields if name.strip() == "flags"]
    if not flags and (fields or os.uname().machine not in ("x86_64", "i686")):
        return True
    return all("avx" in names for names in flags) and _avx_is_active()


def _avx_is_active() -> bool:
    """The answer of the C library (sys/platform/x86.h, glibc 2.33 and newer); True if it has none.

    Not OpenCV's, which painctl holds to older instructions.
    """
    try:
        leaf: Any = ctypes.CDLL(None)["__x86_get_cpuid_feature_leaf"]
    except (OSError, AttributeError):
        return True
    leaf.argtypes, leaf.restype = [ctypes.c_uint], ctypes.POINTER(ctypes.c_uint32 * 8)
    return bool(leaf(_CPUID_1).contents[_ACTIVE_ECX] >> _AVX_BIT & 1)
