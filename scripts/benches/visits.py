"""Due days, the list of who is due, closing a month of quotas and opening the report, against the raw SQL that they cannot beat.

1,000,000 visits of two years were made by 500 people at 100,000 customers. Each part returns its own ``<part>_seconds`` and
``<part>_floor_seconds``; ``seconds`` and ``floor_seconds`` are their sums.

* ``due``: last visit, interval and due day of every customer, from nothing. The floor is one hand-written statement that
  stores the same. ``due_again_seconds``: once more, when nothing has changed; ``finish_ms``: after one visit was made.
* ``list``: the list "Due Visits" as a sales manager's browser asks for it (``web_search_read`` with a count). The floor is the
  page and the count in SQL. ``list_rep_ms``: the same for a representative with 200 customers.
* ``close`` and ``report``: see ``_visits_quota.py``.
"""
from _timing import timed
from _visits_data import generate
from _visits_quota import PARTS as QUOTA

from odoo.tools import SQL

SIZES = [100_000, 1_000_000]
LIST_FIELDS = ('partner_id', 'city', 'grade_id', 'last_visit_date', 'next_visit_date', 'visits_behind', 'planned_visit_date',
               'last_contact_date', 'user_id')


def run(env, size):
    people = generate(env, size)
    result = {}
    for part in PARTS.values():
        result.update(part(env, people))
    for total in ('seconds', 'floor_seconds'):
        result[total] = round(sum(result[f'{part}_{total}'] for part in PARTS), 3)
    return result


# ----------------------------------------------------------------------
# Due days
# ----------------------------------------------------------------------

def due(env, _people):
    customers = env['crm.customer'].sudo()
    floor = timed(env, lambda: env.cr.execute(_due_floor(env)), times=2, undo=True)  # the first one warms the disk up
    seconds = timed(env, lambda: customers._plan_visits(env.company))
    env.cr.commit()
    again = timed(env, lambda: customers._plan_visits(env.company))
    visit = env['crm.visit'].search([], limit=1)
    finish = timed(env, lambda: customers._plan_visits_of(visit), times=3)
    env.cr.execute("SELECT COUNT(*) FROM crm_customer WHERE next_visit_date IS NULL")
    assert not env.cr.fetchone()[0], 'every customer has a due day'
    return {'due_seconds': round(seconds, 3), 'due_floor_seconds': round(floor, 3), 'due_again_seconds': round(again, 3),
            'finish_ms': round(1000 * finish, 1)}


def _due_floor(env):
    return SQL(
        """UPDATE crm_customer AS customer
              SET last_visit_date = last.date, visit_interval_days = days, next_visit_date = GREATEST(last.date + days, grade_date)
             FROM (SELECT id, CASE visit_period WHEN 'month' THEN 30 WHEN 'quarter' THEN 91 ELSE 365 END / visit_count AS days
                     FROM crm_grade WHERE visit_count > 0) AS grade,
                  (SELECT profile.id, MAX(visit.date) AS date
                     FROM crm_customer AS profile
                LEFT JOIN crm_visit AS visit ON visit.partner_id = profile.partner_id AND visit.company_id = profile.company_id
                          AND visit.state = 'done' AND visit.counts_for_quota
                    GROUP BY profile.id) AS last
            WHERE grade.id = customer.grade_id AND last.id = customer.id AND customer.company_id = %s""", env.company.id)


# ----------------------------------------------------------------------
# The list of who is due
# ----------------------------------------------------------------------

def due_list(env, people):
    manager = env['res.users'].with_context(no_reset_password=True).create({
        'name': "Bench Manager", 'login': 'benchmanager', 'group_ids': [(4, env.ref('sales_team.group_sale_manager').id)]})
    env.cr.commit()
    seconds, rep = (timed(env, lambda user=user: _open_list(env, user), times=3) for user in (manager.id, people[0]))
    floor = timed(env, lambda: _list_floor(env), times=3)
    return {'list_seconds': round(seconds, 4), 'list_floor_seconds': round(floor, 4), 'list_rep_ms': round(1000 * rep, 1)}


def _open_list(env, user):
    """Ask for the first page as the web client does."""
    customers = env(user=user)['crm.customer'].with_context(allowed_company_ids=env.company.ids, bin_size=True)
    many2one = {'fields': {'display_name': {}}}
    specification = {name: many2one if customers._fields[name].relational else {} for name in LIST_FIELDS}
    found = customers.web_search_read(
        [('next_visit_date', '<=', 'today')], specification, limit=80, order='next_visit_date, id', count_limit=10_001)
    assert found['length'], 'somebody is due'


def _list_floor(env):
    where = SQL("company_id = %s AND active AND next_visit_date <= CURRENT_DATE", env.company.id)
    env.cr.execute(SQL(
        """SELECT customer.id, partner.complete_name, partner.city, grade.name, last_visit_date, next_visit_date, last_contact_date,
                  (SELECT MIN(date_start) FROM crm_visit AS visit WHERE visit.partner_id = partner.id AND visit.state = 'planned')
             FROM (SELECT * FROM crm_customer WHERE %s ORDER BY next_visit_date, id LIMIT 80) AS customer
             JOIN res_partner AS partner ON partner.id = customer.partner_id
             JOIN crm_grade AS grade ON grade.id = customer.grade_id""", where))
    env.cr.fetchall()
    env.cr.execute(SQL("SELECT COUNT(*) FROM (SELECT FROM crm_customer WHERE %s LIMIT 10001) AS counted", where))
    env.cr.fetchall()


# what is measured, by the name that its figures begin with
PARTS = {'due': due, 'list': due_list, **QUOTA}
