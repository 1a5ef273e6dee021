"""Recycling customers to a pool, and fifty people who claim them at once, against the raw SQL of the same."""
import threading
import time
from datetime import timedelta

import psycopg2
from _timing import timed

import odoo
from odoo.exceptions import UserError
from odoo.tools import SQL

WORKERS = 50


def recycle(env, size, date):
    """A recycling run: all customers are looked at, a hundredth is due and goes to the pool. The floor finds and moves the same in SQL."""
    pool, rule, people = _pool(env)
    due = max(size // 100, WORKERS)
    _owned(env, people, due, date)
    floor = timed(env, lambda: _recycle_floor(env, pool, rule, date), undo=True)
    find = timed(env, lambda: env['crm.pool.due']._refresh(env.company))
    seconds = timed(env, lambda: env['crm.pool.due']._run(env.company))
    env.cr.commit()
    again = timed(env, lambda: env['crm.pool.due']._run(env.company))
    count = env['crm.pool.entry'].search_count([('pool_id', '=', pool.id)])
    assert count == due, f'{count} of {due} recycled'
    return {'recycle_seconds': round(seconds, 3), 'recycle_floor_seconds': round(floor, 3), 'recycle_count': count,
            'recycle_find_seconds': round(find, 3), 'recycle_again_seconds': round(again, 3)}


def claims(env, size, date):
    """All customers of the pool claimed by fifty people at once, each in transactions of their own, all after the same ones.

    The floor makes as many claims in SQL, one transaction each. ``claims_told``: how often somebody else was faster.
    """
    pool = env['crm.pool'].search([('name', '=', "Bench")], limit=1)
    entries = env['crm.pool.entry'].search([('pool_id', '=', pool.id)], order='id', limit=10_000).ids
    floor = _claims_floor(env, pool, entries[:1000]) * len(entries) / min(len(entries), 1000)
    share, tally = -(-len(entries) // WORKERS), []
    start = threading.Barrier(WORKERS + 1)
    threads = [threading.Thread(target=_claim, args=(
        env, person, start, tally, entries[max(0, position * share - 5):(position + 1) * share + 5]))   # neighbours want the same ones
        for position, person in enumerate(pool.member_ids.ids)]
    for thread in threads:
        thread.start()
    start.wait()
    begin = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begin
    env.cr.rollback()
    env.invalidate_all()
    claimed, told, failed = (sum(counts) for counts in zip(*tally, strict=True))
    assert claimed == len(entries) and not failed, f'{claimed} of {len(entries)} claimed, {failed} failed'
    return {'claims_seconds': round(seconds, 3), 'claims_floor_seconds': round(floor, 3), 'claims_count': claimed, 'claims_told': told,
            'claims_ms': round(1000 * seconds / claimed, 2)}


def _pool(env):
    """Return a pool, its rule and the fifty people who work with it."""
    company = env.company
    people = env['res.users'].with_context(no_reset_password=True).create([{
        'name': f"Claimer {number}", 'login': f'benchclaim{number}', 'company_id': company.id, 'company_ids': [(6, 0, company.ids)],
        'group_ids': [(6, 0, env.ref('sales_team.group_sale_salesman').ids)]} for number in range(WORKERS)])
    env['crm.pool'].search([]).active = False
    pool = env['crm.pool'].create({
        'name': "Bench", 'company_id': company.id, 'member_ids': [(6, 0, people.ids)], 'claim_daily_max': 0, 'cooldown_days': 0})
    rule = env['crm.pool.rule'].create(
        {'name': "Bench", 'pool_id': pool.id, 'days_contact': 90, 'warn_days': 0, 'spare_kind_ids': False})
    return pool, rule, people


def _owned(env, people, due, date):
    """Give all customers owners; the first ``due`` of them have not been followed up since they were made, the others are new."""
    env.flush_all()
    env.cr.execute(SQL(
        """WITH numbered AS (
               SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS number FROM res_partner
                WHERE active AND commercial_partner_id = id AND id NOT IN (SELECT partner_id FROM res_users) AND id NOT IN
                      (SELECT partner_id FROM res_company))
           UPDATE res_partner SET user_id = (%s::int[])[1 + number %% %s], create_date = CASE WHEN number <= %s THEN %s ELSE %s END
             FROM numbered WHERE numbered.id = res_partner.id""",
        people.ids, len(people), due, date - timedelta(days=91), date))
    env.invalidate_all()
    env.cr.commit()
    env.cr.execute("ANALYZE res_partner")


def _recycle_floor(env, pool, rule, date):
    env.cr.execute(SQL(
        """WITH idle AS (
               SELECT partner.id, partner.user_id, GREATEST(partner.create_date::date, MAX(message.date)::date) AS day
                 FROM res_partner AS partner
            LEFT JOIN mail_message AS message ON message.author_id = partner.id
                WHERE partner.active AND partner.commercial_partner_id = partner.id AND partner.user_id IS NOT NULL
             GROUP BY partner.id),
           due AS (SELECT * FROM idle WHERE day + 90 <= %(date)s),
           moved AS (
               INSERT INTO crm_pool_move (date, day, kind, direction, partner_id, company_id, pool_id, from_user_id, author_id, rule_id)
               SELECT NOW(), %(date)s, 'recycled', 'in', id, %(company)s, %(pool)s, user_id, %(uid)s, %(rule)s FROM due),
           put AS (
               INSERT INTO crm_pool_entry (partner_id, pool_id, company_id, date_in, former_user_id, active)
               SELECT id, %(pool)s, %(company)s, NOW(), user_id, TRUE FROM due)
           UPDATE res_partner SET user_id = NULL, crm_pool_id = %(pool)s FROM due WHERE due.id = res_partner.id""",
        date=date, company=env.company.id, pool=pool.id, uid=env.uid, rule=rule.id))


def _claims_floor(env, pool, entries):
    """Return the seconds that as many claims take in SQL, each committed; nothing of them is left."""
    person = pool.member_ids[:1].id
    env.cr.execute(SQL("SELECT id, partner_id FROM crm_pool_entry WHERE id = ANY(%s)", entries))
    rows = env.cr.fetchall()
    begin = time.perf_counter()
    with env.registry.cursor() as cr:
        for entry, partner in rows:
            cr.execute("SAVEPOINT claim")
            cr.execute(SQL("SELECT id FROM crm_pool_entry WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", entry))
            cr.execute(SQL(
                """INSERT INTO crm_pool_move (date, day, kind, direction, partner_id, company_id, pool_id, to_user_id, author_id)
                   VALUES (NOW(), NOW()::date, 'claimed', 'out', %s, %s, %s, %s, %s)""", partner, env.company.id, pool.id, person, person))
            cr.execute(SQL("DELETE FROM crm_pool_entry WHERE id = %s", entry))
            cr.execute(SQL("UPDATE res_partner SET user_id = %s, crm_pool_id = NULL WHERE id = %s", person, partner))
            cr.execute("RELEASE SAVEPOINT claim")
        cr.rollback()
    return time.perf_counter() - begin


def _claim(env, person, start, tally, entries):
    """Claim one after the other, each in a transaction of its own, as a browser does."""
    claimed = told = failed = 0
    start.wait()
    for entry in entries:
        with env.registry.cursor() as cr:
            mine = odoo.api.Environment(cr, person, {'allowed_company_ids': env.company.ids})
            try:
                mine['crm.pool.entry'].browse(entry).action_claim()
                mine.flush_all()
                cr.commit()
                claimed += 1
            except UserError:
                cr.rollback()
                told += 1
            except psycopg2.Error:   # counted, and the bench fails
                cr.rollback()
                failed += 1
    tally.append((claimed, told, failed))
