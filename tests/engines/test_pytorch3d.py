import sys

import pytest

from painctl.engines import pytorch3d


def test_an_unknown_device_is_rejected():
    pytest.importorskip("pytorch3d", reason="needs the pytorch3d extra")
    with pytest.raises(ValueError, match=r"--device abacus: .*omit --device for the CPU"):
        pytorch3d.build("abacus")


def test_without_the_extra_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pytorch3d.renderer.mesh", None)
    with pytest.raises(ImportError, match=r"--renderer pytorch3d: .*pip install 'painctl\[pytorch3d\]'$"):
        pytorch3d.build("cpu")
