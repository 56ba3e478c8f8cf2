import io
import json
import os
import subprocess

import pytest

from painctl.files.seals import SUMS, UNSEALED, check_sums, is_intact, seal, sealed, sealed_json, write_sums


def test_a_sealed_file_is_intact_until_any_byte_changes():
    data = sealed(json.dumps({**UNSEALED, "a": [1, 2, 3]}).encode())
    assert json.loads(data)["a"] == [1, 2, 3]
    assert is_intact(io.BytesIO(data))
    for place in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            assert not is_intact(io.BytesIO(changed))
    assert not is_intact(io.BytesIO(data[:-1]))
    assert not is_intact(io.BytesIO(data + b" "))


def test_the_digest_is_that_of_the_file_with_zeros_in_its_place():
    data = sealed_json({"b": 1}).encode()
    digest = json.loads(data)["sha256"].encode()
    command = subprocess.run(["sha256sum"], input=data.replace(digest, b"0" * 64), capture_output=True, check=True)
    assert command.stdout.split()[0] == digest


def test_a_large_file_is_sealed_in_place(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(json.dumps(UNSEALED).encode() + os.urandom(3_000_000))
    with path.open("r+b") as file:
        seal(file)
    assert path.read_bytes() == sealed(path.read_bytes())
    with path.open("rb") as file:
        assert is_intact(file)


def test_a_file_without_a_place_for_the_digest():
    assert not is_intact(io.BytesIO(b"{}"))
    with pytest.raises(ValueError, match="no seal"):
        sealed(b"{}")
    with pytest.raises(ValueError, match="not JSON compliant"):
        sealed_json({"a": float("inf")})


@pytest.mark.parametrize("text", ["", "x", "0" * 64 + "  a", "0" * 64 + " *a\n", "0" * 63 + "g  a\n", "\0" * 80, "\n"])
def test_damaged_checksums_are_reported(tmp_path, text):
    (tmp_path / "a").write_text("1")
    assert not check_sums(tmp_path)
    write_sums(tmp_path)
    assert check_sums(tmp_path)
    (tmp_path / SUMS).write_text(text)
    with pytest.raises(ValueError, match=f"({SUMS}: damaged; copy the whole folder again|/a: {SUMS} does not list it)"):
        check_sums(tmp_path)


def test_sums_are_read_with_the_line_ends_of_any_system(tmp_path):
    (tmp_path / "a").write_bytes(b"content")
    write_sums(tmp_path)
    text = (tmp_path / "SHA256SUMS").read_text()
    for form in (text.replace("\n", "\r\n"), f"\ufeff{text}"):
        (tmp_path / "SHA256SUMS").write_bytes(form.encode())
        assert check_sums(tmp_path)
