import pytest

from painctl.appearance.hunyuan.checkout import find_checkout


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in ("PAINCTL_HUNYUAN", "PAINCTL_HUNYUAN_PYTHON"):
        monkeypatch.delenv(name, raising=False)


def test_its_top_or_its_folder_will_do(standin, monkeypatch):
    for path in (standin.top, standin.folder):
        found = find_checkout(path)
        assert (found.folder, found.python) == (standin.folder, standin.top / ".venv/bin/python")
    monkeypatch.setenv("PAINCTL_HUNYUAN", str(standin.top))
    assert find_checkout() == find_checkout(standin.top)


def test_the_python_of_a_virtual_environment_stays_a_link(standin, monkeypatch, tmp_path):
    link = tmp_path / "python"
    link.symlink_to(standin.top / ".venv/bin/python")
    assert find_checkout(standin.top, link).python == link
    monkeypatch.setenv("PAINCTL_HUNYUAN_PYTHON", str(link))
    assert find_checkout(standin.top).python == link


def test_relative_names_hold_from_any_folder(standin, monkeypatch):
    monkeypatch.chdir(standin.top.parent)
    found = find_checkout(standin.top.relative_to(standin.top.parent))
    assert found.folder.is_absolute()
    assert found.python.is_absolute()


def test_what_is_missing_is_told_and_how_to_get_it(standin, tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"git clone .*--hunyuan or PAINCTL_HUNYUAN"):
        find_checkout()
    with pytest.raises(FileNotFoundError, match="nowhere: no such folder"):
        find_checkout(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=r"no hy3dpaint/textureGenPipeline\.py in it"):
        find_checkout(tmp_path)
    with pytest.raises(FileNotFoundError, match="no program that can be run"):
        find_checkout(standin.top, tmp_path / "python")
    (standin.top / ".venv/bin/python").unlink()
    with pytest.raises(FileNotFoundError, match="--hunyuan-python"):
        find_checkout(standin.top)
