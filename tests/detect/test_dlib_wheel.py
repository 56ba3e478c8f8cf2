"""dlib where it can run: by the flags of the CPU, and by whether it can be imported."""

import os
import platform
import subprocess
import sys

import pytest

from painctl.detect.dlib_wheel import load_dlib

CPUINFO = "processor\t: 0\nflags\t\t: fpu sse2 {}\n\nprocessor\t: 1\nflags\t\t: fpu sse2 {}\n"


def has_glibc(*version):
    name, number = platform.libc_ver()
    return name == "glibc" and tuple(map(int, number.split("."))) >= version


@pytest.fixture
def described(tmp_path):
    def write(text):
        (tmp_path / "cpuinfo").write_text(text)
        return tmp_path / "cpuinfo"

    return write


@pytest.mark.parametrize("flags", [("", ""), ("ssse3 sse4_2", "avx2x"), ("avx", "sse4_2")])
def test_without_avx_the_error_names_what_works_instead(described, flags):
    with pytest.raises(ImportError, match=r"needs a CPU with AVX, .*--detector FILE\.onnx, .*--crop none"):
        load_dlib(described(CPUINFO.format(*flags)))


def test_with_avx_and_on_other_kinds_of_cpu_it_is_loaded(described):
    for text in (CPUINFO.format("avx avx2", "avx"), "processor\t: 0\nFeatures\t: fp asimd\n"):
        assert load_dlib(described(text)).get_frontal_face_detector


@pytest.mark.skipif(os.uname().machine != "x86_64" or not has_glibc(2, 33), reason="glibc 2.33 on x86-64 tells")
def test_what_the_cpu_tells_the_process_counts_as_in_an_emulator(described):
    """glibc can be made to answer as on a CPU without AVX; its cpuinfo stays that of the machine."""
    path = described(CPUINFO.format("avx", "avx"))
    command = [
        sys.executable,
        "-c",
        f"from painctl.detect import dlib_wheel as d; print(d.has_avx(d.Path({str(path)!r})))",
    ]
    for tunables, answer in (("", b"True\n"), ("glibc.cpu.hwcaps=-AVX", b"False\n")):
        assert subprocess.check_output(command, env={**os.environ, "GLIBC_TUNABLES": tunables}) == answer


@pytest.mark.parametrize(
    "code",
    ["raise ImportError('libX.so: cannot open')", "raise OSError('undefined symbol')", "", "import nothing_of_it"],
)
def test_a_missing_or_broken_dlib_is_one_error_that_names_what_works_instead(tmp_path, monkeypatch, code):
    (tmp_path / "dlib.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "dlib", raising=False)
    with pytest.raises(ImportError, match=r"cannot be loaded \(.+\); reinstall .*--detector FILE\.onnx.*--crop none"):
        load_dlib()
    sys.modules.pop("dlib", None)
