"""Databases: cached templates, throw-away copies.

``base_<key>`` holds the modules of Odoo that the suite depends on, ``suite_<key>`` the suite on top of it with the
web assets generated. A template appears under its name only when it is complete.
"""
import contextlib
import json
import os
import re
import secrets
import shutil
import subprocess

from . import console, lock, paths, postgres, suite

KEPT = 4  # templates of each kind, so that switching between branches stays fast
INSTALL = ('--stop-after-init', '--no-http', '--max-cron-threads=0', '--log-level=warn')


class Databases:
    """The databases of an environment."""

    def __init__(self, house, more=()):
        """
        :param more: modules of Odoo to install beside those that the suite depends on.
        """
        self.house, self.more = house, {*more, *(suite.BESIDE if house.kind == 'test' else ())}
        self.addons = suite.manifests()

    def tool(self, *arguments):
        """Run ``pgtool.py``. :return: the lines it printed."""
        done = subprocess.run(
            [self.house.python, paths.SCRIPTS / 'house' / 'pgtool.py', *arguments], env=self.house.env,
            capture_output=True, text=True, check=False)
        if done.returncode:
            raise console.Trouble(f'PostgreSQL refused to {" ".join(arguments)}: {postgres.complaint(done.stderr)}',
                                  'read the log in .local, or check PGUSER and its rights on a server of your own')
        return done.stdout.split()

    def filestore(self, name):
        return self.house.data_dir / 'filestore' / name

    def exists(self, name):
        return name in self.tool('list')

    def copy(self, source, target):
        self.tool('copy', source, target)
        if self.filestore(source).exists():
            shutil.copytree(self.filestore(source), self.filestore(target), dirs_exist_ok=True)

    def drop(self, name):
        self.tool('drop', name)
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def rename(self, source, target):
        shutil.rmtree(self.filestore(target), ignore_errors=True)
        if self.filestore(source).exists():
            self.filestore(source).rename(self.filestore(target))
        self.tool('rename', source, target)

    @contextlib.contextmanager
    def making(self, name):
        """A database under a passing name, which gets ``name`` when all went well."""
        if self.house.cluster:
            console.need_space(paths.LOCAL, 500)
        new = f'{name}_new'
        self.drop(new)
        try:
            yield new
            self.rename(new, name)
        except BaseException:
            with contextlib.suppress(console.Trouble):
                self.drop(new)
            raise

    def install(self, what, name, modules, *options):
        """Install modules; a logged error counts as a failure even when Odoo goes on."""
        self._odoo(what, '-d', name, '-i', ','.join(modules), f'--load-language={",".join(suite.LANGUAGES)}', *options)

    def generate_assets(self, name):
        """Once here, so that no first visitor and no browser test has to wait for it."""
        console.run('generating web assets', self.house.inside('assets.py', name), env=self.house.env)

    def update(self, what, name, modules):
        """Bring modules up to the state of the code."""
        self._odoo(what, '-d', name, '-u', ','.join(modules), '--i18n-overwrite')

    def _odoo(self, what, *options):
        log = console.run(what, self.house.command(*options, *INSTALL), env=self.house.env)
        for line in log.splitlines():
            if ' ERROR ' in line or ' CRITICAL ' in line:
                raise console.Trouble(f'{what}: {line.strip()[:400]}', f'read the log in {paths.LOGS}')
            if ' WARNING ' in line and 'missing --http-interface' not in line:
                console.say(f'  {line.strip()[:300]}')

    def base(self):
        """The template with Odoo's own modules. :return: its name."""
        modules = sorted(self.more.union(suite.dependencies(self.addons)))
        name = f'base_{suite.base_key(self.house.odoo.version, modules)}'
        with lock.only_one(f'templates {self.house.kind}'):
            if not self.exists(name):
                with self.making(name) as new:
                    self.install(f'installing {len(modules)} modules of Odoo', new, modules)
            self._forget('base_', name)
        return name

    def template(self):
        """The template with the suite. :return: its name."""
        base = self.base()
        name = f'suite_{suite.digest([base, suite.content_key()])}'
        with lock.only_one(f'templates {self.house.kind}'):
            if not self.exists(name):
                with self.making(name) as new:
                    self.copy(base, new)
                    if self.addons:
                        self.install('installing the suite', new, sorted(self.addons))
                    self.generate_assets(new)
            self._forget('suite_', name)
        return name

    def _forget(self, prefix, used):
        """Drop templates that were not used lately."""
        stamps = self.house.data_dir / 'templates'
        stamps.mkdir(parents=True, exist_ok=True)
        (stamps / used).touch()
        found = [name for name in self.tool('list') if name.startswith(prefix) and not name.endswith('_new')]
        found.sort(key=lambda name: _used(stamps / name))
        for name in found[:-KEPT]:
            self.drop(name)
            (stamps / name).unlink(missing_ok=True)

    def _sweep(self):
        """Drop the copies of commands that were killed; on a server of others we cannot know."""
        if self.house.cluster:
            for name in self.tool('list'):
                if abandoned(name):
                    self.drop(name)

    @contextlib.contextmanager
    def throw_away(self, purpose, template=None, workers=()):
        """A copy of the suite's template that is gone afterwards.

        :param workers: a copy for each of these instead, called ``NAME_WORKER``.
        """
        source = template or self.template()
        self._sweep()
        name = f'{purpose}_{os.getpid()}_{secrets.token_hex(3)}'
        copies = [f'{name}_{worker}' for worker in workers] or [name]
        try:
            with lock.only_one(f'templates {self.house.kind}'):
                for copy in copies:
                    self.copy(source, copy)
            yield name
        finally:
            for copy in copies:
                self.drop(copy)


class Stamp:
    """What a database was made of, kept beside it."""

    def __init__(self, base, database):
        self.path = base.house.data_dir / f'{database}.json'

    def read(self):
        try:
            return json.loads(self.path.read_text(encoding='utf-8'))
        except (OSError, ValueError):
            return {}

    def write(self, **state):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(state), encoding='utf-8')

    def remove(self):
        self.path.unlink(missing_ok=True)


def foreign(name):
    """For a database that is in the way."""
    return console.Trouble(f'a database {name} exists that this command did not make', f'drop it: dropdb {name}')


def abandoned(name):
    """Whether ``name`` is a throw-away database whose command does not run any more."""
    match = re.fullmatch(r'[a-z0-9]+_(\d+)_[0-9a-f]{6}(_gw\d+)?', name)
    if not match:
        return False
    try:
        os.kill(int(match[1]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


def _used(stamp):
    return stamp.stat().st_mtime if stamp.exists() else 0
