import pytest

from painctl.stages.engines import survey_engines


@pytest.fixture
def flame_as(monkeypatch):
    """What is said of FLAME where PAINCTL_FLAME names this file."""

    def said(path):
        monkeypatch.setenv("PAINCTL_FLAME", str(path))
        return next(engine for engine in survey_engines() if engine.name == "flame")

    return said


def test_flame_works_where_its_file_does(flame_as, flame_file):
    engine = flame_as(flame_file)
    assert (engine.stage, engine.works) == ("sample-ids", True)
    assert str(flame_file) in engine.note
    assert "non-commercial" in engine.note


def test_what_flame_lacks_is_told(flame_as, flame_file, tmp_path):
    alone = tmp_path / "generic_model.pkl"
    alone.symlink_to(flame_file)
    for path, words in (
        ("", "no model; name generic_model.pkl (2020), flame2023.pkl"),
        (tmp_path / "no.pkl", "no.pkl"),
        (alone, "put head_template.obj beside it"),
    ):
        engine = flame_as(path)
        assert not engine.works
        assert words in engine.note
