import json

from odoo.tools import file_open


def read_dashboard(path):
    """Return the content of a spreadsheet dashboard that an addon ships, ``addon/data/dashboards/….json``."""
    with file_open(path) as file:
        return json.load(file)


def dashboard_sources(content):
    """Yield the model, domain and field names of everything that a dashboard shows: pivots, lists and charts."""
    for pivot in content['pivots'].values():
        yield pivot['model'], pivot['domain'], [part['fieldName'] for part in pivot['rows'] + pivot['measures']]
    for one in content['lists'].values():
        yield one['model'], one['domain'], one['columns']
    for sheet in content['sheets']:
        for figure in sheet['figures']:
            meta = figure['data'].get('metaData')
            if meta:
                yield (meta['resModel'], figure['data']['searchParams']['domain'],
                       [*(name.split(':')[0] for name in meta['groupBy']), meta['measure']])
