import pytest

from painctl.files.text import read_json, read_table, read_text

ROWS = [{"name": "s1", "split": "0"}, {"name": "s2", "split": "1"}]


@pytest.mark.parametrize(
    "data",
    [
        b"name,split\ns1,0\ns2,1\n",
        b"\xef\xbb\xbfname,split\r\ns1,0\r\ns2,1\r\n",  # Excel
        b"name,split\rs1,0\rs2,1",  # old Mac
        "name,split\ns1,0\ns2,1\n".encode("utf-16"),
        "\ufeffname,split\ns1,0\ns2,1\n".encode("utf-8-sig"),  # two marks
        b"name,split\r\ns1,0\r\ns2,1\r\n\x1a",  # DOS
        "name,split\ns1,0\ns2,1\n".encode("utf-32"),
        b"name, split\ns1, 0 \n\ns2 ,1\n , \n\n",
        b'"name","split"\n"s1","0"\n"s2", "1"\n',
        b"name;split\ns1;0\ns2;1\n",
        b"name\tsplit\ns1\t0\ns2\t1\n",
        b"sep=;\r\nname;split\r\ns1;0\r\ns2;1\r\n",  # Excel
        b"name,split,,\ns1,0,,\ns2,1\n",  # columns that were once used
    ],
)
def test_tables_are_read_as_people_save_them(tmp_path, data):
    (tmp_path / "split.csv").write_bytes(data)
    assert read_table(tmp_path / "split.csv") == ROWS


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"name,split\ns1\n", r"line 2: 1 cells; the header has 2"),
        (b"name,split\ns1,0\ns2,1,2\n", r"line 3: 3 cells"),
        (b"name,name\ns1,0\n", r"column 'name' is there twice"),
        (b"name\ncaf\xe9\n", r"line 2: byte 8 of the file is not UTF-8 text; save it as UTF-8"),
        ("name\ns1\n".encode("utf-16-le"), r"not a text file, or UTF-16 without a byte order mark"),
        (b'name\n"' + b"a" * 200_000 + b'"\n', r"line 2: field larger than field limit"),
    ],
)
def test_a_table_that_cannot_be_read_is_named(tmp_path, data, reason):
    (tmp_path / "split.csv").write_bytes(data)
    with pytest.raises(ValueError, match=rf"split\.csv: {reason}"):
        read_table(tmp_path / "split.csv")


def test_an_empty_table_has_no_rows(tmp_path):
    (tmp_path / "split.csv").write_text("\n")
    assert read_table(tmp_path / "split.csv") == []


def test_json_is_read_with_any_line_ends_and_a_byte_order_mark(tmp_path):
    (tmp_path / "a.json").write_bytes(b'\xef\xbb\xbf{\r\n"a":\r[1]}')
    assert read_json(tmp_path / "a.json") == {"a": [1]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": NaN}', "NaN is not a number in JSON"),
        ('{"a": -Infinity}', "-Infinity is not a number in JSON"),
        ('{"a": 1', "line 1, column 8: expecting ',' delimiter"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a": ' * 200_000, "nested too deeply"),
        ("9" * 5000, "Exceeds the limit"),
        ("", "line 1, column 1: expecting value"),
    ],
)
def test_what_is_not_strict_json_is_named(tmp_path, text, reason):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(ValueError, match=rf"a\.json: not valid JSON: .*{reason}"):
        read_json(tmp_path / "a.json")


def test_a_text_that_is_too_large_is_not_read(tmp_path):
    (tmp_path / "a").write_bytes(b"a" * 11)
    with pytest.raises(ValueError, match="larger than the limit"):
        read_text(tmp_path / "a", 10)
