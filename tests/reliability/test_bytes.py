"""The same bytes on every machine; `run.py bytes` tests each setting alone, on a longer chain."""

import os
import subprocess
import sys

import pytest
from machines import MACHINES, chain, differing

from painctl.cli.arithmetic import fix_arithmetic

X86 = os.uname().machine == "x86_64"


@pytest.fixture(scope="module")
def expected(head, tmp_path_factory):
    return chain(tmp_path_factory.mktemp("any"), {}, short=True)


@pytest.mark.parametrize(
    "settings",
    [
        ("two threads", "OpenBLAS for Prescott", "numpy without AVX-512", "OpenCV without AVX-512"),
        (
            "pinned to one core",
            "numpy without AVX2",
            "OpenCV without AVX2",
            "OpenCV without IPP",
            "OpenBLAS for SkylakeX",
        ),
    ],
)
def test_bytes_depend_neither_on_threads_nor_on_the_processor(settings, expected, tmp_path):
    machine = {name: value for setting in settings for name, value in MACHINES[setting].items()}
    assert differing(chain(tmp_path, machine, short=True), expected) == []


@pytest.mark.skipif(not X86, reason="the instruction sets are those of x86")
@pytest.mark.parametrize("variable", ["OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "OPENCV_IPP", "OPENCV_CPU_DISABLE"])
def test_what_the_user_sets_does_not_count(variable):
    own, plain = {variable: "2"}, {}
    fix_arithmetic(own)
    fix_arithmetic(plain)
    assert own == plain


@pytest.mark.skipif(not X86, reason="the instruction sets are those of x86")
@pytest.mark.parametrize(
    ("flags", "disabled"),
    [
        ("flags\t\t: fpu sse4_2 avx f16c avx2 avx512f avx512cd avx512bw avx512dq avx512vl", "AVX,FP16,AVX2,AVX512-SKX"),
        ("flags\t\t: fpu sse4_2 avx f16c avx2 avx512f", "AVX,FP16,AVX2"),
        ("flags\t\t: fpu sse4_2", ""),
        ("", ""),
    ],
)
def test_opencv_is_only_told_of_features_that_are_there(flags, disabled, tmp_path):
    (tmp_path / "cpuinfo").write_text(f"processor: 0\n{flags}\n")
    environment = {}
    fix_arithmetic(environment, tmp_path / "cpuinfo")
    assert environment["OPENCV_CPU_DISABLE"] == disabled


@pytest.mark.skipif(not X86, reason="the instruction sets are those of x86")
def test_no_library_has_kernels_above_sse42():
    script = """
import painctl.cli.main, cv2, numpy, threadpoolctl
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
import scipy.linalg
print([name for name in __cpu_dispatch__ if __cpu_features__[name]])
print([name for name in cv2.getCPUFeaturesLine().split() if name.startswith("*AVX") and not name.endswith("?")])
pools = [pool for pool in threadpoolctl.threadpool_info() if pool["internal_api"] == "openblas"]
print({(pool["architecture"], pool["num_threads"]) for pool in pools})
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    dispatched, opencv, blas = done.stdout.splitlines()
    assert (dispatched, opencv, blas) == ("[]", "[]", "{('Nehalem', 1)}")
    assert done.stderr == ""
