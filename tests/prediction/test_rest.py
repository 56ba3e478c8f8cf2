import numpy as np
import pytest
import torch

from painctl.prediction.faces import Reference
from painctl.prediction.rest import rest_scores
from painctl.vitpain.checkpoints import Checkpoint
from painctl.vitpain.model import build
from painctl.vitpain.model_folder import ModelIdentity
from painctl.vitpain.sources import blank_picture

FACES = list(np.random.default_rng(0).integers(0, 255, (2, 200, 200, 3), dtype=np.uint8))
REFERENCES = [*map(Reference, FACES)]


def checkpoint(model, **training):
    return Checkpoint(model, ModelIdentity("model", "0" * 16), "", training, "")


def test_the_scores_are_estimates_without_a_reference():
    model = build("compact").eval()
    scores = rest_scores(checkpoint(model, reference_dropout=0.3), REFERENCES)
    fitted = torch.from_numpy(np.stack([model.architecture.preprocess.fit(face) for face in FACES]))
    with torch.no_grad():
        expected = 16 * model(fitted, torch.from_numpy(np.stack([blank_picture(48)] * 2))).pspi
    assert scores == pytest.approx(expected.numpy(), rel=1e-5)


def test_models_that_cannot_estimate_a_face_alone_give_none():
    assert rest_scores(checkpoint(build("compact")), REFERENCES) is None
    assert rest_scores(checkpoint(build("compact", reference=False)), REFERENCES) is None
    assert rest_scores(checkpoint(build("compact"), reference_dropout=0.3), []) is None
