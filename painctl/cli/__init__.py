"""One thin module per subcommand: it parses the command line, then calls one function of stages.

Not imported by other rooms; imports stages, records and the names of engines. In a process that runs the command, this
package is the first of painctl to be imported, and a signal during the imports that follow ends the process at once,
without a message: nothing has been written yet.
"""

import os
import signal
import sys
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)  # stop a run
# a signal that is ignored from the start (nohup, a background job of a script) stays ignored
HANDLED = tuple(number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN)


def _exit(number: int, frame: FrameType | None) -> None:
    os._exit(128 + number)


if os.path.basename(sys.argv[0]) in ("painctl", "__main__.py"):  # noqa: PTH119 (pathlib takes longer to import)
    for _number in HANDLED:
        signal.signal(_number, _exit)

from painctl.cli.arithmetic import fix_arithmetic  # noqa: E402 (signals come first)

fix_arithmetic()  # before any module here imports numpy or OpenCV
