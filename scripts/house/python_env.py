"""Odoo's Python packages, pinned, in a project-local environment."""
import hashlib
import shutil
import subprocess
import sys

from . import apt, console, paths

PYTHON = paths.VENV / 'bin' / 'python'
STAMP = 'house-key-%s'  # a file in the environment for each list of packages


def key(requirements, version):
    """Changes when the environment has to be brought up to date."""
    return hashlib.sha256(f'{version}\n{requirements}'.encode()).hexdigest()[:16]


def ensure(with_tests=False):
    """The environment's Python, with every pinned package.

    The key is written last: an environment without it is completed, a broken one made anew.

    :param with_tests: whether what only the tests need is wanted as well
    """
    if not _works():
        console.need_space(paths.LOCAL, 1000)
        _create()
    for requirements in (paths.REQUIREMENTS, paths.REQUIREMENTS_TEST) if with_tests else (paths.REQUIREMENTS,):
        stamp = paths.VENV / (STAMP % requirements.stem)
        wanted = key(requirements.read_text(encoding='utf-8'), '%d.%d' % sys.version_info[:2])
        if not stamp.exists() or stamp.read_text() != wanted:
            console.need_space(paths.LOCAL, 1000)
            pip('installing Python packages', '-r', requirements)
            stamp.write_text(wanted)
    return PYTHON


def pip(what, *arguments):
    """Install with whatever package source this machine's pip is set up for."""
    console.run(what, [PYTHON, '-m', 'pip', 'install', '--disable-pip-version-check', *arguments])


def _works():
    """Whether the environment has a Python of this version with pip."""
    if not PYTHON.exists():
        return False
    done = subprocess.run(
        [PYTHON, '-c', 'import pip, sys; print("%d.%d" % sys.version_info[:2])'],
        capture_output=True, text=True, check=False)
    return done.stdout.strip() == '%d.%d' % sys.version_info[:2]


def _create():
    shutil.rmtree(paths.VENV, ignore_errors=True)
    try:
        import ensurepip  # noqa: F401  Debian's Python comes without it
    except ImportError:
        _create_with_debian_pip()
        return
    console.run('making the Python environment', [sys.executable, '-m', 'venv', paths.VENV])


def _create_with_debian_pip():
    """Without ``python3-venv``: fetch Debian's pip as a wheel and let it install itself."""
    if not apt.is_debian():
        raise console.Trouble('this Python cannot make environments: its module ensurepip is missing',
                              'install it (python3-venv), then run the same command again')
    console.run('making the Python environment', [sys.executable, '-m', 'venv', '--without-pip', paths.VENV])
    with apt.private() as source:
        for deb in source.download('pip', ['python3-pip-whl']):
            apt.unpack(deb, source.work)
        wheel = next(source.work.glob('usr/share/python-wheels/pip-*.whl'))
        console.run('installing pip', [PYTHON, f'{wheel}/pip', 'install', '--no-index', wheel])
