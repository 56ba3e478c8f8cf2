import pytest

from painctl.vitpain.settings import COMPACT, TrainingSettings, defaults


def test_defaults_are_the_papers_for_a_pretrained_backbone():
    assert defaults(backbone="L") == TrainingSettings()
    assert defaults(backbone="L", cross_validation=True) == TrainingSettings()
    papers = TrainingSettings()
    assert (papers.learning_rate, papers.weight_decay, papers.epochs) == (1e-5, 0.1, 100)
    assert (papers.pspi_loss, papers.binary_loss, papers.au_loss) == (1.0, 1.0, 0.1)


def test_defaults_of_the_compact_model_and_of_pwct():
    assert defaults() == COMPACT
    assert defaults("pwct").epochs == 60


@pytest.mark.parametrize("model", ["vitpain", "vanilla-vit", "pwct"])
@pytest.mark.parametrize("preset", ["paper", "released"])
@pytest.mark.parametrize("backbone", ["compact", "L"])
def test_pain_is_drawn_more_often_from_real_frames_whatever_the_model(model, preset, backbone):
    for cross_validation in (False, True):
        assert defaults(model, backbone, preset, False, cross_validation).pain_weight == 1
        assert defaults(model, backbone, preset, True, cross_validation).pain_weight == 2


@pytest.mark.parametrize("name", ["accumulate", "batch_size", "learning_rate"])
def test_invalid_settings_are_rejected(name):
    with pytest.raises(ValueError, match=f"{name} is 0"):
        TrainingSettings(**{name: 0})


def test_the_share_of_missing_references_is_a_probability_and_needs_augmentation():
    with pytest.raises(ValueError, match="reference_dropout is 1; expected a probability below 1"):
        TrainingSettings(reference_dropout=1)
    with pytest.raises(ValueError, match=r"rest_share is -0\.5; expected a probability below 1"):
        TrainingSettings(rest_share=-0.5)
    with pytest.raises(ValueError, match="reference_dropout needs augmentation"):
        TrainingSettings(reference_dropout=0.5, augment="none")
