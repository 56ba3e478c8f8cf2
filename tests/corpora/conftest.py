import json
import shutil

import cv2
import made_corpora
import numpy as np
import pytest


@pytest.fixture
def unbc(made_unbc, tmp_path):
    """A copy of two people of UNBC-McMaster whose 16 frames have no fault."""
    for kind in ("Images", "Frame_Labels/PSPI", "Frame_Labels/FACS", "AAM_landmarks"):
        for person in ("042-ab042", "047-ab047"):
            shutil.copytree(made_unbc.folder / kind / person, tmp_path / "data/UNBC" / kind / person)
    return tmp_path / "data/UNBC"


LABELS = {"AU4": 2, "AU6": 1, "AU7": 0, "AU9": 0, "AU10": 3, "AU43": 1, "PSPI": 7}


@pytest.fixture
def published(tmp_path):
    """Three people of 3DPain, with two expressions and two views each, in a split each: 12 frames."""
    folder, rng = tmp_path / "data/3DPain", np.random.default_rng(0)
    (folder / "meshes_inpainted").mkdir(parents=True)
    (folder / "annotations").mkdir()
    rows = ["annotation_base_name,split"]
    for person in range(3):
        for face in ("neutral", "pain_1", "pain_2"):
            base = f"flame_sample_{person:04d}_{face}"
            for view in range(2):
                picture = folder / "meshes_inpainted" / f"{base}_textured_view_{view:03d}_inpainted.jpg"
                cv2.imwrite(str(picture), rng.integers(0, 255, (24, 24, 3), dtype=np.uint8))
            if face != "neutral":
                (folder / "annotations" / f"{base}_annotations.json").write_text(json.dumps(LABELS))
                rows.append(f"{base},{person}")
    (folder / "split.csv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture
def lab(made_unbc, tmp_path):
    """A copy of the lab's three files."""
    shutil.copytree(made_unbc.lab, tmp_path / "data/lab")
    return tmp_path / "data/lab"


@pytest.fixture(scope="session")
def rendered(portraits):
    """Rendered faces of two people, at rest and at PSPI 12, from three sides."""
    return made_corpora.rendered(portraits)


@pytest.fixture
def ck(rendered, tmp_path):
    """CK+ with three sequences of each of two people."""
    return made_corpora.write_ck(tmp_path / "data/CK+", rendered)


@pytest.fixture
def table(rendered, tmp_path):
    """A CSV file with the same pictures as `ck`, in the order in which that is read."""
    return made_corpora.write_table(tmp_path / "data/own/labels.csv", rendered)


@pytest.fixture
def disfa(rendered, tmp_path):
    """DISFA with videos of the left camera of two people, six frames each."""
    return made_corpora.write_disfa(tmp_path / "data/DISFA", rendered)


@pytest.fixture
def biovid(rendered, tmp_path):
    """BioVid with two videos of each of two people, three frames each."""
    return made_corpora.write_biovid(tmp_path / "data/BioVid", rendered)
