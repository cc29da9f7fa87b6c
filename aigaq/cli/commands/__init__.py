"""One module a command, imported only when that command is called (see `cli/table.py`).

A module offers `command`, a click command or group, whose line of help stands in the table. A
command returns nothing, or the exit code.
"""
