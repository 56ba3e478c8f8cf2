"""What any long training needs: seeds, devices, several processes, and resuming a run that was killed.

A kernel room: it imports `files` and `records` only, and any room may import it.
"""
