"""painctl inspect, as typed, on a shard that a forger made."""

from forged import forge


def test_control_characters_of_a_shard_do_not_reach_the_terminal(sh, write_shard):
    def change(file):
        file.attrs["stage"] = "rig\x1b[31m\x07"
        file.attrs["history"] = '[{"stage": "rig\\u001b", "a\\u0007": "\\u001b]0;x"}]'
        file.attrs["card"] = "# card\x1b[2J\n"

    path = forge(write_shard("a.h5", [0]), change)
    for options, shown in (("", b"rig\\x1b[31m\\x07"), ("--card", b"# card\\x1b[2J\n"), ("--json", b"rig\\u001b")):
        done = sh(f"painctl inspect {options} {path}")
        assert done.returncode == 0
        assert shown in done.stdout
        assert not {0x1B, 0x07} & set(done.stdout + done.stderr)
