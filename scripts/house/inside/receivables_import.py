"""Import receivables with ``crm.receivables.import``: ``receivables_import.py DATABASE FILE``."""
import sys

from session import environment

UNUSABLE = 4  # exit status: nothing of the file came in, nor will it


def progress(done, total):
    """A line after every batch."""
    print(f'… {done:,} of {total:,} invoices', file=sys.stderr, flush=True)


if __name__ == '__main__':
    with environment(sys.argv[1]) as env:
        from odoo.exceptions import UserError
        try:
            env['crm.receivables.import']._run_file(sys.argv[2], progress)
            env['crm.collection.month']._refresh(env.company)
        except UserError as error:
            env.cr.rollback()
            print(error)
            sys.exit(UNUSABLE)
