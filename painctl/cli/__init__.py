"""One thin module per subcommand: it parses the command line, then calls one function of stages.

Not imported by other rooms; imports stages, records and the names of engines. In a process that runs the command, this
package is the first of painctl to be imported, and a signal during the imports that follow ends the process at once,
without a message: nothing has been written yet.
"""

import _signal  # what `signal` wraps, without its milliseconds of imports
import os
import sys

# those that stop a run
SIGNALS = (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP, _signal.SIGUSR1, _signal.SIGXCPU)
# a signal that is ignored from the start (nohup, a background job of a script) stays ignored
HANDLED = tuple(number for number in SIGNALS if _signal.getsignal(number) != _signal.SIG_IGN)

if os.path.basename(sys.argv[0]) in ("painctl", "__main__.py"):  # noqa: PTH119 (pathlib takes longer to import)
    if _signal.SIGINT in HANDLED:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)  # not KeyboardInterrupt; the others end the process as it is
    if "--compile" not in sys.argv:  # else torch makes an empty folder in the temporary directory when it is imported
        os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", os.environ.get("TMPDIR") or "/tmp")

from painctl.cli.arithmetic import fix_arithmetic  # noqa: E402 (signals come first)

fix_arithmetic()  # before any module here imports numpy or OpenCV
