import base64
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

FILES = ('pipeline_file', 'accounts_file', 'products_file', 'teams_file')
_logger = logging.getLogger(__name__)


class CrmPipelineUpload(models.Model):
    """Files of another CRM's pipeline that a manager has uploaded, and how far they have become opportunities.

    The scheduler works on them, batch by batch: an opportunity that is there already is never made twice, so a run that was interrupted
    goes on with the next one.
    """
    _name = 'crm.pipeline.upload'
    _description = "Pipeline Import"
    _order = 'id desc'

    name = fields.Char(default=lambda self: self.env._("Pipeline"), required=True)
    company_id = fields.Many2one('res.company', required=True, index=True, default=lambda self: self.env.company)
    state = fields.Selection([
        ('draft', "New"), ('checked', "Checked"), ('running', "Running"), ('done', "Done"), ('failed', "Stopped by an error"),
    ], "Status", required=True, default='draft', readonly=True, copy=False)
    pipeline_file = fields.Binary(
        "Opportunities", attachment=True, copy=False,
        help="CSV or Excel with the columns opportunity_id, sales_agent, product, account, deal_stage, engage_date, close_date and "
             "close_value. Stages are Prospecting, Engaging, Won and Lost; dates are written as in 2017-03-31.")
    accounts_file = fields.Binary(
        "Customers", attachment=True, copy=False, help="With the columns account, sector, office_location and subsidiary_of")
    products_file = fields.Binary("Products", attachment=True, copy=False, help="With the columns product, series and sales_price")
    teams_file = fields.Binary(
        "Salespeople", attachment=True, copy=False, help="With the columns sales_agent, manager and regional_office")
    deal_count = fields.Integer("Opportunities in the File", readonly=True, copy=False, aggregator=None)
    won_count = fields.Integer("Won", readonly=True, copy=False, aggregator=None)
    lost_count = fields.Integer("Lost", readonly=True, copy=False, aggregator=None)
    new_people = fields.Char("New Salespeople", readonly=True, copy=False, help="Users made of the file. They cannot sign in.")
    position = fields.Integer("Done So Far", readonly=True, copy=False, aggregator=None)
    progress = fields.Float("Progress (%)", compute='_compute_progress')
    error = fields.Text(readonly=True, copy=False)

    @api.depends('position', 'deal_count')
    def _compute_progress(self):
        for upload in self:
            upload.progress = 100 * upload.position / upload.deal_count if upload.deal_count else 0

    def write(self, vals):
        """Other files are something new: to be checked first.

        :raise UserError: while the import runs
        """
        if any(name in vals for name in FILES):
            for upload in self:
                upload._check_not_running()
            vals = {**vals, 'state': 'draft', 'error': False}
        return super().write(vals)

    def action_check(self):
        """Read the files and tell what is in them; nothing is imported yet.

        :raise UserError: where one cannot be used, or names salespeople who are no users and whom one may not create
        """
        for upload in self:
            upload._check_not_running()
            found, _beside, missing = upload._read()
            upload.write({
                'state': 'checked', 'deal_count': len(found), 'position': 0, 'new_people': ", ".join(missing) or False, 'error': False,
                **{f'{stage.lower()}_count': sum(deal.stage == stage for deal in found) for stage in ('Won', 'Lost')}})

    def action_start(self):
        """Begin or go on in the background.

        :raise UserError: as :meth:`action_check`
        """
        self.action_check()
        self.write({'state': 'running'})
        self.env.ref('crm_churn.ir_cron_pipeline_upload').sudo()._trigger()   # sudo: only this cron is woken

    def action_view_opportunities(self):
        """Open the opportunities of all imports of the company, those that were lost too."""
        self.ensure_one()
        leads = self.env['crm.pipeline.import'].with_company(self.company_id)._leads()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'crm.lead', 'view_mode': 'list,kanban,form,pivot,graph',
            'name': self.env._("Imported Opportunities"), 'domain': [('id', 'in', leads.ids)], 'context': {'active_test': False}}

    def _check_not_running(self):
        if self.state == 'running':
            raise UserError(self.env._("The import %s is running already. Wait until it is done.", self.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        for upload in self:
            upload._check_not_running()

    def _read(self):
        """Return the deals, the rows of the files beside them, and the names of the users to be made."""
        self.ensure_one()
        raw = [base64.b64decode(self.with_context(bin_size=False)[name] or b'') for name in FILES]
        if not raw[0]:
            raise UserError(self.env._("Choose the file of opportunities first."))
        found, beside = self.env['crm.pipeline.import']._read_files(*raw)
        missing = self.env['crm.pipeline.import.masters']._missing_people(self.company_id, found, beside['teams'])
        # the scheduler may do anything: what counts is what the one who brought the file may do
        if missing and not self.env['res.users'].with_user(self.create_uid).has_access('create'):
            raise UserError(self.env._(
                "These salespeople are no users of %(company)s: %(people)s. Ask an administrator to create them, or to import the file.",
                company=self.company_id.name, people=", ".join(missing)))
        return found, beside, missing

    @api.model
    def _cron_run(self):
        """Work on what is running, oldest first, as long as the scheduler allows; the rest follows at once."""
        for upload in self.search([('state', '=', 'running')], order='id'):
            try:
                is_done = upload._work()
            except Exception as error:   # whatever it is, the manager who waits is told, and the next one gets its turn
                _logger.warning("Pipeline import %s stopped", upload.id, exc_info=not isinstance(error, UserError))
                self.env.cr.rollback()
                upload.write({'state': 'failed', 'error': str(error)})
                self.env['ir.cron']._commit_progress()
            else:
                if not is_done:
                    return

    def _work(self):
        """Import in the company of the upload. :return: whether all is done, or time is up."""
        found, beside, _missing = self._read()
        service = self.env['crm.pipeline.import'].sudo().with_context(allowed_company_ids=self.company_id.ids)
        is_done = service._import_quietly(found, beside, lambda done, _total: self.write({'position': done}))
        if is_done:
            self.write({'state': 'done', 'position': len(found)})
            self.env['ir.cron']._commit_progress()
        return is_done
