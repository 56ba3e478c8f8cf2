import numpy as np
import pytest
import torch

from painctl.images.resize import center_crop
from painctl.vitpain.inference import BATCH, predict_pairs, predict_source

RNG = np.random.default_rng(0)


def pictures(count, height=48, width=48):
    return list(RNG.integers(0, 256, (count, height, width, 3), dtype=np.uint8))


def predict(model, pain, neutral):
    """Each picture paired with every neutral one."""
    predictions = predict_pairs(
        model,
        [[(center_crop(face, 48, 1.0), center_crop(calm, 48, 1.0)) for calm in neutral] for face in pain],
    )
    return [predictions[row] for row in range(len(pain))]


def test_a_prediction_is_the_models_output_in_units_of_pspi(tiny):
    model, pain, neutral = tiny(), pictures(3), pictures(1)
    predictions = predict(model, pain, neutral)
    batch = torch.from_numpy(np.stack(pain)), torch.from_numpy(np.stack(neutral * 3))
    with torch.no_grad():
        outputs = model.eval()(*batch)
    for row, prediction in enumerate(predictions):
        assert prediction.pspi == pytest.approx(16 * outputs.pspi[row].item(), rel=1e-5)
        assert prediction.probability[1] == pytest.approx(outputs.logit[row].sigmoid().item(), rel=1e-5)
        assert prediction.aus == pytest.approx(outputs.aus[row].numpy().clip(0, [5] * 5 + [1]), rel=1e-5)


def test_several_neutrals_are_averaged(tiny):
    model, pain, neutral = tiny(), pictures(2), pictures(3)
    separate = [predict(model, pain, [picture]) for picture in neutral]
    for row, together in enumerate(predict(model, pain, neutral)):
        assert together.pspi == pytest.approx(np.mean([rows[row].pspi for rows in separate]), rel=1e-5)
        assert together.probability[1] == pytest.approx(
            np.mean([rows[row].probability[1] for rows in separate]), rel=1e-5
        )
        assert together.aus == pytest.approx(np.mean([rows[row].aus for rows in separate], axis=0), rel=1e-5)


def test_pictures_of_any_size(tiny):
    predictions = predict(tiny(), pictures(1, 50, 80) + pictures(1, 31, 30), pictures(1, 200, 120))
    assert all(0 <= prediction.pspi <= 16 and 0 <= prediction.probability[1] <= 1 for prediction in predictions)


def test_batches_do_not_matter_and_the_training_mode_is_restored(tiny):
    model = tiny().train()
    pairs = [[pair] for pair in zip(pictures(BATCH + 3), pictures(BATCH + 3), strict=True)]
    together, last = predict_pairs(model, pairs), predict_pairs(model, pairs[-1:])
    assert together.aus.shape == (BATCH + 3, 6)
    assert together.pspi[-1] == pytest.approx(last.pspi[0], rel=1e-4)
    assert model.training


def test_frames_of_a_source_are_predicted_in_order(tiny, drawn_faces):
    model, source = tiny(), drawn_faces([1, 2], 4)
    all_frames, two_frames = predict_source(model, source), predict_source(model, source, [6, 1])
    assert two_frames.pspi == pytest.approx(all_frames.pspi[[6, 1]], rel=1e-4)


@pytest.mark.parametrize(
    ("head", "value"),
    [("pspi", np.nan), ("binary", np.nan), ("binary", np.inf), ("action_units", np.nan), ("action_units", np.inf)],
)
def test_an_output_of_any_head_that_is_not_finite_is_reported(tiny, drawn_faces, head, value):
    model, source = tiny(), drawn_faces([1, 2], 2)
    assert predict_pairs(model, [[(pictures(1)[0], pictures(1)[0])]])[0].is_finite
    biases = [parameter for name, parameter in getattr(model, head).named_parameters() if name.endswith("bias")]
    biases[-1].data.fill_(value)
    assert not predict_pairs(model, [[(pictures(1)[0], pictures(1)[0])]])[0].is_finite
    with pytest.raises(ValueError, match=r"^1/0: an output of the model is NaN or infinite \(4 such frames\); lower"):
        predict_source(model, source)


def test_the_expected_error_is_in_units_of_pspi_and_must_be_finite(tiny_hybrid):
    model, pain, neutral = tiny_hybrid().eval(), pictures(3), pictures(1)
    with torch.no_grad():
        outputs = model(torch.from_numpy(np.stack(pain)), torch.from_numpy(np.stack(neutral * 3)))
    spreads = [prediction.spread for prediction in predict(model, pain, neutral)]
    assert spreads == pytest.approx((16 * outputs.spread).tolist(), rel=1e-5)
    model.spread[-1].bias.data.fill_(np.nan)
    assert not any(prediction.is_finite for prediction in predict(model, pain, neutral))
