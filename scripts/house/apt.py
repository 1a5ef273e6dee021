"""Debian packages without installing them: downloaded with apt into private folders and unpacked.

Works as an ordinary user too. The package source is the one this machine's own apt uses.
"""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from . import console, paths

KEYRINGS = pathlib.Path('/usr/share/keyrings')
# Only libraries and data are of use outside their place.
USELESS = ('./usr/share/doc', './usr/share/locale', './usr/share/man', './usr/share/icons', './usr/share/perl', './var',
           './bin', './sbin', './usr/bin', './usr/sbin', '*/lib/systemd', '*/lib/udev')
SYSTEM_STATUS = pathlib.Path('/var/lib/dpkg/status')


def os_release(text=None):
    """``/etc/os-release`` as a dict."""
    if text is None:
        try:
            text = pathlib.Path('/etc/os-release').read_text(encoding='utf-8')
        except OSError:
            text = ''
    pairs = (line.split('=', 1) for line in text.splitlines() if '=' in line)
    return {key.strip(): value.strip().strip('"\'') for key, value in pairs}


def is_debian():
    """Whether this is Debian itself: derived systems have other archives."""
    return os_release().get('ID') == 'debian' and shutil.which('apt-get') and shutil.which('dpkg-deb')


def archives(targets, codename):
    """``{suite: archive}`` of the release ``codename`` with its updates, the release itself first.

    :param targets: lines ``suite|component|uri`` as ``apt-get indextargets`` gives them.
    """
    found = {}
    for line in targets.splitlines():
        suite, component, uri = (line.split('|') + ['', ''])[:3]
        if suite.split('-')[0] == codename and component == 'main' and uri:
            found.setdefault(suite, uri)
    if codename not in found:
        raise console.Trouble(f'apt knows no package source for Debian {codename}',
                              'set one up in /etc/apt, or set ODOO_HOME to an Odoo 19')
    return dict(sorted(found.items()))


def _ask_targets():
    return subprocess.run(
        ['apt-get', 'indextargets', '--no-release-info', '--format', '$(RELEASE)|$(COMPONENT)|$(REPO_URI)',
         'Created-By: Packages'], capture_output=True, text=True, check=False).stdout


def _keyring():
    found = sorted(KEYRINGS.glob('debian-archive-keyring.*'))
    if not found:
        raise console.Trouble('the Debian archive keyring is missing', 'apt-get install debian-archive-keyring')
    return found[0]


def configuration(work, architecture, status):
    """apt's settings for a private life in the folder ``work``."""
    return f'''
Dir::Etc::sourcelist "{work}/sources.list"; Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
Dir::State "{work}"; Dir::State::lists "{work}/lists"; Dir::State::status "{status}";
Dir::Cache "{work}"; Dir::Cache::archives "{work}/archives";
Dir::Cache::pkgcache "{work}/pkgcache.bin"; Dir::Cache::srcpkgcache "{work}/srcpkgcache.bin";
Acquire::Languages "none"; Acquire::Retries "3"; APT::Sandbox::User "";
APT::Architecture "{architecture}"; APT::Architectures "{architecture}"; APT::Install-Recommends "false";
'''


def essential(status):
    """The part of dpkg's status that a bare system has, for the developer switch HOUSE_FORCE_PRIVATE."""
    blocks = {}
    for block in status.split('\n\n'):
        fields = dict(line.split(': ', 1) for line in block.splitlines() if not line.startswith(' ') and ': ' in line)
        if 'Package' in fields:
            blocks[fields['Package']] = (block, fields)
    kept, queue = {}, [name for name, (_block, fields) in blocks.items() if fields.get('Priority') == 'required']
    while queue:
        name = queue.pop()
        if name in kept or name not in blocks:
            continue
        kept[name], fields = blocks[name]
        needed = ', '.join(fields[key] for key in ('Depends', 'Pre-Depends') if key in fields)
        queue += re.findall(r'[a-z0-9][a-z0-9.+-]+', re.sub(r'\([^)]*\)|:any', '', needed))
    return '\n\n'.join(kept.values()) + '\n\n'


def installed():
    """dpkg's status of this machine."""
    if not SYSTEM_STATUS.exists():
        return ''
    status = SYSTEM_STATUS.read_text(encoding='utf-8')
    return essential(status) if paths.force_private() else status


class Apt:
    """A private apt in a temporary folder."""

    def __init__(self, work, suites=(), everything=False):
        """
        :param suites: further suites beside the machine's own release, as "sid".
        :param everything: pretend that no package is installed.
        """
        self.work = pathlib.Path(work)
        self.codename = os_release()['VERSION_CODENAME']
        for folder in ('lists/partial', 'archives/partial', 'debs'):
            (self.work / folder).mkdir(parents=True)
        # a copy, because apt locks the folder of the file
        status = self.work / 'status'
        status.write_text('' if everything else installed(), encoding='utf-8')
        architecture = subprocess.check_output(['dpkg', '--print-architecture'], text=True).strip()
        known = archives(_ask_targets(), self.codename)
        known.update(dict.fromkeys(suites, known[self.codename]))
        (self.work / 'sources.list').write_text(
            ''.join(f'deb [signed-by={_keyring()}] {uri} {suite} main\n' for suite, uri in known.items()))
        (self.work / 'apt.conf').write_text(configuration(self.work, architecture, status))
        self.env = {**os.environ, 'APT_CONFIG': str(self.work / 'apt.conf'), 'LC_ALL': 'C.UTF-8'}

    def update(self):
        console.run('reading the package lists', ['apt-get', '-q', 'update', '--error-on=any'], env=self.env)

    def download(self, what, packages):
        """Exactly these packages. :return: the paths of their files."""
        console.run(f'downloading {what}', ['apt-get', '-q', 'download', *packages],
                    env=self.env, cwd=self.work / 'debs')
        return sorted((self.work / 'debs').glob('*.deb'))

    def download_missing(self, what, packages):
        """These packages and those they need that the machine does not have. :return: the paths of their files."""
        console.run(f'downloading {what}', ['apt-get', '-q', '-y', '--download-only', 'install', *packages],
                    env=self.env)
        return sorted((self.work / 'archives').glob('*.deb'))


def unpack(deb, folder, excludes=()):
    """Unpack one package, leaving out what matches ``excludes`` (tar patterns)."""
    producer = subprocess.Popen(['dpkg-deb', '--fsys-tarfile', str(deb)], stdout=subprocess.PIPE)
    tar = subprocess.run(
        ['tar', '-x', '-C', str(folder), '--no-same-owner', *(f'--exclude={pattern}' for pattern in excludes)],
        stdin=producer.stdout, stderr=subprocess.PIPE, text=True, check=False)
    producer.stdout.close()
    if producer.wait() or tar.returncode:
        wrong, remedy = console.explain(tar.stderr)
        raise console.Trouble(f'{deb.name} cannot be unpacked: {wrong or tar.stderr.strip()[-200:]}',
                              remedy or 'run the same command again')


def sweep():
    """Remove what a command left behind that was killed; only while no other one is setting up."""
    for pattern in ('apt-*', '*.new-*'):
        for left in paths.LOCAL.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def building(folder):
    """A new folder that takes the place of ``folder`` only when all went well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = pathlib.Path(tempfile.mkdtemp(prefix=f'{folder.name}.new-', dir=folder.parent))
    new.chmod(0o755)
    try:
        yield new
        if folder.exists():
            folder.rename(new.with_suffix('.old'))
        new.rename(folder)
    finally:
        for left in (new, new.with_suffix('.old')):
            shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def private(**options):
    """A private apt that is gone afterwards."""
    console.need_space(paths.LOCAL, 1500)
    with tempfile.TemporaryDirectory(prefix='apt-', dir=paths.LOCAL) as work:
        apt = Apt(work, **options)
        apt.update()
        yield apt
