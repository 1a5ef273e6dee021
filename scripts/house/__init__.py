"""What the commands in ``scripts/`` share: setting up, running and explaining.

Standard library only, because it runs before anything is installed. Old syntax in this file only, because it has
to be able to say that Python is too old.
"""
import sys

OLDEST, NEWEST = (3, 10), (3, 13)


def python_problem(version):
    """One line when this Python cannot run Odoo 19, else ``None``."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return None
    return (
        "error: Odoo 19 runs on Python %d.%d to %d.%d, this is Python %d.%d. "
        "Remedy: call the command with a fitting one, for example: python3.11 scripts/demo"
    ) % (OLDEST + NEWEST + tuple(version[:2]))


_problem = python_problem(sys.version_info)
if _problem:
    sys.exit(_problem)
