"""Throw-away databases for tests that install, update and uninstall: copies of the template with Odoo's own modules."""
import ast
import contextlib
import os
import pathlib
import secrets
import shutil
import subprocess
import sys

import psycopg2
from psycopg2 import sql

ADDONS = pathlib.Path(__file__).parents[1] / 'addons'
# our addons -> what their manifests ask for
DEPENDS = {path.parent.name: ast.literal_eval(path.read_text(encoding='utf-8'))['depends'] for path in ADDONS.glob('*/__manifest__.py')}
PROLOGUE = '''
import logging, sys
import odoo.api
from odoo.modules.registry import Registry
from odoo.tools import config
config.parse_config(['-d', sys.argv[1], '--max-cron-threads=0', '--log-level=error'], setup_logging=True)
with Registry(sys.argv[1]).cursor() as cr:
    env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
'''


def connect(name):
    connection = psycopg2.connect(dbname=name)
    connection.autocommit = True
    return connection


def rows(name, query):
    """Return the rows of a query on a database."""
    with contextlib.closing(connect(name)) as connection, connection.cursor() as cr:
        cr.execute(query)
        return cr.fetchall()


def base_template(module):
    """Return the name of a database that has all of Odoo's own modules that our addons ask for, and not ``module``."""
    odoos_own = {name for asked in DEPENDS.values() for name in asked} - DEPENDS.keys()
    names = [row[0] for row in rows('postgres', r"SELECT datname FROM pg_database WHERE datname LIKE 'base%' AND datname !~ '_new$|demo'")]
    for name in names:
        installed = {row[0] for row in rows(name, "SELECT name FROM ir_module_module WHERE state = 'installed'")}
        if odoos_own <= installed and module not in installed:
            return name
    raise AssertionError("There is no database base_… with Odoo's own modules: run scripts/test, which makes it.")


@contextlib.contextmanager
def copy_of(template):
    """A copy of a database with its attachments, gone afterwards."""
    from odoo.tools import config
    name = f'install_{os.getpid()}_{secrets.token_hex(3)}'
    with contextlib.closing(connect('postgres')) as connection, connection.cursor() as cr:
        cr.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        try:
            if os.path.isdir(config.filestore(template)):
                shutil.copytree(config.filestore(template), config.filestore(name))
            yield name
        finally:
            cr.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            shutil.rmtree(config.filestore(name), ignore_errors=True)


def odoo(name, *options):
    """Run Odoo's command line on a database; anything logged from a warning on fails."""
    done = subprocess.run(
        [sys.executable, '-m', 'odoo', '-d', name, '--stop-after-init', '--no-http', '--max-cron-threads=0', '--log-level=warn', *options],
        capture_output=True, text=True, check=False)
    problems = [line for line in done.stderr.splitlines() if ' WARNING ' in line or ' ERROR ' in line or ' CRITICAL ' in line]
    problems = [line for line in problems if 'http-interface' not in line]
    assert not done.returncode and not problems, '\n'.join(problems) or done.stderr[-2000:]


def inside(name, code):
    """Run a piece of Python with ``env``, the superuser's environment on a database; committed at the end."""
    body = ''.join(f'    {line}\n' for line in code.strip().splitlines())
    done = subprocess.run([sys.executable, '-', name], input=PROLOGUE + body, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr[-3000:]
    return done.stdout


@contextlib.contextmanager
def with_addon(module):
    """A database with one of our addons, and those that it needs, gone afterwards."""
    with copy_of(base_template(module)) as name:
        odoo(name, '-i', module)
        yield name
