"""The `painctl` of shell lines in tests: the command runs in a child of the server whose socket is beside this file."""

import json
import os
import socket
import sys

MOST = 200  # files that may be sent at once


def send(address, words, folder, environment, files):
    """Ask the server to run a command with these open files, {number in the command: file descriptor}.

    Returns the stream of its answer.
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    mask = os.umask(0o22)
    os.umask(mask)
    request = {"words": words, "folder": folder, "environment": environment, "mask": mask, "numbers": list(files)}
    body = json.dumps(request).encode()
    socket.send_fds(connection, [b"%8d" % len(body)], list(files.values()))
    connection.sendall(body)
    return connection.makefile("rb")


def inherited():
    """The open files of this process that a shell gave it, also that of a `<(COMMAND)`."""
    files = {}
    for number in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208
        try:
            if os.get_inheritable(number):
                files[number] = number
        except OSError:
            pass  # the listing's own
    return files


def main():
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    with open(os.path.join(here, "pythonpath")) as file:  # noqa: PTH118, PTH123
        is_the_servers = os.environ.get("PYTHONPATH", "") == file.read()
    if not is_the_servers:  # a painctl, or a library, that the server has not imported
        program = os.path.join(os.path.dirname(sys.executable), "painctl")  # noqa: PTH118, PTH120
        os.execv(program, [program, *sys.argv[1:]])
    files = inherited()
    while os.open(os.devnull, os.O_RDWR) <= 2:
        pass  # else the connection would get the number of a closed stream
    address = os.path.join(here, "socket")  # noqa: PTH118
    answer = send(address, sys.argv[1:], os.getcwd(), dict(os.environ), files)  # noqa: PTH109
    for number in {0, 1, 2, *files}:
        os.close(number)  # only the command holds the pipes
    answer.readline()
    code = int(answer.readline())
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    main()
