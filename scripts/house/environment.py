"""Everything that a command needs to run Odoo: source, packages, database server, browser, settings."""
import json
import os
import pathlib
import subprocess

from . import apt, browser, console, lock, odoo_source, paths, postgres, python_env

KINDS = {'demo': 'pg', 'test': 'pg-test'}  # purpose -> folder of its cluster in .local


class Environment:
    """A ready environment; use it in a ``with`` statement, so that the private PostgreSQL is stopped at the end."""

    def __init__(self, kind, with_browser=False, conf=None):
        """
        :param kind: "demo" (data is safe) or "test" (data can be made again).
        :param conf: the odoo.conf in use when it is not ours.
        """
        self.kind, self.with_browser = kind, with_browser
        self.conf = pathlib.Path(conf or os.environ.get('ODOO_RC') or paths.CONF).expanduser().resolve()
        self.cluster = None
        self.env = dict(os.environ)

    def __enter__(self):
        paths.LOCAL.mkdir(parents=True, exist_ok=True)
        if not self.conf.is_file():
            raise console.Trouble(f'the configuration file {self.conf} does not exist', 'check ODOO_RC or -c')
        with lock.only_one('setting up'):
            apt.sweep()
            self.odoo = odoo_source.ensure()
            self.python = python_env.ensure(with_tests=self.kind == 'test')
            extra = browser.ensure() if self.with_browser else {'path': [], 'env': {}}
        self._settings(extra)
        try:
            self._connect()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception):
        if self.cluster:
            self.cluster.release()

    @property
    def data_dir(self):
        """Attachments and sessions."""
        return pathlib.Path(self.env['ODOO_DATA_DIR'])

    def _connect(self):
        found = postgres.external(os.environ, self.conf)
        if found is None:
            # only the private clusters are ours to tune and to stop
            self.cluster = postgres.Cluster(KINDS[self.kind], careless=self.kind == 'test')
            found = self.cluster.connect()
            self.env['PATH'] += f'{os.pathsep}{self.cluster.bin}'
        self.env.update(found)
        if not self.cluster:
            postgres.check_external(self.python, self.env)

    def _settings(self, extra):
        """Odoo reads these variables before its configuration file, so that the file needs no paths."""
        options = postgres.conf_options(self.conf)
        addons = [paths.ADDONS, *self.odoo.addons_paths]
        addons += [path.strip() for path in options.get('addons_path', '').split(',') if path.strip()]
        front = [self.python.parent, *extra['path']]
        self.env.update({
            'PATH': os.pathsep.join([*map(str, front), self.env.get('PATH', os.defpath)]),
            'PYTHONPATH': os.pathsep.join(filter(None, [str(self.odoo.home), self.env.get('PYTHONPATH')])),
            'ODOO_RC': str(self.conf),
            'ODOO_ADDONS_PATH': ','.join(dict.fromkeys(map(str, addons))),
            **extra['env'],
        })
        if self.kind == 'test' or not options.get('data_dir'):
            self.env['ODOO_DATA_DIR'] = str(paths.LOCAL / ('data' if self.kind == 'demo' else 'data-test'))

    def command(self, *arguments):
        """Odoo's command line."""
        return [self.python, '-m', 'odoo', *arguments]

    def inside(self, script, *arguments):
        """One of the programs in ``house/inside``, which work with Odoo's own Python interface."""
        return [self.python, paths.SCRIPTS / 'house' / 'inside' / script, *arguments]

    def ask(self, script, *arguments):
        """What a program in ``house/inside`` prints as JSON."""
        done = subprocess.run(self.inside(script, *arguments), env=self.env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise console.Trouble(f'{script} {arguments[0]}: {console.last_line(done.stderr)}',
                                  'correct that; if it is a demo database, --fresh makes it anew')
        return json.loads(done.stdout)
