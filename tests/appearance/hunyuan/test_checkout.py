import pytest

from painctl.appearance.hunyuan.checkout import find_checkout


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in ("PAINCTL_HUNYUAN", "PAINCTL_HUNYUAN_PYTHON"):
        monkeypatch.delenv(name, raising=False)


def test_the_top_folder_or_hy3dpaint_is_accepted(standin, monkeypatch):
    for path in (standin.top, standin.folder):
        checkout = find_checkout(path)
        assert (checkout.folder, checkout.python) == (standin.folder, standin.top / ".venv/bin/python")
    monkeypatch.setenv("PAINCTL_HUNYUAN", str(standin.top))
    assert find_checkout() == find_checkout(standin.top)


def test_the_python_of_a_virtual_environment_stays_a_link(standin, monkeypatch, tmp_path):
    link = tmp_path / "python"
    link.symlink_to(standin.top / ".venv/bin/python")
    assert find_checkout(standin.top, link).python == link
    monkeypatch.setenv("PAINCTL_HUNYUAN_PYTHON", str(link))
    assert find_checkout(standin.top).python == link


def test_relative_paths_become_absolute(standin, monkeypatch):
    monkeypatch.chdir(standin.top.parent)
    checkout = find_checkout(standin.top.relative_to(standin.top.parent))
    assert checkout.folder.is_absolute()
    assert checkout.python.is_absolute()


def test_an_error_says_what_is_missing_and_how_to_get_it(standin, tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"git clone .*--hunyuan or PAINCTL_HUNYUAN"):
        find_checkout()
    with pytest.raises(FileNotFoundError, match="nowhere: no such folder"):
        find_checkout(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=r"no hy3dpaint/textureGenPipeline\.py in it"):
        find_checkout(tmp_path)
    with pytest.raises(FileNotFoundError, match="not an executable file"):
        find_checkout(standin.top, tmp_path / "python")
    (standin.top / ".venv/bin/python").unlink()
    with pytest.raises(FileNotFoundError, match="--hunyuan-python"):
        find_checkout(standin.top)


def test_a_placeholder_is_not_taken_for_the_file(standin):
    (standin.folder / "ckpt").mkdir(exist_ok=True)
    for name in ("ckpt/RealESRGAN_x4plus.pth", "textureGenPipeline.py"):
        path = standin.folder / name
        earlier = path.read_bytes() if path.exists() else b"weights"
        path.write_text("version https://git-lfs.github.com/spec/v1\n")
        with pytest.raises(ValueError, match=f"{name}: a Git LFS pointer"):
            find_checkout(standin.top)
        path.write_bytes(earlier)
    find_checkout(standin.top)
