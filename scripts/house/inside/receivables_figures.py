"""What is owed as of a day, as JSON: ``receivables_figures.py DATABASE [YYYY-MM-DD]``."""
import json
import sys

from session import environment

if __name__ == '__main__':
    with environment(sys.argv[1]) as env:
        print(json.dumps(env['crm.receivables.import']._figures(sys.argv[2] or None), default=str))
