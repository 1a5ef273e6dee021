"""The figures of a company as JSON: ``ask_figures.py DATABASE``."""
import json
import sys

from session import environment

if __name__ == '__main__':
    with environment(sys.argv[1]) as env:
        model = env.get('crm.sales.import')
        figures = model._figures() if hasattr(model, '_figures') else {}
        print(json.dumps(figures, default=str, ensure_ascii=False))
