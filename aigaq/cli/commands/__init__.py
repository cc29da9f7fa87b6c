"""One module a command, imported only when that command is called (see `cli/table.py`).

A module offers either `command`, a function typer can read, or `app`, a `typer.Typer` with
commands of its own. A command returns nothing, or the exit code.
"""
