"""Row locks that never make a transaction fail."""
from psycopg2.errors import SerializationFailure

from odoo.tools import SQL


def lock_rows(records):
    """Lock the rows of records until the end of the transaction, skipping those that others hold.

    Unlike ``try_lock_for_update`` this survives rows that another transaction has changed since this one took its snapshot:
    with those, PostgreSQL refuses the whole statement, and the transaction would have to start again.

    :return: the locked records, which nobody has changed since the snapshot; None where some have been changed
    """
    if not records:
        return records
    env = records.env
    try:
        with env.cr.savepoint(flush=False):
            env.cr.execute(SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
                SQL.identifier(records._table), records.ids), log_exceptions=False)
            locked = {row[0] for row in env.cr.fetchall()}
    except SerializationFailure:
        return None
    return records.filtered(lambda record: record.id in locked)


def lock_fresh_rows(records):
    """Lock those of the records that nobody holds and nobody has changed since the snapshot."""
    locked = lock_rows(records)
    if locked is not None:
        return locked
    # some have changed, and the statement does not say which
    return records.browse().union(*(lock_rows(record) or record.browse() for record in records))
