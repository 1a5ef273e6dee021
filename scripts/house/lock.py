"""Locks between commands that run at the same time. The kernel drops them with the process, so none is ever stale."""
import contextlib
import fcntl

from . import console, paths


@contextlib.contextmanager
def only_one(name):
    """Let one process at a time do ``name``; the others wait and say so."""
    with _opened(name) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.say(f'waiting for another command that is busy with: {name}')
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Users:
    """Counts the processes that use something, to know who is the last one out."""

    def __init__(self, name):
        self.handle = _opened(f'users-{name}')

    def enter(self):
        fcntl.flock(self.handle, fcntl.LOCK_SH)

    def leave(self):
        """:return: whether nobody else is using it any more; then the lock is held until ``close``."""
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self):
        self.handle.close()


def _opened(name):
    folder = paths.LOCAL / 'locks'
    folder.mkdir(parents=True, exist_ok=True)
    return open(folder / f'{name.replace(" ", "-")}.lock', 'w', encoding='utf-8')
