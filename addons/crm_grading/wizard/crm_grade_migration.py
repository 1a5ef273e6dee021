from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..models.crm_grading_as_of import SOURCES


class CrmGradeMigration(models.TransientModel):
    """Ask who was in which grade on one day and is in which on another."""
    _name = 'crm.grade.migration'
    _description = "Grade Migration"

    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    scheme_id = fields.Many2one(
        'crm.grading.scheme', required=True, ondelete='cascade', compute='_compute_scheme_id', store=True, readonly=False, precompute=True,
        domain="[('company_id', '=', company_id), ('origin_id', '=', False)]")
    date_from = fields.Date(
        "From", required=True, default=lambda self: self.env.company._crm_today() - relativedelta(years=1))
    date_to = fields.Date("To", required=True, default=lambda self: self.env.company._crm_today())
    source = fields.Selection(
        SOURCES, "Grades", required=True, default='recorded',
        help="As recorded: the grades in force on the two days, with grace and manual grades. With the scheme as it is now:"
             " the figures of the two days, judged by today's settings.")
    recorded_since = fields.Date(compute='_compute_recorded_since', help="First day with a recorded grade of the scheme.")
    line_ids = fields.One2many('crm.grade.migration.line', 'migration_id')

    @api.depends('company_id')
    def _compute_scheme_id(self):
        for wizard in self:
            if wizard.scheme_id.company_id != wizard.company_id:
                wizard.scheme_id = wizard._default_scheme(wizard.company_id)

    @api.depends('scheme_id')
    def _compute_recorded_since(self):
        for wizard in self:
            wizard.recorded_since = wizard.scheme_id and wizard.scheme_id._recorded_since()

    @api.model
    def _default_scheme(self, company):
        """Return the scheme that reports of a company start from: the leading one, else any in force."""
        return self.env['crm.grading.scheme'].search(
            [('company_id', '=', company.id), ('origin_id', '=', False)], order='is_leading desc, state, sequence, id', limit=1)

    def action_compare(self):
        """Compare the two days and show the matrix, each cell leading to its customers.

        :raise UserError: if the days are in the wrong order or in the future, or nobody had a grade on either day
        """
        self.ensure_one()
        self._compute_lines()
        if not self.env['crm.grade.migration.line'].search_count([('migration_id', '=', self.id)], limit=1):
            raise UserError(self.env._(
                "Nobody had a grade in “%(scheme)s” on either day. Choose other days, or “With the scheme as it is now”.",
                scheme=self.scheme_id.name))
        action = self.env['ir.actions.act_window']._for_xml_id('crm_grading.crm_grade_migration_line_action')
        name = self.env._(
            "%(scheme)s: from %(start)s to %(end)s", scheme=self.scheme_id.name, start=format_date(self.env, self.date_from),
            end=format_date(self.env, self.date_to))
        return {**action, 'domain': [('migration_id', '=', self.id)], 'name': name, 'display_name': name}

    def _compute_lines(self):
        """(Re)write a line per customer who had a grade on at least one of the days; set-based, whatever their number."""
        if self.date_from >= self.date_to:
            raise UserError(self.env._("The first day must lie before the second."))
        self.scheme_id.check_access('read')   # the company rule: nobody compares the grades of another company
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM crm_grade_migration_line WHERE migration_id = %s", self.id))
        before = self.scheme_id._grades_into('crm_grade_before', self.date_from, self.source)
        after = self.scheme_id._grades_into('crm_grade_after', self.date_to, self.source)
        subject = SQL("lead_id") if self.scheme_id.population == 'lead' else SQL("partner_id")
        self.env.cr.execute(SQL(
            """INSERT INTO crm_grade_migration_line (migration_id, %(subject)s, old_grade_id, grade_id, move, score_before,
                      score, amount_before, amount, create_uid, write_uid, create_date, write_date)
               SELECT %(id)s, subject_id, old_grade.id, grade.id,
                      CASE WHEN old_grade.id IS NULL THEN 'new' WHEN grade.id IS NULL THEN 'out'
                           WHEN grade.sequence < old_grade.sequence THEN 'up' WHEN grade.sequence > old_grade.sequence THEN 'down'
                           ELSE 'same' END,
                      before.score, after.score, before.amount, after.amount,
                      %(uid)s, %(uid)s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                 FROM %(before)s AS before FULL JOIN %(after)s AS after USING (subject_id)
                 LEFT JOIN crm_grade AS old_grade ON old_grade.id = before.grade_id
                 LEFT JOIN crm_grade AS grade ON grade.id = after.grade_id
                WHERE subject_id IS NOT NULL AND (old_grade.id IS NOT NULL OR grade.id IS NOT NULL)
                ORDER BY after.amount DESC NULLS LAST, subject_id""",
            subject=subject, id=self.id, uid=self.env.uid, before=before, after=after))
        self.env['crm.grade.migration.line'].invalidate_model()

    def _matrix(self):
        """Return ``{(old grade, new grade): (customers, amount before, amount after)}`` of the lines; no grade: empty record."""
        groups = self.env['crm.grade.migration.line'].sudo()._read_group(  # whoever asks decides whether amounts are shown
            [('migration_id', '=', self.id)], ['old_grade_id', 'grade_id'], ['__count', 'amount_before:sum', 'amount:sum'])
        return {(old, new): tuple(figures) for old, new, *figures in groups}


class CrmGradeMigrationLine(models.TransientModel):
    """A customer's grades on the two days of a comparison."""
    _name = 'crm.grade.migration.line'
    _description = "Grade Migration of a Customer"
    _order = 'id'   # written with the largest amount first

    migration_id = fields.Many2one('crm.grade.migration', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='migration_id.company_id')
    currency_id = fields.Many2one(related='migration_id.company_id.currency_id')
    partner_id = fields.Many2one('res.partner', "Customer", ondelete='cascade')
    lead_id = fields.Many2one('crm.lead', ondelete='cascade')
    user_id = fields.Many2one(related='partner_id.user_id', string="Salesperson")
    old_grade_id = fields.Many2one('crm.grade', "From", ondelete='cascade', falsy_value_label="-")
    grade_id = fields.Many2one('crm.grade', "To", ondelete='cascade', falsy_value_label="-")
    move = fields.Selection([
        ('new', "New"), ('up', "Promoted"), ('same', "Unchanged"), ('down', "Demoted"), ('out', "Left")])
    score_before = fields.Float(digits=(16, 2), aggregator='avg')
    score = fields.Float("Score After", digits=(16, 2), aggregator='avg')
    amount_before = fields.Monetary("Value Before", groups='crm_grading.group_customer_amounts')
    amount = fields.Monetary("Value After", groups='crm_grading.group_customer_amounts')

    def action_open_partner(self):
        """Open the customer (or the lead) of the line."""
        self.ensure_one()
        subject = self.partner_id or self.lead_id
        return {'type': 'ir.actions.act_window', 'res_model': subject._name, 'res_id': subject.id, 'view_mode': 'form'}
