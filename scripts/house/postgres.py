"""PostgreSQL: the user's server when PGHOST or an odoo.conf names one, else a private cluster in ``.local``."""
import configparser
import os
import pathlib
import pwd
import re
import secrets
import shutil
import socket
import subprocess

from . import apt, console, lock, paths

OLDEST = 13
DEBIAN_PROGRAMS = pathlib.Path('/usr/lib/postgresql')
POINT_TO_ONE = 'set PGHOST, PGPORT, PGUSER and PGPASSWORD to a PostgreSQL that you run yourself'
SETTINGS = {'shared_buffers': '512MB', 'work_mem': '64MB', 'maintenance_work_mem': '256MB', 'max_wal_size': '4GB',
            'max_connections': '200'}
# For data that can be made again at any time: several times faster, lost when the machine stops.
CARELESS = {'fsync': 'off', 'synchronous_commit': 'off', 'full_page_writes': 'off'}
LONGEST_SOCKET_PATH = 90  # the system's limit is 107 bytes including the file's name


def external(environ, conf):
    """The connection that the user asks for as PG* variables, or ``None``.

    :param conf: path of the odoo.conf in use.
    """
    if environ.get('PGHOST'):
        return {}
    options = conf_options(conf)
    if not options.get('db_host', 'False').strip('"') or options.get('db_host', 'False') == 'False':
        return None
    names = {'PGHOST': 'db_host', 'PGPORT': 'db_port', 'PGUSER': 'db_user', 'PGPASSWORD': 'db_password'}
    return {name: options[option] for name, option in names.items() if options.get(option, 'False') != 'False'}


def conf_options(conf):
    """The section ``[options]`` of an Odoo configuration file."""
    parser = configparser.RawConfigParser()
    try:
        with open(conf, encoding='utf-8') as lines:
            parser.read_file(lines)
    except (configparser.Error, UnicodeDecodeError) as error:
        raise console.Trouble(f'{conf} cannot be read: {error}'.splitlines()[0], 'correct the file') from error
    return dict(parser['options']) if parser.has_section('options') else {}


def complaint(text):
    """What psycopg2 complains about, without its traceback and with the lines that go on about it."""
    _before, found, said = text.partition('Error: ')
    return ' '.join((said if found else console.last_line(text)).split())


def check_external(python, env):
    """One clear line when the PostgreSQL that the user points at does not let us in."""
    done = subprocess.run([python, paths.SCRIPTS / 'house' / 'pgtool.py', 'list'], env=env, capture_output=True,
                          text=True, check=False)
    if done.returncode:
        raise console.Trouble(f'the PostgreSQL that you point at cannot be used: {complaint(done.stderr)}',
                              'check PGHOST, PGPORT, PGUSER and PGPASSWORD, or db_host and so on in the odoo.conf')


def free_port():
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def newest(folders):
    """The ``bin`` folder of the newest version among ``.../postgresql/<version>``, or ``None``."""
    usable = [(int(folder.name), folder / 'bin') for folder in folders
              if re.fullmatch(r'\d+', folder.name) and int(folder.name) >= OLDEST and (folder / 'bin/initdb').exists()]
    return max(usable)[1] if usable else None


def programs():
    """The folder with PostgreSQL's server programs, fetched first when the machine has none."""
    found = None if paths.force_private() else newest(DEBIAN_PROGRAMS.glob('*'))
    initdb = None if paths.force_private() else shutil.which('initdb')
    found = found or (pathlib.Path(initdb).resolve().parent if initdb else None)
    private = paths.PG_PROGRAMS / 'usr/lib/postgresql'
    found = found or newest(private.glob('*'))
    if not found:
        if not apt.is_debian():
            raise console.Trouble('no PostgreSQL server was found', f'install one, or {POINT_TO_ONE}')
        with apt.private() as source, apt.building(paths.PG_PROGRAMS) as new:
            for deb in source.download_missing('PostgreSQL', ['postgresql']):
                apt.unpack(deb, new, apt.USELESS)
        found = newest(private.glob('*'))
    return found


def library_path(folder):
    """LD_LIBRARY_PATH for programs unpacked into ``folder``."""
    libraries = {path.parent for path in pathlib.Path(folder).rglob('lib*.so*') if re.search(r'\.so[.\d]*$', path.name)}
    return ':'.join(sorted(str(path) for path in libraries if 'postgresql' not in path.parts))


class Cluster:
    """A private PostgreSQL that runs while somebody uses it."""

    def __init__(self, name, careless):
        self.folder, self.careless = paths.LOCAL / name, careless
        self.data = self.folder / 'data'
        self.users = lock.Users(name)
        self.bin = programs()
        self.env = dict(os.environ)
        self.prefix = []
        if paths.PG_PROGRAMS in self.bin.parents:
            self.env['LD_LIBRARY_PATH'] = library_path(paths.PG_PROGRAMS)

    def connect(self):
        """Start it when needed. :return: PG* variables."""
        with lock.only_one(self.folder.name):
            self.users.enter()
            self.folder.mkdir(parents=True, exist_ok=True)
            self.prefix = disguise(self.folder)
            if not (self.data / 'PG_VERSION').exists():
                self._create()
            if self._ctl('status').returncode:
                self._start()
        return {
            'PGHOST': '127.0.0.1', 'PGPORT': (self.folder / 'port').read_text(), 'PGUSER': 'odoo',
            'PGPASSWORD': (self.folder / 'password').read_text(),
        }

    def release(self):
        """Stop it unless another command uses it."""
        with lock.only_one(self.folder.name):
            if self.users.leave():
                self._ctl('stop', '-m', 'fast')
            self.users.close()

    def _create(self):
        """Another user of the machine must not get in, hence the password."""
        secret = self.folder / 'password'
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_hex(16))
        _own(self.folder, self.prefix)
        new = self.folder / 'data.new'
        shutil.rmtree(new, ignore_errors=True)
        console.run('making the PostgreSQL cluster', [
            *self.prefix, self.bin / 'initdb', '-D', new, '-U', 'odoo', '-A', 'scram-sha-256',
            f'--pwfile={secret}', '-E', 'utf8', '--locale=C.UTF-8', '--no-instructions'], env=self.env, quiet=True)
        new.rename(self.data)

    def _start(self):
        port = self.folder / 'port'
        if not port.exists() or _taken(int(port.read_text())):
            port.write_text(str(free_port()))
        sockets = self.folder if len(os.fsencode(self.folder)) < LONGEST_SOCKET_PATH else ''
        settings = {**SETTINGS, **(CARELESS if self.careless else {}), 'listen_addresses': '127.0.0.1',
                    'unix_socket_directories': f"'{sockets}'"}
        options = ' '.join(f'-c {name}={value}' for name, value in settings.items())
        done = self._ctl('start', '-w', '-l', self.folder / 'log', '-o', f'-p {port.read_text()} {options}')
        if done.returncode:
            log = self.folder / 'log'
            text = log.read_text(errors='replace')[-3000:] if log.exists() else ''
            wrong, remedy = console.explain(text)
            raise console.Trouble(f'PostgreSQL does not start: {wrong or (text.strip().splitlines() or [""])[-1]}',
                                  remedy or f'read {log}, or {POINT_TO_ONE}')

    def _ctl(self, action, *arguments):
        # Its output must not be a pipe: the server would inherit it and keep it open.
        return subprocess.run(
            [*self.prefix, self.bin / 'pg_ctl', '-D', self.data, action, *arguments], env=self.env, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _taken(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(('127.0.0.1', port))
        except OSError:
            return True
    return False


def disguise(folder):
    """PostgreSQL refuses to run as root: the command that runs it as somebody else.

    A user namespace needs no account and works in any folder; containers may forbid it.
    """
    if os.getuid():
        return []
    ways = [['unshare', '--user', '--map-user=1000', '--map-group=1000', '--']]
    ways += [['runuser', '-u', name, '--'] for name in ('postgres', 'nobody') if _account(name)]
    for way in ways:
        if not shutil.which(way[0]):
            continue
        _own(folder, way)
        if not subprocess.run([*way, 'test', '-w', folder], check=False, capture_output=True).returncode:
            return way
    raise console.Trouble(
        'PostgreSQL refuses to run as root, and nobody else can write here',
        f'run as an ordinary user, or {POINT_TO_ONE}')


def _own(folder, way):
    """Give ``folder`` to the account that the cluster runs as."""
    if 'runuser' in way:
        for path in (folder, *folder.rglob('*')):
            shutil.chown(path, way[2])


def _account(name):
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None
