"""Odoo 19 itself: the user's own when there is one, else Debian's package unpacked into ``.local/odoo``."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from . import apt, console, paths

SERIES = '19.0'
POINT_TO_ONE = 'set ODOO_HOME to a folder with an Odoo 19 checkout, for example: ODOO_HOME=~/odoo scripts/demo'

# Debian's package only suggests or symlinks to these.
COMPANIONS = ('libjs-jquery', 'libjs-jquery-form', 'libjs-underscore', 'fonts-inconsolata', 'fonts-ocr-b',
              'fonts-roboto-unhinted', 'fonts-font-awesome')
# 800 MB of other languages' texts, a second copy of all addons and the national accounting plans.
LEAVE_OUT = ('*/i18n*/[a-y]*.po', '*/i18n*/z[!h]*.po', '*/i18n*/zh_[!C]*.po',
             './usr/lib/python3/dist-packages/addons', './etc', '*/addons/l10n_*')
# Debian leaves this file out for its licence, but mail's manifest lists it: without it every page logs an error.
STUB = 'mail/static/lib/selfie_segmentation/selfie_segmentation.js'


class Odoo:
    """Where an Odoo's Python package is, and which release."""

    def __init__(self, home, origin):
        """
        :param home: the folder that contains the package ``odoo``.
        :param origin: who says so, for messages.
        """
        self.home, self.origin = pathlib.Path(home), origin
        self.version = release(self.home)

    @property
    def addons_paths(self):
        """Where Odoo's addons are: beside the package in a checkout, inside it otherwise."""
        found = [self.home / 'odoo' / 'addons', self.home / 'addons']
        return [path for path in found if (path / 'base').is_dir() or (path / 'web').is_dir()]


def release(home):
    """The version that ``odoo/release.py`` states, as "19.0.0"; ``None`` when it cannot be read."""
    try:
        text = (pathlib.Path(home) / 'odoo' / 'release.py').read_text(encoding='utf-8')
    except OSError:
        return None
    match = re.search(r'^version_info = \((.+?),\s*(.+?),\s*(\d+)', text, re.MULTILINE)
    return '.'.join(part.strip('\'"') for part in match.groups()) if match else None


def checked(odoo):
    """``odoo`` when it is a complete Odoo 19.0."""
    if not odoo.version:
        raise console.Trouble(f'{odoo.origin} leads to {odoo.home}, but no Odoo is there', POINT_TO_ONE)
    if not (odoo.version + '.').startswith(SERIES + '.'):
        raise console.Trouble(f'the Odoo in {odoo.home} is {odoo.version}, the suite needs {SERIES}', POINT_TO_ONE)
    if not any((path / 'crm').is_dir() for path in odoo.addons_paths):
        raise console.Trouble(f'the Odoo in {odoo.home} has no addon crm', 'complete the checkout')
    return odoo


def pointed_at():
    """The Odoo that the user points at, or ``None``."""
    if os.environ.get('ODOO_HOME'):
        return checked(Odoo(pathlib.Path(os.environ['ODOO_HOME']).expanduser().resolve(), 'ODOO_HOME'))
    if os.environ.get('ODOO_BIN'):
        return checked(Odoo(_home_of_program(os.environ['ODOO_BIN']), 'ODOO_BIN'))
    if not paths.force_private():
        home = _importable(sys.executable)
        if home:
            return checked(Odoo(home, 'the Odoo that this Python imports'))
    return None


def _home_of_program(name):
    program = shutil.which(os.path.expanduser(name))
    if not program:
        raise console.Trouble(f'ODOO_BIN is {name}, which is not a program', POINT_TO_ONE)
    program = pathlib.Path(program).resolve()
    for home in (program.parent, program.parent.parent, program.parent.parent / 'lib/python3/dist-packages'):
        if release(home):
            return home
    first = program.read_bytes().split(b'\n', 1)[0].decode(errors='replace')
    interpreter = first[2:].split() if first.startswith('#!') else []
    return (_importable(*interpreter) if interpreter else None) or program.parent


def _importable(*interpreter):
    """The folder from which a Python would import ``odoo``, without importing it; ``None`` when there is none."""
    ask = ('import importlib.util as u; s = u.find_spec("odoo.release");'
           'print(s.origin if s else "")')
    done = subprocess.run([*interpreter, '-c', ask], capture_output=True, text=True, check=False, cwd='/')
    origin = done.stdout.strip()
    return pathlib.Path(origin).parents[1] if origin else None


def ensure():
    """The Odoo to use, unpacked first when needed."""
    found = pointed_at()
    if found:
        return found
    private = Odoo(paths.ODOO / 'usr/lib/python3/dist-packages', 'the private copy')
    if not private.version:
        if not apt.is_debian():
            raise console.Trouble('this is not Debian, so Odoo 19 cannot be fetched for you', POINT_TO_ONE)
        _fetch()
        private = Odoo(private.home, private.origin)
    return checked(private)


def _fetch():
    with apt.private(suites=('sid',), everything=True) as source, apt.building(paths.ODOO) as new:
        debs = source.download('Odoo 19', [
            'odoo-19/sid', 'fonts-montserrat/sid', *(f'{name}/{source.codename}' for name in COMPANIONS)])
        console.say('… unpacking Odoo')
        for deb in debs:
            apt.unpack(deb, new, LEAVE_OUT if deb.name.startswith('odoo-19_') else ())
        checked(Odoo(new / 'usr/lib/python3/dist-packages', "Debian's package"))
        stub = new / 'usr/lib/python3/dist-packages/odoo/addons' / STUB
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.touch()
