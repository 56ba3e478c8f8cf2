import pytest

from painctl.files.hub import read_config


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not valid JSON: line 1, column 2: .*; copy the model again"),
        (b'{"a": NaN}', "not valid JSON: NaN is not a number in JSON; copy the model again"),
        (b"[" * 100_000, "not valid JSON: nested too deeply; copy the model again"),
        (b'{"a": "\xff"}', "is not UTF-8 text"),
        (b"\0\0", "not a text file"),
        (b"[1, 2]", "a list of 2, not a JSON object; copy the model again"),
        (b"null", "None, not a JSON object; copy the model again"),
        (b" " * 17_000_000, "larger than the limit of 16 MB"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
    ],
)
def test_a_configuration_that_is_not_a_json_object_is_named(tmp_path, content, message):
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"config\.json: .*{message}"):
        read_config(path)


def test_byte_order_marks_are_skipped(tmp_path):
    path = tmp_path / "config.json"
    for encoding in ("utf-8-sig", "utf-16"):
        path.write_bytes('{"a": 1}'.encode(encoding))
        assert read_config(path) == {"a": 1}
