"""Recycling customers to a pool, and fifty people who claim them at once, against the raw SQL of the same."""
import threading
import time
from datetime import timedelta

import psycopg2
from _timing import timed

import odoo
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

WORKERS = 50
DUE = 10_000          # customers that are recycled, and claimed, whatever the size of the company
FLOOR_CLAIMS = 1_000    # claims that the floor is measured on


def recycle(env, size, date):
    """A recycling run: all customers are looked at, some are due and go to the pool.

    Looking is measured apart from moving: the one grows with the customers, the other with those that are due. Both floors are
    statements that do the same work for all customers at once.
    """
    pool, rule, people = _pool(env)
    due = min(DUE, size // 2)
    _owned(env, people, due, date)
    find_floor = timed(env, lambda: _find_floor(env, date), undo=True)
    floor = timed(env, lambda: _move_floor(env, pool, rule, date), undo=True)
    find = timed(env, lambda: env['crm.pool.due']._refresh(env.company))
    env.cr.commit()
    seconds = timed(env, lambda: env['crm.pool.due']._run(env.company))
    env.cr.commit()
    again = timed(env, lambda: env['crm.pool.due']._run(env.company))
    count = env['crm.pool.entry'].search_count([('pool_id', '=', pool.id)])
    assert count == due, f'{count} of {due} recycled'
    return {'find_seconds': round(find, 3), 'find_floor_seconds': round(find_floor, 3), 'find_again_seconds': round(again, 3),
            'recycle_seconds': round(max(0.0, seconds - again), 3), 'recycle_floor_seconds': round(floor, 3), 'recycle_count': count,
            'recycle_ms': round(1000 * max(0.0, seconds - again) / count, 2)}


def claims(env, size, date):
    """All customers of the pool claimed by fifty people at once, each in transactions of their own, neighbours after the same ones.

    The floor makes claims in SQL with the same locks and checks, each committed. ``claims_told``: how often somebody else was faster.
    """
    pool = env['crm.pool'].search([('name', '=', "Bench")], limit=1)
    entries = env['crm.pool.entry'].search([('pool_id', '=', pool.id)], order='id', limit=DUE).ids
    tried = entries[:FLOOR_CLAIMS]
    floor = _claims_floor(env, pool, tried) * len(entries) / len(tried)
    share, tally = -(-len(entries) // WORKERS), []
    seconds = _at_once([
        lambda start, person=person, position=position: _claim(   # neighbours want the same ones
            env, person, start, tally, entries[max(0, position * share - 5):(position + 1) * share + 5])
        for position, person in enumerate(pool.member_ids.ids)])
    env.cr.rollback()
    env.invalidate_all()
    claimed, told, failed = (sum(counts) for counts in zip(*tally, strict=True))
    assert claimed == len(entries) and not failed, f'{claimed} of {len(entries)} claimed, {failed} failed'
    return {'claims_seconds': round(seconds, 3), 'claims_floor_seconds': round(floor, 3), 'claims_count': claimed, 'claims_told': told,
            'claims_ms': round(1000 * seconds / claimed, 2),
            'claims_floor_ms': round(1000 * floor / claimed, 2)}


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


def _idle(env, date):
    """Return the hand-written query of owned customers and the last day of contact with each."""
    return SQL(
        """SELECT partner.id, partner.user_id, GREATEST(partner.create_date::date, MAX(message.date)::date) AS day
             FROM res_partner AS partner LEFT JOIN mail_message AS message ON message.author_id = partner.id
            WHERE partner.active AND partner.commercial_partner_id = partner.id AND partner.user_id IS NOT NULL
              AND partner.crm_pool_id IS NULL
         GROUP BY partner.id HAVING GREATEST(partner.create_date::date, MAX(message.date)::date) + 90 <= %s::date + 30""", date)


def _find_floor(env, date):
    env.cr.execute(SQL(
        """INSERT INTO crm_pool_due (partner_id, company_id, rule_id, pool_id, user_id, due_date, recycle_date, since, is_told)
           SELECT idle.id, %s, rule.id, rule.pool_id, idle.user_id, day + 90, day + 90, day, FALSE
             FROM (%s) AS idle, crm_pool_rule AS rule WHERE rule.name->>'en_US' = 'Bench'""", env.company.id, _idle(env, date)))


def _move_floor(env, pool, rule, date):
    """Move what is due: history, entry, owner on contact and profile, followers, and a look at what is open at the customers."""
    env.cr.execute(SQL(
        "CREATE TEMP TABLE bench_due ON COMMIT DROP AS SELECT * FROM (%s) AS idle WHERE day + 90 <= %s", _idle(env, date), date))
    env.cr.execute("CREATE INDEX ON bench_due (id); ANALYZE bench_due")
    env.cr.execute("SELECT id FROM bench_due")
    for query in _open_queries(env, env['res.partner'].browse(row[0] for row in env.cr.fetchall())):
        env.cr.execute(query)
    env.cr.execute(SQL(
        """WITH moved AS (
               INSERT INTO crm_pool_move (date, day, kind, direction, partner_id, partner_name, company_id, pool_id, from_user_id, rep_id,
                                          author_id, rule_id, reason, days, number)
               SELECT NOW(), %(date)s, 'recycled', 'in', due.id, partner.complete_name, %(company)s, %(pool)s, due.user_id, due.user_id,
                      %(uid)s, %(rule)s, 'Bench', %(date)s - day, 0
                 FROM bench_due AS due JOIN res_partner AS partner ON partner.id = due.id),
           put AS (
               INSERT INTO crm_pool_entry (partner_id, pool_id, company_id, date_in, former_user_id, reason, active)
               SELECT id, %(pool)s, %(company)s, NOW(), user_id, 'Bench', TRUE FROM bench_due),
           left_alone AS (
               DELETE FROM mail_followers AS follower USING bench_due AS due, res_users AS owner
                WHERE follower.res_model = 'res.partner' AND follower.res_id = due.id AND owner.id = due.user_id
                  AND follower.partner_id = owner.partner_id),
           profiles AS (
               UPDATE crm_customer AS customer SET user_id = NULL FROM bench_due AS due WHERE customer.partner_id = due.id)
           UPDATE res_partner AS partner SET user_id = NULL, crm_pool_id = %(pool)s FROM bench_due AS due
            WHERE partner.commercial_partner_id = due.id AND partner.user_id = due.user_id""",
        date=date, company=env.company.id, pool=pool.id, uid=env.uid, rule=rule.id))


def _open_queries(env, partners, owner=None):
    """Return the queries of what is open at customers, of every kind that moves with the owner."""
    return [
        env[owned.model].sudo()._search(owned.domain & (Domain(owned.owner, '=', owner) if owner else Domain.TRUE)).select()
        for key, owned in env['crm.ownership']._declared(partners).items() if key != 'customer']


def _claims_floor(env, pool, entries):
    """Return the seconds that claims take in SQL, with the locks and checks that a claim needs, each committed; they are undone after."""
    owner = pool.responsible_id.id
    env.cr.execute(SQL("SELECT id, partner_id FROM crm_pool_entry WHERE id = ANY(%s)", entries))
    rows = env.cr.fetchall()
    env.flush_all()
    work = [(entry, partner, _open_queries(env, env['res.partner'].browse(partner), owner)) for entry, partner in rows]
    env.cr.execute(SQL("CREATE TABLE bench_kept AS SELECT * FROM crm_pool_entry WHERE id = ANY(%s)", entries))
    env.cr.commit()
    people = pool.member_ids.ids
    queries = [[list(_claim_queries(env.company.id, pool.id, person, *claim)) for claim in work[position::WORKERS]]
               for position, person in enumerate(people)]
    seconds = _at_once([lambda start, mine=mine: _claim_in_sql(env.registry, start, mine) for mine in queries])
    env.cr.rollback()   # what follows has to see what they have committed
    env.cr.execute(SQL(
        """INSERT INTO crm_pool_entry SELECT * FROM bench_kept;
           DELETE FROM crm_pool_move WHERE kind = 'claimed' AND pool_id = %(pool)s;
           UPDATE res_partner SET user_id = NULL, crm_pool_id = %(pool)s WHERE id IN (SELECT partner_id FROM bench_kept);
           UPDATE crm_customer SET user_id = NULL WHERE partner_id IN (SELECT partner_id FROM bench_kept);
           DROP TABLE bench_kept""", pool=pool.id))
    env.cr.commit()
    env.invalidate_all()
    return seconds


def _claim_in_sql(registry, start, claims):
    start.wait()
    for queries in claims:
        with registry.cursor() as cr:
            for query in queries:
                cr.execute(query)
            cr.commit()


def _at_once(workers):
    """Return the seconds from the moment when all workers start to that when the last one is done."""
    start = threading.Barrier(len(workers) + 1)
    threads = [threading.Thread(target=worker, args=(start,)) for worker in workers]
    for thread in threads:
        thread.start()
    start.wait()
    begin = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin


def _claim_queries(company, pool, person, entry, partner, looks):
    yield SQL("SELECT pg_try_advisory_xact_lock(1, %s)", person)
    yield SQL(
        """SELECT entry.*, member.*, EXISTS (
                  SELECT FROM crm_pool_move
                   WHERE partner_id = %s AND from_user_id = %s AND direction = 'in' AND date > NOW() - INTERVAL '1 day')
             FROM crm_pool_entry AS entry JOIN crm_pool AS pool ON pool.id = entry.pool_id
             JOIN crm_pool_member_rel AS member ON member.crm_pool_id = pool.id AND member.res_users_id = %s
            WHERE entry.id = %s AND entry.active AND entry.company_id = %s""", partner, person, person, entry, company)
    yield SQL(
        """SELECT COUNT(*), MAX(number) FROM crm_pool_move
            WHERE to_user_id = %s AND company_id = %s AND day = CURRENT_DATE AND kind = 'claimed'""",
        person, company)
    yield SQL("SELECT id FROM crm_pool_entry WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", entry)
    yield SQL("SELECT id, complete_name FROM res_partner WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", partner)
    yield SQL(
        """INSERT INTO crm_pool_move (date, day, kind, direction, partner_id, partner_name, company_id, pool_id, to_user_id, rep_id,
                                      author_id, days, starts_clock, number)
           SELECT NOW(), CURRENT_DATE, 'claimed', 'out', %(partner)s, 'Customer', %(company)s, %(pool)s, %(person)s, %(person)s,
                  %(person)s, 0, TRUE, 1 + COALESCE(MAX(number), 0)
             FROM crm_pool_move WHERE to_user_id = %(person)s AND company_id = %(company)s AND day = CURRENT_DATE AND number > 0""",
        partner=partner, company=company, pool=pool, person=person)
    yield SQL("DELETE FROM crm_pool_entry WHERE id = %s", entry)
    yield SQL("UPDATE res_partner SET user_id = %s, crm_pool_id = NULL WHERE commercial_partner_id = %s", person, partner)
    yield SQL("UPDATE crm_customer SET user_id = %s WHERE partner_id = %s", person, partner)
    yield from looks


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
