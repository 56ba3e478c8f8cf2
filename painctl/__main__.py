"""python -m painctl, for those who start modules: torchrun -m painctl pretrain ..."""

from painctl.cli.main import main

main()
