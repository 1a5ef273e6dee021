from odoo import api, fields, models


class CrmGradingRun(models.Model):
    """What people see of a run and do with it."""
    _inherit = 'crm.grading.run'

    scheme_names = fields.Char("Schemes", compute='_compute_schemes')
    inexact_metric_ids = fields.Many2many('crm.metric', compute='_compute_schemes')
    mover_count = fields.Integer(compute='_compute_mover_count')

    @api.depends('kind', 'date', 'result_ids.scheme_id')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for run in self:
            parts = [kinds.get(run.kind), fields.Date.to_string(run.date)]
            if run.kind == 'simulation':
                parts.append(run.result_ids.scheme_id[:1].name)
            run.display_name = " · ".join(part for part in parts if part)

    @api.depends('result_ids.scheme_id', 'date')
    def _compute_schemes(self):
        for run in self:
            schemes = run.result_ids.scheme_id
            run.scheme_names = ", ".join(schemes.mapped('name'))
            metrics = schemes.dimension_ids.metric_id.filtered(lambda metric: not metric.is_replayable)
            run.inexact_metric_ids = metrics if run.date and run.date < run.company_id._crm_today() else False

    def _compute_mover_count(self):
        tried = dict(self.env['crm.grading.run.mover']._read_group([('run_id', 'in', self.ids)], ['run_id'], ['__count']))
        moved = dict(self.env['crm.grade.history']._read_group([('run_id', 'in', self.ids)], ['run_id'], ['__count']))
        for run in self:
            run.mover_count = tried.get(run, 0) + moved.get(run, 0)

    def action_open_movers(self):
        """Show whom the run moved, or whom a dry run would move, grouped by the kind of move."""
        self.ensure_one()
        if self.kind != 'simulation':
            action = self.env['ir.actions.act_window']._for_xml_id('crm_grading.crm_grade_history_action')
            return {
                **action, 'domain': [('run_id', '=', self.id)], 'context': {'search_default_group_move': 1},
                'views': [(False, 'list'), (False, 'pivot')]}
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Movers"), 'res_model': 'crm.grading.run.mover',
            'view_mode': 'list,pivot', 'domain': [('run_id', '=', self.id)], 'context': {'search_default_group_move': 1},
        }

    def action_run_now(self):
        """Run the current company by hand and show the run.

        :raise UserError: if a run is under way
        """
        return self._run_by_hand(self.env.company)

    def _run_by_hand(self, company):
        """Run a company as of today, have the policies carried over, and return the action that shows the run.

        :raise AccessError: for anybody but sales managers
        """
        self.check_access('read')   # whoever may see runs may start one
        run = self._run(company)
        self.env['crm.grade']._apply_policies_soon()
        return run._action_show()

    def _action_show(self):
        """Return the action that shows the run."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.display_name, 'res_model': self._name, 'res_id': self.id, 'view_mode': 'form',
        }


class CrmGradingRunResult(models.Model):
    _inherit = 'crm.grading.run.result'

    before = fields.Integer("Customers Before", compute='_compute_before')
    grade_color = fields.Integer(related='grade_id.color', string="Color of the Grade")

    @api.depends('customers', 'arrived', 'gone')
    def _compute_before(self):
        for result in self:
            result.before = result.customers - result.arrived + result.gone
