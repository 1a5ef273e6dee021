"""Compare the figures of `crm.sales.import._figures` with reference figures computed outside of Odoo."""
import math


def expected_figures(snap, monthly, migration, cohorts=None, returns=None):
    """Reference figures in the shape of ours. Money keeps the digits of the reference; compare it to the cent."""
    found = {
        **{name: snap[name] for name in ('customers', 'orders', 'purchase_days', 'revenue', 'one_order_customers', 'gini')},
        'average_order': snap['avg_order_value'], 'mean_orders': snap['mean_F'],
        'median': {'recency': snap['median']['R'], 'orders': snap['median']['F'], 'revenue': snap['median']['M']},
        'top_share': {f'{percent} %': snap[f'top{percent}pct']['share'] for percent in (1, 5, 10, 20)},
        'customers_for_share': {f'{percent} %': snap[f'k{percent}'] for percent in (50, 80, 95)},
        'top_customers': [{'customer': str(ref), 'revenue': amount} for ref, amount in snap['top10_customers']],
        'grades': [{
            'grade': grade, 'customers': snap['ABC_customers'][grade], 'revenue': snap['ABC_revenue'][grade],
            **({'from_revenue': snap[f'{grade}_min_revenue']} if grade != 'C' else {})} for grade in 'ABC'],
        'rfm_equal': expected_rfm(snap['RFM_ntile']), 'rfm_percentile': expected_rfm(snap['RFM_threshold']),
        'monthly': monthly,
        'migration': {
            'window_days': migration['window_days'], 'from': migration['S1'], 'to': migration['S2'],
            'revenue_from': migration['rev1'], 'revenue_to': migration['rev2'],
            'matrix': [{'from': old, **row} for old, row in migration['matrix'].items()]},
    }
    if cohorts:
        found['cohorts'] = cohorts
    if returns:
        names = {'returns_value': 'returns', 'gross_positive': 'gross_revenue', 'cancel_invoices': 'credit_notes',
                 'k80': 'customers_for_80 %'}
        found['returns_view'] = {names.get(name, name): value for name, value in returns.items()}
    return found


def expected_rfm(rfm):
    return {
        **{axis: rfm[axis] for axis in 'RFM'}, 'code_555': rfm['n555'], 'code_111': rfm['n111'],
        'distinct_codes': rfm['distinct_codes'], 'champions': rfm['champions_R45F45M45'], 'at_risk': rfm['at_risk_R12F45M45'],
        'lost': rfm['lost_R1F12'], 'new': rfm['new_R5F1'], 'sum_of_scores': rfm['sum_distribution'],
        'mean_revenue_by_recency': rfm['mean_M_by_R'], 'cut_points': rfm.get('cuts', {}),
    }


def deviations(expected, found, path=''):
    """Iterate over (path, expected, found) wherever they differ: counts and texts exactly, other numbers by half a unit of
    the last digit that the reference prints, money by a cent."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            yield from deviations(value, found.get(key, 'missing'), f'{path}/{key}')
    elif isinstance(expected, list):
        if len(expected) != len(found):
            yield path, len(expected), len(found)
        for number, (value, other) in enumerate(zip(expected, found, strict=False)):
            yield from deviations(value, other, f'{path}/{number}')
    elif isinstance(expected, float) and math.isnan(expected):  # a blank in the table of the reference
        if found is not None:
            yield path, None, found
    elif isinstance(expected, float) and isinstance(found, (int, float)):
        if abs(expected - found) > (0.0101 if abs(expected) > 10 else 0.00001):
            yield path, expected, found
    elif expected != found:
        yield path, expected, found
