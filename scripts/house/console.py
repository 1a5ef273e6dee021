"""Talking to the person at the terminal: progress of long steps, and one clear line when something fails."""
import contextlib
import errno
import os
import signal
import subprocess
import sys
import time

from . import paths

HEARTBEAT = 30  # seconds between signs of life when nobody watches a terminal

FULL = 'the disk is full', 'free about 3 GB and run the same command again'
NEARLY_FULL = 100  # megabytes: what fails with less than that failed for that, whatever it says
# What a failed program wrote -> what it means and what helps. First match wins.
MEANINGS = (
    (('No space left on device',), *FULL),
    (('Could not resolve', 'Temporary failure in name resolution', 'Network is unreachable', 'Failed to fetch',
      'Connection refused', 'Connection timed out', 'Could not connect', 'NewConnectionError', 'ReadTimeoutError',
      'Name or service not known', 'Cannot initiate the connection', '(from versions: none)'),
     'the network or the package source cannot be reached', 'check the connection or proxy settings, then run again'),
    (('No matching distribution found',),
     'a pinned package does not exist for this Python or machine', 'use Python 3.11 to 3.13 on a common processor'),
    (('could not bind', 'Address already in use'),
     'the network port is taken', 'stop the program that uses it or choose another port'),
    (('Permission denied',),
     'a file cannot be read or written', 'check the owner of the folder .local and of the checkout'),
)


class Trouble(Exception):
    """Something a person can put right: what is wrong, and the remedy."""

    def __init__(self, wrong, remedy=''):
        super().__init__(wrong)
        self.wrong, self.remedy = wrong, remedy

    def __str__(self):
        parts = [('error', self.wrong), ('Remedy', self.remedy)]
        return ' '.join(f'{head}: {_one_line(text)}.' for head, text in parts if text)


def _one_line(text):
    return ' '.join(str(text).split()).rstrip('.?')


def say(text, end='\n'):
    """Progress goes to standard error, so that standard output stays for results."""
    print(text, end=end, file=sys.stderr, flush=True)


def explain(log):
    """The meaning and remedy of a failed program's output, or two empty strings.

    PostgreSQL on a full disk shuts down, and its clients only say that it is gone; so the disk itself is asked first.
    """
    if paths.LOCAL.exists() and free_space(paths.LOCAL) < NEARLY_FULL:
        return FULL
    for marks, wrong, remedy in MEANINGS:
        if any(mark in log for mark in marks):
            return wrong, remedy
    return '', ''


def run(what, command, *, env=None, cwd=None, quiet=False, accept=(0,)):
    """Run a program as a step called ``what``; its output goes to a log that is only shown when it fails.

    :return: what the program wrote.
    """
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    log = paths.LOGS / f'{_slug(what)}.log'
    with open(log, 'w', encoding='utf-8') as out:
        process = subprocess.Popen(
            [str(part) for part in command], stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env=env, cwd=cwd)
        try:
            _watch(what, process, quiet)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    text = log.read_text(encoding='utf-8', errors='replace')
    if process.returncode not in accept:
        _fail(what, text, log)
    return text


def _fail(what, text, log):
    wrong, remedy = explain(text)
    raise Trouble(f'{what} failed: {wrong or last_line(text)}', remedy or f'read {log}')


def _watch(what, process, quiet):
    start = shown = time.monotonic()
    terminal = sys.stderr.isatty()
    if not quiet:
        say(f'… {what}', end='' if terminal else '\n')
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
            break
        now = time.monotonic()
        if terminal and not quiet:
            say(f'\r… {what} ({now - start:.0f} s)', end='')
        elif now - shown > HEARTBEAT:
            shown = now
            say(f'  … {what}: {now - start:.0f} s so far')
    if terminal and not quiet:
        say(f'\r✓ {what} ({time.monotonic() - start:.0f} s)')


def _slug(text):
    return ''.join(char if char.isalnum() else '-' for char in text.lower())[:60]


def foreground(command, *, env=None, cwd=None):
    """Run a program in the terminal's foreground and return its exit status; Ctrl-C is the program's business."""
    return wait(subprocess.Popen([str(part) for part in command], env=env, cwd=cwd))


def wait(process):
    """The exit status of a program in the foreground."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the program got it as well and shuts down in its own way
        except SystemExit:
            process.terminate()
            process.wait()
            raise


def last_line(text):
    """The last line that says something, which is where a traceback says what happened."""
    return next((line.strip()[:300] for line in reversed(text.splitlines()) if line.strip()), 'it wrote nothing')


def free_space(folder):
    """Megabytes."""
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize // 2**20


def need_space(folder, megabytes):
    """Stop before something long that cannot fit."""
    free = free_space(folder)
    if free < megabytes:
        raise Trouble(
            f'the disk is nearly full: {free} MB free in {folder}, {megabytes} MB needed',
            'free some space and run the same command again')


def main(command):
    """Run a command's ``main()``: the exit status, or one clear line instead of a traceback."""
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(143))
    try:
        sys.exit(command())
    except Trouble as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            sys.exit(str(Trouble(*FULL)))
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT):
            sys.exit(str(Trouble(f'{error.strerror}: {error.filename}', 'check the path and its owner')))
        raise
