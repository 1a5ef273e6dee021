from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.cron import commit_progress
from odoo.addons.crm_grading.tools.locking import lock_fresh_rows
from odoo.addons.crm_grading.tools.planner import over_everybody, without_compiling

BATCH = 500
HORIZON_DAYS = 30   # how far ahead the preview looks, at least
NAMES = 10          # how many customers a warning names


class CrmPoolDue(models.Model):
    """The recycling job: find what is due, warn the owners, and when the day has come move the customers to their pools.

    Any part may be run again at any time: what has been done is not due any more.
    """
    _inherit = 'crm.pool.due'

    @api.model
    def _cron_recycle(self):
        """Recycle in every company, in batches that are saved one by one."""
        for company, in self.env['crm.pool.rule']._read_group([], ['company_id']):
            self._run(company)
            commit_progress(self.env)

    @api.model
    def _run(self, company):
        """Find, warn and recycle in a company.

        :return: number of customers recycled
        """
        self._refresh(company)
        self._warn(company)
        commit_progress(self.env)
        count = 0
        domain = Domain('company_id', '=', company.id) & Domain('recycle_date', '<=', company._crm_today())
        after = Domain.TRUE
        # by owner, so that what is open at the customers of a person is looked up once for many of them
        while batch := self.search(domain & after, limit=BATCH, order='user_id.id, id'):
            user_id, last = batch[-1].user_id.id, batch[-1].id   # what others hold at this moment is left to the next run
            count += batch._recycle()
            commit_progress(self.env)
            after = Domain('user_id', '>', user_id) | Domain('user_id', '=', user_id) & Domain('id', '>', last)
        return count

    def _recycle(self):
        """Move these customers to their pools, as far as nobody else is changing them at this moment.

        :return: number of customers moved
        """
        rows = lock_fresh_rows(self)
        partners = lock_fresh_rows(rows.partner_id)
        rows = rows.filtered(
            lambda due: due.partner_id in partners and due.partner_id.user_id == due.user_id and not due.partner_id.crm_pool_id)
        count = len(rows)
        reasons = {due: due.with_context(lang=due.company_id.partner_id.lang)._why() for due in rows}
        groups = rows.grouped(lambda due: (due.pool_id, due.rule_id, reasons[due]))
        for (pool, rule, reason), group in groups.items():
            self.env['crm.pool.move']._carry_out('recycled', group.partner_id, pool=pool, reason=reason, rule=rule)
        return count

    # ------------------------------------------------------------------
    # Who is due
    # ------------------------------------------------------------------

    @api.model
    def _refresh(self, company):
        """Bring the rows of a company up to date with what its rules find."""
        rules = self.env['crm.pool.rule'].search([('company_id', '=', company.id), ('pool_id.active', '=', True)])
        if not rules:
            self.search([('company_id', '=', company.id)]).unlink()
            return
        self.env.flush_all()
        without_compiling(self.env)
        today = company._crm_today()
        self._measure(company, rules, today)
        until = today + timedelta(days=max(HORIZON_DAYS, *rules.mapped('warn_days'), 0))
        self.env.cr.execute("DROP TABLE IF EXISTS pg_temp.crm_pool_found")
        self.env.cr.execute(SQL(
            """CREATE TEMP TABLE crm_pool_found ON COMMIT DROP AS
               SELECT DISTINCT ON (found.partner_id) found.*
                 FROM (%s) AS found WHERE found.due_date <= %s
             ORDER BY found.partner_id, found.due_date, found.sequence, found.rule_id""",
            SQL(" UNION ALL ").join(rule._due_sql() for rule in rules), until))
        self.env.cr.execute("CREATE INDEX ON crm_pool_found (partner_id); ANALYZE crm_pool_found")
        self._spare(rules)
        self._store(company, today)
        self.env.cr.execute("DROP TABLE pg_temp.crm_pool_found; DROP TABLE pg_temp.crm_pool_idle")
        self.invalidate_model()

    def _measure(self, company, rules, today):
        """Fill the temporary table ``crm_pool_idle``: the owned customers of a company, with the last day of each thing that rules ask for.

        A customer belongs to the company in which its owner works by default, so that no company takes another one's.
        """
        metric = self.env['crm.metric']
        population = SQL(
            """SELECT partner.id FROM res_partner AS partner JOIN res_users AS owner ON owner.id = partner.user_id
                WHERE owner.company_id = %(company)s AND partner.active AND partner.commercial_partner_id = partner.id
                  AND (partner.company_id IS NULL OR partner.company_id = %(company)s)""", company=company.id)
        scope = company._crm_metric_scope(today, population)
        facts = {
            'contact': any(rules.mapped('days_contact')) and metric._fact_touch(scope),
            'opportunity': any(rules.mapped('days_opportunity')) and metric._fact_opportunity(scope),
            'purchase': any(rules.mapped('days_order')) and metric._fact_order(scope)}
        facts = {name: fact and fact.relation for name, fact in facts.items()}
        facts['ended'] = any(rules.mapped('days_ended')) and self._ended_sql(company)
        joins = SQL(" ").join(SQL(
            "LEFT JOIN (SELECT fact.subject_id, MAX(fact.date) AS day FROM (%s) AS fact WHERE %s GROUP BY fact.subject_id) AS %s"
            " ON %s = partner.id", fact, scope.among(SQL("fact.subject_id")), SQL.identifier(name),
            SQL.identifier(name, 'subject_id')) for name, fact in facts.items() if fact)
        columns = SQL(", ").join(
            SQL("%s::date AS %s", SQL.identifier(name, 'day') if fact else SQL("NULL"), SQL.identifier(name))
            for name, fact in facts.items())
        self.env.cr.execute("DROP TABLE IF EXISTS pg_temp.crm_pool_idle")
        with over_everybody(self.env):
            self.env.cr.execute(SQL(
                """CREATE TEMP TABLE crm_pool_idle ON COMMIT DROP AS
                   SELECT partner.id AS partner_id, partner.user_id, partner.state_id, partner.country_id, profile.grade_id,
                          profile.lifecycle_id, partner.crm_pool_until AS protected, COALESCE(%(got)s, %(created)s) AS since, %(columns)s
                     FROM res_partner AS partner
                LEFT JOIN crm_customer AS profile ON profile.partner_id = partner.id AND profile.company_id = %(company)s
                LEFT JOIN (SELECT partner_id, to_user_id, MAX(date) AS date FROM crm_pool_move WHERE starts_clock GROUP BY 1, 2) AS move
                       ON move.partner_id = partner.id AND move.to_user_id = partner.user_id
                     %(joins)s
                    WHERE partner.id IN (%(population)s) AND partner.crm_pool_id IS NULL""",
                got=scope.day(SQL("move.date")), created=scope.day(SQL("partner.create_date")), columns=columns, company=company.id,
                joins=joins, population=population))
        self.env.cr.execute("ANALYZE crm_pool_idle")

    def _ended_sql(self, company):
        """Return the relation ``(subject_id, date)`` of what ended at customers who have signed nothing since."""
        signing = self.env['crm.signing']
        return SQL(
            """SELECT ending.partner_id AS subject_id, ending.date FROM (%s) AS ending
                WHERE NOT EXISTS (SELECT FROM (%s) AS signed WHERE signed.partner_id = ending.partner_id AND signed.date > ending.date)""",
            signing._ending_sql(company), signing._signing_sql(company))

    def _spare(self, rules):
        """Take out the customers at whom something is open that spares them."""
        for rule in rules.filtered('spare_kind_ids'):
            last = 0
            while True:
                self.env.cr.execute(SQL(
                    "SELECT partner_id FROM crm_pool_found WHERE rule_id = %s AND partner_id > %s ORDER BY partner_id LIMIT 2000",
                    rule.id, last))
                ids = [partner_id for partner_id, in self.env.cr.fetchall()]
                if not ids:
                    break
                last = ids[-1]
                if spared := rule.spare_kind_ids._spared(self.env['res.partner'].browse(ids)):
                    self.env.cr.execute(SQL("DELETE FROM crm_pool_found WHERE partner_id = ANY(%s)", spared.ids))

    def _store(self, company, today):
        """Write only what differs: rows keep the day of their warning, even if the customer goes to another owner meanwhile."""
        self.env.cr.execute(SQL(
            """DELETE FROM crm_pool_due AS due
                WHERE due.company_id = %s AND NOT EXISTS (SELECT FROM crm_pool_found AS found WHERE found.partner_id = due.partner_id)""",
            company.id))
        recycle = SQL(
            "CASE WHEN rule.warn_days = 0 THEN found.due_date ELSE GREATEST(found.due_date, COALESCE(%s, %s) + rule.warn_days) END",
            SQL("due.warned_on"), today)
        common = SQL(
            """FROM crm_pool_found AS found JOIN crm_pool_rule AS rule ON rule.id = found.rule_id
               JOIN crm_pool_idle AS idle ON idle.partner_id = found.partner_id""")
        self.env.cr.execute(SQL(
            """UPDATE crm_pool_due AS due
                  SET rule_id = new.rule_id, pool_id = new.pool_id, user_id = new.user_id, due_date = new.due_date,
                      recycle_date = new.recycle_date, since = new.since, contact_date = new.contact, opportunity_date = new.opportunity,
                      order_date = new.purchase, ended_date = new.ended, is_told = due.is_told AND due.user_id = new.user_id
                 FROM (SELECT due.id, found.rule_id, found.pool_id, found.user_id, found.due_date, %(recycle)s AS recycle_date, idle.since,
                              idle.contact, idle.opportunity, idle.purchase, idle.ended
                         %(common)s
                         JOIN crm_pool_due AS due ON due.partner_id = found.partner_id AND due.company_id = %(company)s) AS new
                WHERE due.id = new.id AND (due.rule_id, due.pool_id, due.user_id, due.due_date, due.recycle_date, due.since,
                                           due.contact_date, due.opportunity_date, due.order_date, due.ended_date)
                      IS DISTINCT FROM (new.rule_id, new.pool_id, new.user_id, new.due_date, new.recycle_date, new.since, new.contact,
                                        new.opportunity, new.purchase, new.ended)""", recycle=recycle, common=common, company=company.id))
        self.env.cr.execute(SQL(
            """INSERT INTO crm_pool_due (partner_id, company_id, rule_id, pool_id, user_id, due_date, recycle_date, since, contact_date,
                                         opportunity_date, order_date, ended_date, is_told, create_date, write_date, create_uid, write_uid)
               SELECT found.partner_id, %(company)s, found.rule_id, found.pool_id, found.user_id, found.due_date, %(recycle)s, idle.since,
                      idle.contact, idle.opportunity, idle.purchase, idle.ended, FALSE, %(now)s, %(now)s, %(uid)s, %(uid)s
                 %(common)s
            LEFT JOIN crm_pool_due AS due ON due.partner_id = found.partner_id AND due.company_id = %(company)s
                WHERE due.id IS NULL""",
            recycle=recycle, common=common, company=company.id, now=fields.Datetime.now(), uid=self.env.uid))

    # ------------------------------------------------------------------
    # Warning
    # ------------------------------------------------------------------

    @api.model
    def _warn(self, company):
        """Tell the owners which of their customers will go: one activity a person and day, whatever their number."""
        today = company._crm_today()
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """WITH told AS (
                   UPDATE crm_pool_due AS due SET is_told = TRUE, warned_on = COALESCE(due.warned_on, %(today)s)
                     FROM crm_pool_rule AS rule
                    WHERE rule.id = due.rule_id AND due.company_id = %(company)s AND due.is_told IS NOT TRUE
                      AND rule.warn_days > 0 AND due.due_date - rule.warn_days <= %(today)s
                RETURNING due.user_id, due.partner_id, due.recycle_date)
               SELECT user_id, COUNT(*), MIN(recycle_date), (ARRAY_AGG(partner_id ORDER BY recycle_date, partner_id))[:%(names)s]
                 FROM told GROUP BY user_id ORDER BY user_id""", today=today, company=company.id, names=NAMES))
        rows = self.env.cr.fetchall()
        self.invalidate_model(['is_told', 'warned_on'])
        self.env['mail.activity'].with_context(mail_activity_quick_update=True).create([
            self._warning(self.env['res.users'].browse(user_id), count, first, self.env['res.partner'].browse(partner_ids))
            for user_id, count, first, partner_ids in rows])

    def _warning(self, owner, count, first, customers):
        """Return the values of the activity that tells an owner, in the owner's language, whom the pool will take from ``first`` on."""
        texts = self.with_context(lang=owner.lang)
        names = ", ".join(customers.mapped('display_name'))
        return {
            'activity_type_id': self.env.ref('mail.mail_activity_data_todo').id, 'user_id': owner.id, 'date_deadline': first,
            'summary': texts.env._("%(count)s of your customers will go to the pool", count=count),
            'note': texts.env._(
                "Follow them up or ask for protection: %(names)s. See Retention > Customer Pool > About to Be Recycled.",
                names=names if count <= NAMES else f"{names} …")}
