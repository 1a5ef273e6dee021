"""The figures of a company as text for people: the few that count. All of them go into ``--report``."""
import datetime

SEGMENTS = ('champions', 'at_risk', 'new', 'lost')  # of the RFM figures; who is in none of them is told as "other"
MONTHS = 6  # of a cohort that are told


def summary(figures):
    """The few figures that a person wants to see first.

    :param figures: what ``crm.sales.import._figures`` knows
    :return: some twenty lines; empty without figures
    """
    if not figures:
        return ''
    last_day = datetime.date.fromisoformat(figures['snapshot']) - datetime.timedelta(days=1)
    customers, makers = figures['customers'], figures['customers_for_share']['80 %']
    return '\n'.join([
        f'{figures["company"]}, until {last_day}, amounts in {figures["currency"]}',
        '',
        f'{customers:,} customers, {figures["orders"]:,} orders, revenue {figures["revenue"]:,.2f}',
        f'The top 20 % of the customers make {figures["top_share"]["20 %"]:.1%} of the revenue.',
        f'80 % of the revenue is made by {makers:,} customers ({makers / customers:.1%}).',
        '', 'Grades', *_table(list(_grades(figures))),
        '', 'RFM segments', *_table(list(_segments(figures))),
        *(['', 'Of the customers who first bought in a month, so many bought again so many months later', *_table(cohorts)]
          if (cohorts := list(_cohorts(figures['cohorts']))) else ()),
        *(_churn(figures['churn']) if figures.get('churn') else ()),
    ])


def _grades(figures):
    customers, revenue = (sum(row[key] for row in figures['grades']) for key in ('customers', 'revenue'))
    for row in figures['grades']:
        yield {
            'Grade': row['grade'],
            'Customers': f'{row["customers"]:,}', 'of all': _share(row['customers'], customers),
            'Revenue': f'{row["revenue"]:,.2f}', 'of total': _share(row['revenue'], revenue),
        }


def _segments(figures):
    forms = {'Equal-sized fifths': figures['rfm_equal'], 'Percentile cut points': figures['rfm_percentile']}
    for segment in SEGMENTS:
        yield {'Segment': segment.replace('_', ' ').capitalize(), **{name: f'{form[segment]:,}' for name, form in forms.items()}}
    yield {'Segment': 'Other', **{
        name: f'{sum(form["R"].values()) - sum(form[segment] for segment in SEGMENTS):,}' for name, form in forms.items()}}


def _cohorts(cohorts):
    """The months whose following six are known, the latest at most a dozen."""
    known = {month: row for place, (month, row) in enumerate(sorted(cohorts.items())) if len(row) - place > MONTHS}
    for month, row in list(known.items())[-12:]:
        yield {'First bought': month, 'Customers': f'{row[0]:,}', **{
            f'+{later}': _share(row[later], row[0]) for later in range(1, MONTHS + 1)}}


def _churn(churn):
    """Who says so, how good that was, and whom to save first."""
    speaking = next((model for model in churn['models'] if model['speaks']), None)
    yield from ('', 'Risk of losing customers')
    if speaking:
        yield f'  judged by the {speaking["kind"]} model: will they buy within {speaking["horizon_days"]} days?'
        yield from _table([{
            'Tried out on': test['date'], 'Customers': f'{test["customers"]:,}', 'lost': f'{test["lost"]:.1f} %',
            'predicted': f'{test["predicted"]:.1f} %', 'AUC': f'{test["auc"]:.3f}', 'of recency': f'{test["auc_recency"]:.3f}',
            'still active': f'{test["auc_active"]:.3f}', 'of recency ': f'{test["auc_recency_active"]:.3f}',
        } for test in speaking['backtests']])
    else:
        yield '  judged by signals: no model has proven better than the days since the last purchase'
    yield '  ' + ', '.join(f'{level} {count:,}' for level, count in churn['levels'].items())
    yield from ('', 'Whom to save first', *_table([{
        'Customer': row['customer'], 'Risk': f'{row["risk"]:.0f} %', 'Yearly value': f'{row["yearly_value"]:,.0f}',
        'At stake': f'{row["at_stake"]:,.0f}'} for row in churn['save_first']]))


def _share(part, whole):
    return f'{part / whole:.1%}' if whole else ''


def _table(rows):
    """Lines of a table; the first column stands left, the others right."""
    lines = [list(rows[0]), *(list(row.values()) for row in rows)] if rows else []
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return ['  ' + '  '.join([first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))])
            for first, *others in lines]
