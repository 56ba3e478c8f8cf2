import pytest

from painctl.stages.engines import survey_engines


@pytest.fixture
def flame_as(monkeypatch):
    """The status of FLAME if PAINCTL_FLAME is this path."""

    def status(path):
        monkeypatch.setenv("PAINCTL_FLAME", str(path))
        return next(engine for engine in survey_engines() if engine.name == "flame")

    return status


def test_flame_works_if_its_file_is_valid(flame_as, flame_file):
    engine = flame_as(flame_file)
    assert (engine.stage, engine.works) == ("sample-ids", True)
    assert str(flame_file) in engine.note
    assert "non-commercial" in engine.note


def test_missing_flame_files_are_named(flame_as, flame_file, tmp_path):
    without_template = tmp_path / "generic_model.pkl"
    without_template.symlink_to(flame_file)
    for path, words in (
        ("", "no model; name generic_model.pkl (2020), flame2023.pkl"),
        (tmp_path / "no.pkl", "no.pkl"),
        (without_template, "put head_template.obj beside it"),
    ):
        engine = flame_as(path)
        assert not engine.works
        assert words in engine.note
