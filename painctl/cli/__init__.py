"""One thin module per subcommand: it parses the command line, then calls one function of stages.

Not imported by other rooms; imports stages, records and the names of engines.
"""

from painctl.cli.arithmetic import fix_arithmetic

fix_arithmetic()  # before any module here imports numpy or OpenCV
