from datetime import datetime, time

from odoo import Command, api, fields, models
from odoo.tools import SQL, split_every

from ..tools.pipeline_file import COLUMNS, KEY, beside, deal, key

BATCH = 500
QUIET = {
    'tracking_disable': True, 'mail_notrack': True, 'mail_create_nolog': True, 'mail_create_nosubscribe': True, 'no_reset_password': True,
}
MODULE = '__import__'     # of external ids, as Odoo's own import gives them
NOON = time(12)           # UTC: the same day nearly everywhere


class CrmPipelineImport(models.AbstractModel):
    """The sales pipeline of another CRM, as opportunities with the days on which they were engaged, won or lost.

    What is there already (by the number of the opportunity) is left as it is, so an import that was interrupted goes on. A deal that was
    lost leaves a loss behind, like any other; the files know no reason. Open and lost deals have no value there: they are expected at the
    price of their product.
    """
    _name = 'crm.pipeline.import'
    _inherit = ['crm.foreign.file']
    _description = "Import of a Sales Pipeline"

    @api.model
    def _run_file(self, pipeline, accounts=None, products=None, teams=None, progress=None):
        """Import files of this machine into the current company, in the foreground; commits batch by batch.

        :param str pipeline: .csv, .csv.gz or .xlsx, as are the others; without them, what the pipeline names is created by its name
        :param progress: called with (done, total) with every batch
        :return: the :class:`..tools.pipeline_file.Deal` of the file
        :raise UserError: where a file cannot be used; nothing is imported then
        """
        found, beside_it = self._read_files(*(path and self._file_content(path) for path in (pipeline, accounts, products, teams)))
        self._import_quietly(found, beside_it, progress)
        return found

    @api.model
    def _read_files(self, pipeline, accounts=None, products=None, teams=None):
        """Return the deals of a pipeline, and the rows of the files beside it by what they hold.

        :param bytes pipeline: content of the file, as of the others
        :raise UserError: where one cannot be used
        """
        return self._file_rows(pipeline, COLUMNS['pipeline'], deal, key=KEY), {
            kind: self._file_rows(raw, COLUMNS[kind], lambda row, kind=kind: beside(row, kind)) if raw else []
            for kind, raw in (('accounts', accounts), ('products', products), ('teams', teams))}

    @api.model
    def _import_quietly(self, found, beside, progress=None):
        """Import deals into the current company; commits batch by batch.

        :param progress: called with (done, total) before every commit
        :return: whether all are done, or the time of the scheduler is up
        """
        return self.with_context(**QUIET)._import(found, beside, progress)

    @api.model
    def _import(self, found, beside, progress):
        masters = self.env['crm.pipeline.import.masters']
        users, teams = masters._people([deal.agent for deal in found], beside['teams'])
        known = {
            'users': users, 'teams': teams, 'partners': masters._customers([deal.account for deal in found if deal.account],
                                                                         beside['accounts']),
            'products': masters._products([deal.product for deal in found], beside['products']), 'stages': masters._stages()}
        known['tags'] = masters._tags(known['products'])
        todo = self._not_there(found)
        done = len(found) - len(todo)
        for batch in split_every(BATCH, todo, list):
            self._import_batch(batch, known)
            done += len(batch)
            if progress:
                progress(done, len(found))
            left = self.env['ir.cron']._commit_progress(len(batch), remaining=len(found) - done)
            self.env.invalidate_all()
            if left <= 0:
                return done == len(found)
        return True

    @api.model
    def _not_there(self, found):
        names = [self._xmlid(deal.number) for deal in found]
        there = set(self.env['ir.model.data'].sudo().search([   # external ids belong to nobody
            ('module', '=', MODULE), ('model', '=', 'crm.lead'), ('name', 'in', names)]).mapped('name'))
        return [deal for deal, name in zip(found, names, strict=True) if name not in there]

    @api.model
    def _xmlid(self, number):
        return f'crm_pipeline_{self.env.company.id}_{number}'

    @api.model
    def _import_batch(self, batch, known):
        leads = self.env['crm.lead'].create([self._lead_vals(deal, known) for deal in batch])
        self.env['ir.model.data'].sudo().create([   # external ids belong to nobody
            {'module': MODULE, 'name': self._xmlid(deal.number), 'model': 'crm.lead', 'res_id': lead.id, 'noupdate': True}
            for deal, lead in zip(batch, leads, strict=True)])
        self._date_back(batch, leads, known)

    @api.model
    def _lead_vals(self, deal, known):
        product = known['products'][key(deal.product)]
        stage = known['stages']['Engaging' if deal.stage == 'Lost' else deal.stage]
        return {
            'name': f'{product.name} ({deal.number})', 'type': 'opportunity', 'company_id': self.env.company.id,
            'partner_id': known['partners'][deal.account].id if deal.account else False, 'stage_id': stage.id,
            'user_id': known['users'][deal.agent].id, 'team_id': known['teams'][deal.agent].id,
            'tag_ids': [Command.set(known['tags'][product].ids)],
            'expected_revenue': deal.value if deal.stage == 'Won' else product.list_price,
            'date_closed': self._noon(deal.closed), **({'active': False, 'probability': 0} if deal.stage == 'Lost' else {})}

    @api.model
    def _noon(self, day):
        return datetime.combine(day, NOON) if day else False

    @api.model
    def _date_back(self, found, leads, known):
        """Have opportunities created and assigned on the day on which they were engaged, in their stages since then, and their losses know
        it. By SQL: Odoo keeps the day of creation for itself."""
        self.env.flush_all()
        days = [(lead.id, self._noon(deal.engaged), self._noon(deal.closed) or None)
                for deal, lead in zip(found, leads, strict=True) if deal.engaged]
        if days:
            values = SQL(", ").join(SQL("(%s, %s::timestamp, %s::timestamp)", *day) for day in days)
            self.env.cr.execute(SQL(
                """UPDATE crm_lead SET create_date = known.engaged, date_open = known.engaged,
                          date_last_stage_update = COALESCE(known.closed, known.engaged)
                     FROM (VALUES %s) AS known(id, engaged, closed) WHERE crm_lead.id = known.id""", values))
            self.env.cr.execute(SQL(
                """UPDATE crm_churn_stage_log AS log SET date = CASE WHEN stage.is_won THEN known.closed ELSE known.engaged END
                     FROM (VALUES %s) AS known(id, engaged, closed), crm_stage AS stage
                    WHERE log.lead_id = known.id AND stage.id = log.stage_id""", values))
            self.env.invalidate_all()
        engaged = leads.browse([lead for lead, *_days in days])
        # as superuser: nobody else writes the log and the facts of a loss
        self.env['crm.churn.stage.log'].sudo().create([
            {'lead_id': lead.id, 'stage_id': known['stages']['Engaging'].id, 'date': lead.create_date, 'user_id': lead.user_id.id}
            for lead in engaged if lead.stage_id == known['stages']['Won']])
        for name in ('day_open', 'day_close'):
            self.env.add_to_compute(leads._fields[name], engaged)
        products = {lead: known['products'][key(deal.product)] for deal, lead in zip(found, leads, strict=True)}
        for event in self.env['crm.churn.event'].sudo().search([('lead_id', 'in', leads.ids)]):
            event.write({'date_first': event.lead_id.create_date.date(), 'product_id': products[event.lead_id].id})

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    def _leads(self):
        """Return all opportunities that were imported into the company, closed or not."""
        ids = self.env['ir.model.data'].sudo().search([   # external ids belong to nobody
            ('module', '=', MODULE), ('model', '=', 'crm.lead'),
            ('name', '=like', f'crm\\_pipeline\\_{self.env.company.id}\\_%')]).mapped('res_id')
        return self.env['crm.lead'].with_context(active_test=False).search([('id', 'in', ids)])

    @api.model
    def _figures(self, date=None):
        """Return what the pipeline comes to.

        :param date: day on which open deals are counted; default: none are
        :return: dict with ``stages`` {name: deals}, ``total``, ``agents`` and ``products`` {name: :meth:`_result`}, ``open`` on the day
        """
        rows = [(
            'Lost' if lead.won_status == 'lost' else 'Won' if lead.won_status == 'won' else lead.stage_id.name, lead.user_id.name,
            lead.tag_ids[:1].name, lead.expected_revenue if lead.won_status == 'won' else 0.0,
            lead.day_close if lead.date_closed else None, lead.date_open and lead.date_open.date(),
            lead.date_closed and lead.date_closed.date()) for lead in self._leads()]
        day = fields.Date.to_date(date)
        return {
            'stages': {stage: sum(row[0] == stage for row in rows) for stage in sorted({row[0] for row in rows})},
            'total': self._result(rows),
            'agents': {name: self._result([row for row in rows if row[1] == name]) for name in {row[1] for row in rows}},
            'products': {name: self._result([row for row in rows if row[2] == name]) for name in {row[2] for row in rows}},
            'open': day and sum(bool(row[5] and row[5] <= day and not (row[6] and row[6] <= day)) for row in rows)}

    @api.model
    def _result(self, rows):
        """Return deals won, lost and open, the win rate (won of those closed), the value won, and the mean days to win and to lose."""
        won, lost = ([row for row in rows if row[0] == stage] for stage in ('Won', 'Lost'))

        def mean(found):
            return round(sum(row[4] for row in found) / len(found), 4) if found else None
        return {
            'won': len(won), 'lost': len(lost), 'open': len(rows) - len(won) - len(lost),
            'win_rate': round(len(won) / (len(won) + len(lost)), 6) if won or lost else None,
            'value': sum(row[3] for row in won), 'cycle_won': mean(won), 'cycle_lost': mean(lost), 'cycle': mean(won + lost)}
