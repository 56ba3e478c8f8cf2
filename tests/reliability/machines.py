"""The whole chain under the settings by which machines differ: threads, cores, kernels and instruction sets."""

from __future__ import annotations

import os
from pathlib import Path

from commands import shell

_NUMPY = "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"
_OLD_NUMPY = "AVX2 FMA3 AVX512F AVX512_SKX"
_NO_FMA = "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX2,-FMA,-FMA4,-AVX"

# what a machine or a user sets, as environment variables; CORES is for taskset
MACHINES: dict[str, dict[str, str]] = {
    "one thread": {"OMP_NUM_THREADS": "1"},
    "two threads": dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "2"),
    "pinned to one core": {"CORES": "0"},
    "numpy without AVX-512": {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"},
    "numpy without AVX2": {"NPY_DISABLE_CPU_FEATURES": _NUMPY},
    "numpy without AVX2, by its older names": {"NPY_DISABLE_CPU_FEATURES": _OLD_NUMPY},
    "OpenCV without AVX-512": {"OPENCV_CPU_DISABLE": "AVX512-SKX"},
    "OpenCV without AVX2": {"OPENCV_CPU_DISABLE": "AVX2,AVX512-SKX"},
    "OpenCV without IPP": {"OPENCV_IPP": "disabled"},
    "OpenBLAS for Prescott": {"OPENBLAS_CORETYPE": "Prescott"},
    "OpenBLAS for Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "OpenBLAS for SkylakeX": {"OPENBLAS_CORETYPE": "SkylakeX"},
    "torch and MKL without AVX2": {"ATEN_CPU_CAPABILITY": "default", "MKL_CBWR": "COMPATIBLE"},
}
# not promised: the C library chooses its own sines
OLD_PROCESSOR = {"GLIBC_TUNABLES": _NO_FMA, **MACHINES["numpy without AVX2"], **MACHINES["OpenCV without AVX2"]}

_SHORT = """
painctl sample-ids -n 2 --seed 5 -o ids.h5
painctl texture --size 128 ids.h5 -o textures.h5
painctl rig --pspi 12 textures.h5 -o faces.h5
painctl render-views --size 64 --views 1 faces.h5 -o frames.h5
"""
_LONG = """
painctl sample-ids -n 6 --seed 5 -o ids.h5
painctl render-depth --size 256 ids.h5 -o depth.h5
painctl synth-neutral depth.h5 -o portraits.h5
painctl texture --size 256 portraits.h5 -o textures.h5
painctl texture --engine bake --size 256 portraits.h5 -o bake.h5
painctl rig --pspi 4,16 textures.h5 -o faces.h5
painctl rig --engine neural --pspi 12 bake.h5 -o neural.h5
painctl render-views --size 256 --views 3 faces.h5 -o frames.h5
painctl render-views --size 512 --views 1 neural.h5 -o pulled.h5
painctl pack --split 50,50,0 frames.h5 -o data.h5
"""


def chain(folder: Path, machine: dict[str, str], short: bool = False) -> dict[str, bytes]:
    """The bytes of every shard of the pipeline on such a machine. Raises AssertionError if a command fails.

    Variables of this kind that are set already do not count.
    """
    inherited = [name for name in os.environ if name.startswith(("OPENBLAS_", "OMP_", "NPY_", "OPENCV_"))]
    unset = " ".join(name for name in inherited if name not in machine)
    variables = {name: value for name, value in machine.items() if name != "CORES"}
    pin = f"taskset -p -c {machine['CORES']} $$ >/dev/null; " if "CORES" in machine else ""
    done = shell(f"set -e; unset {unset or '_'}; {pin}{_SHORT if short else _LONG}", folder, **variables)
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.h5"))}


def differing(shards: dict[str, bytes], expected: dict[str, bytes]) -> list[str]:
    """The names of the shards whose bytes are not the expected ones."""
    return [name for name in expected if shards.get(name) != expected[name]]
