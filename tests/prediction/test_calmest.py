import numpy as np
import pytest
from made_steps import Reports

from painctl.images.encode import decode_rgb
from painctl.prediction.answers import answers
from painctl.prediction.calmest import choose_calmest
from painctl.prediction.shots import Shot
from painctl.shard.reader import Shard
from painctl.vitpain.model import build

FLAT = np.full((100, 100, 3), 128, np.uint8)


@pytest.fixture(scope="module")
def model():
    return build("compact")


@pytest.fixture(scope="module")
def clear_faces(portraits):
    """Twelve rendered faces."""
    with Shard(portraits) as shard:
        frames = [decode_rgb(data, "frame") for data in shard.read("frames", "image")]
    return [*frames, *(np.ascontiguousarray(frame[:, ::-1]) for frame in frames)][:12]


class Film:
    """A video with these frames."""

    is_video, has_references, is_complete = True, False, True

    def __init__(self, name, frames):
        self.name, self.count, self._frames = name, len(frames), frames

    def __iter__(self):
        for number, image in enumerate(self._frames):
            yield Shot(self.name, lambda image=image: image, number, number / 25)

    def remark(self):
        return ""


def test_the_faces_of_lowest_pspi_without_a_reference_are_chosen_among_all_clear_ones(model, clear_faces):
    films = [Film("a.avi", [FLAT, *clear_faces[:6]]), Film("b.avi", [*clear_faces[6:], FLAT])]
    alone = [
        (answer.prediction.pspi, answer.name, answer.frame, answer.face)
        for film in films
        for answer in answers(model, film, (), None, strict=True)
        if answer.prediction
    ]
    assert len(alone) == 12
    expected = sorted(alone, key=lambda row: row[0])[:3]
    calmest = choose_calmest(model, films, None, Reports())
    assert calmest.shots == [row[1:3] for row in expected]
    assert all(np.array_equal(face.picture, row[3]) for face, row in zip(calmest.faces, expected, strict=True))
    assert calmest.listed == ", ".join(f"{name} frame {frame}" for _, name, frame, _ in expected)


@pytest.mark.parametrize(("clear", "chosen"), [(1, 1), (7, 1), (8, 2), (12, 3)])
def test_at_most_a_quarter_of_the_clear_faces_and_at_least_one_is_chosen(model, clear_faces, clear, chosen):
    film = Film("a.avi", [*clear_faces[:clear], FLAT, FLAT])
    assert len(choose_calmest(model, [film], None, Reports()).faces) == chosen


def test_without_a_clear_face_the_error_says_what_to_do(model):
    with pytest.raises(ValueError, match="--neutral auto: no clear face to compare with; name a neutral PICTURE"):
        choose_calmest(model, [Film("a.avi", [FLAT])], None, Reports())
