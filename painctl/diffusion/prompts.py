"""Kandinsky's prompts, in the wording of the published examples of "Pain in 3D" (arXiv 2509.16727).

A portrait: "A young Latino man with a neutral expression", which `sample-ids` writes into the shard. The surroundings
of a face: "Portrait of a young man with buzz cut in cozy living room".
"""

from __future__ import annotations

from painctl.records import Identity
from painctl.runs.draws import draws

# What later stages cannot use, and low quality. Both fit into CLIP's 77 tokens.
NOT_IN_PORTRAITS = (
    "smile, teeth, open mouth, closed eyes, glasses, hat, jewelry, hair over the face, hand, turned head, painting, "
    "drawing, cartoon, text, watermark, lowres, blurry, deformed, disfigured, duplicate, cropped"
)
NOT_ABOUT_FACES = (
    "hat, glasses, hand, second person, crowd, frame, text, watermark, painting, drawing, cartoon, lowres, deformed, "
    "disfigured, duplicate, cropped"
)

# by the haircuts of face/grooming.py
_HAIR = {
    "bald": "shaved head",
    "receding": "receding hair",
    "buzz": "buzz cut",
    "crop": "short hair",
    "side part": "side parted hair",
    "swept back": "swept back hair",
    "afro": "afro hair",
    "bob": "bob haircut",
    "long": "long hair",
    "tied": "hair in a ponytail",
    "fade": "fade haircut",
    "forward": "French crop",
    "quiff": "quiff",
    "pixie": "pixie cut",
    "permed": "short permed hair",
    "fringe bob": "bob haircut with bangs",
    "fringe": "long hair with bangs",
    "bun": "hair in a bun",
    "plaits": "two plaits",
    "braids": "long box braids",
}
PLACES = (
    "cozy living room",
    "hospital room",
    "doctor's office",
    "waiting room",
    "physiotherapy room",
    "modern kitchen",
    "old library",
    "bright office",
    "quiet cafe",
    "bedroom with curtains",
    "classroom",
    "photo studio",
    "sunny park",
    "garden in autumn",
    "city street",
    "train station",
)


def hair_words(haircut: str) -> str:
    """How a prompt describes a haircut; an unknown haircut by its own name."""
    return _HAIR.get(haircut, haircut)


def surroundings_prompt(person: Identity, purpose: str) -> str:
    """The prompt for the surroundings of a face in the picture `purpose`: the person's hair, and a random place."""
    generator = draws(person.seed, person.identity, f"{purpose}/place")
    place = PLACES[generator.integers(len(PLACES))]
    article = "an" if person.age_group[:1] in "aeiou" else "a"
    return f"Portrait of {article} {person.age_group} {person.gender} with {hair_words(person.haircut)} in {place}"
