from pathlib import Path

from painctl.prediction.quality import WARNINGS, Quality
from painctl.prediction.record import columns
from painctl.prediction.record_fields import FIELDS, schema, schema_text, with_tables
from painctl.vitpain.model import build

DOCS = Path(__file__).parents[2] / "docs"


def test_the_docs_are_current():
    remedy = "run `python -m painctl.cli.manual` in the project's folder and commit docs/"
    formats = (DOCS / "formats.md").read_text()
    assert formats == with_tables(formats), remedy
    assert (DOCS / "records.schema.json").read_text() == schema_text(), remedy


def test_every_column_is_defined_in_the_order_of_the_table():
    names = columns(build("hybrid"), timed=True, chosen=True, rest=True, people=True)
    assert names == [field.name for field in FIELDS if not field.repeated]
    assert [*schema()["properties"]] == names


def test_every_warning_is_defined():
    assert [*Quality(1, 0, 90, 0, 0, 1, 1).warnings] == [*WARNINGS]
