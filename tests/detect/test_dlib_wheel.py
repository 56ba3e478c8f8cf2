"""dlib where it can run: by the flags of the CPU, and by whether it can be imported."""

import sys

import pytest

from painctl.detect.dlib_wheel import has_avx, load_dlib

CPUINFO = "processor\t: 0\nflags\t\t: fpu sse2 {}\n\nprocessor\t: 1\nflags\t\t: fpu sse2 {}\n"


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


def test_what_opencv_was_made_to_leave_out_is_no_lack_of_the_cpu(described, monkeypatch):
    monkeypatch.setattr("cv2.checkHardwareSupport", lambda feature: False)
    path = described(CPUINFO.format("avx", "avx"))
    assert not has_avx(path)  # an emulator, whose /proc/cpuinfo is that of the machine
    monkeypatch.setenv("OPENCV_CPU_DISABLE", "AVX")
    assert has_avx(path)


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
