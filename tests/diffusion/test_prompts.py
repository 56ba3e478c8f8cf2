from dataclasses import replace

import pytest

from painctl.diffusion.prompts import PLACES, hair_words, surroundings_prompt
from painctl.face.grooming import CUTS
from painctl.face.identity import draw_identity


@pytest.fixture
def person(head):
    drawn = draw_identity(head, 3, 0, "young", "man", "Latino")
    return replace(drawn, haircut="buzz")


def test_prompts_are_worded_like_the_published_examples(person):
    assert person.prompt == "A young Latino man with a neutral expression"
    prompts = {surroundings_prompt(person, f"view/{number}/0") for number in range(200)}
    assert "Portrait of a young man with buzz cut in cozy living room" in prompts
    assert prompts == {f"Portrait of a young man with buzz cut in {place}" for place in PLACES}


def test_a_prompt_depends_on_the_person_and_the_picture(person):
    assert surroundings_prompt(person, "view/1/0") == surroundings_prompt(person, "view/1/0")
    old = replace(person, age_group="elderly", gender="woman", haircut="long")
    assert surroundings_prompt(old, "view/1/0").startswith("Portrait of an elderly woman with long hair in ")


def test_every_haircut_is_described():
    words = [hair_words(cut) for cut in CUTS]
    assert len(set(words)) == len(CUTS)
    assert not {"receding", "buzz", "crop", "tied"} & set(words)
    assert hair_words("mohawk") == "mohawk"
