"""Database administration, run by the environment's Python: ``pgtool.py ACTION NAME [OTHER]``.

So it works without PostgreSQL's client programs, too.
"""
import sys

import psycopg2
from psycopg2 import sql


def run(action, *names):
    """:return: lines to print."""
    connection = psycopg2.connect(dbname='postgres')
    connection.autocommit = True
    name, other = ([sql.Identifier(n) for n in names] + [None, None])[:2]
    with connection.cursor() as cr:
        if action == 'list':
            cr.execute('SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1')
            return [row[0] for row in cr.fetchall()]
        if action == 'copy':
            cr.execute(sql.SQL('CREATE DATABASE {} TEMPLATE {}').format(other, name))
        elif action == 'rename':
            cr.execute(sql.SQL('ALTER DATABASE {} RENAME TO {}').format(name, other))
        elif action == 'drop':
            cr.execute(sql.SQL('DROP DATABASE IF EXISTS {} WITH (FORCE)').format(name))
        else:
            raise SystemExit(f'unknown action {action}')
    return []


if __name__ == '__main__':
    print('\n'.join(run(*sys.argv[1:])))
