import csv
import io
import json

import pytest

from painctl.cli.records import Csv, Json, Lines
from painctl.files.names import parse_csv_text

STILL = {"image": "a b,c.png", "pspi": 3.25, "probability": 0.5, "AU4": 1.0, "AU43": 0.25}
FRAME = {"image": "v.mp4", "frame": 3, "time": 0.12, "pspi": 16.0, "pspi_sd": 1.25}
FAILED = {"image": "d.png", "error": "no face found"}


def written(make, *records):
    out = io.BytesIO()
    writer = make(out)
    for record in records:
        writer.write(record)
    writer.close()
    return out.getvalue().decode()


def test_lines_to_read():
    assert written(Lines, STILL, FAILED, FRAME).splitlines() == [
        "a b,c.png: PSPI 3.2  P(pain) 50 %  AU4 1.0  AU43 0.2",
        "v.mp4 frame 3, 0.12 s: PSPI 16.0 ± 1.2",
    ]


@pytest.mark.parametrize("records", [[], [STILL], [STILL, FAILED, FRAME]])
def test_json_is_an_array_with_one_line_per_record(records):
    text = written(lambda out: Json(out, single=False), *records)
    assert json.loads(text) == records
    assert len(text.splitlines()) == max(1, len(records))


def test_json_of_one_picture_is_the_record():
    text = written(lambda out: Json(out, single=True), STILL)
    assert json.loads(text) == STILL
    assert text.endswith("}\n")


def test_csv_has_empty_cells_for_missing_values():
    columns = ["image", "frame", "time", "pspi", "pspi_sd", "probability", "AU4", "AU43", "error"]
    rows = list(csv.DictReader(io.StringIO(written(lambda out: Csv(out, columns), STILL, FRAME, FAILED))))
    assert [{k: v for k, v in row.items() if v} for row in rows] == [
        {name: str(value) for name, value in record.items()} for record in (STILL, FRAME, FAILED)
    ]
    assert list(rows[0]) == columns


def test_each_record_is_flushed_at_once():
    class FlushRecorder(io.BytesIO):
        flushed = 0

        def flush(self):
            self.flushed = len(self.getvalue())

    for make in (Lines, lambda out: Json(out, single=False), lambda out: Csv(out, list(STILL))):
        out = FlushRecorder()
        make(out).write(STILL)
        assert out.flushed == len(out.getvalue()) > 0


def test_no_cell_of_a_csv_is_a_formula():
    names = ["=1+1.png", "+a.png", "-a.png", "@a.png", "'a.png", "a.png"]
    text = written(lambda out: Csv(out, ["image", "pspi"]), *({"image": name, "pspi": -1.5} for name in names))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert not any(row["image"].startswith(("=", "+", "-", "@")) for row in rows)
    assert [parse_csv_text(row["image"]) for row in rows] == names
    assert {row["pspi"] for row in rows} == {"-1.5"}  # numbers stay numbers


@pytest.mark.parametrize("before", range(3))
def test_json_that_an_interrupted_write_ends_is_valid(before):
    class Interrupted(io.BytesIO):
        def write(self, data):
            if len(self.getvalue()) and data != b"]\n" and self.left == 0:
                raise KeyboardInterrupt
            self.left -= data != b"["
            return super().write(data)

    out = Interrupted()
    out.left = before
    writer = Json(out, single=False)
    with pytest.raises(KeyboardInterrupt):
        for _ in range(3):
            writer.write(STILL)
    writer.close()
    assert json.loads(out.getvalue()) == [STILL] * before
