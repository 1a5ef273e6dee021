from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmGradeVerdict(models.Model):
    """A grade set by hand: in force at once, shown with its reason, gone by itself after its last day."""
    _inherit = 'crm.grade.verdict'

    is_overridden = fields.Boolean("Set by Hand", compute='_compute_is_overridden', search='_search_is_overridden')

    @api.depends('override_grade_id', 'override_until')
    def _compute_is_overridden(self):
        for verdict in self:
            verdict.is_overridden = bool(verdict.override_grade_id) and (
                not verdict.override_until or verdict.override_until >= verdict.company_id._crm_today())

    def _search_is_overridden(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = self.env.company._crm_today()
        return [('override_grade_id', '!=', False), '|', ('override_until', '=', False), ('override_until', '>=', today)]

    def _compute_display_name(self):
        for verdict in self:
            verdict.display_name = verdict.customer_id.display_name or verdict.lead_id.display_name

    def action_override(self):
        """Open the dialog in which a manager sets or withdraws a grade by hand."""
        self.ensure_one()
        self._check_may_override()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Set Grade by Hand"), 'res_model': 'crm.grade.override',
            'view_mode': 'form', 'target': 'new', 'context': {'default_verdict_id': self.id},
        }

    def _check_may_override(self):
        """:raise AccessError: unless the user manages sales and sees the customer"""
        if self.env.su:
            return
        self.check_access('read')
        if not self.env.user.has_group('sales_team.group_sale_manager'):
            raise AccessError(self.env._("Only a sales manager may set a grade by hand."))

    def _set_override(self, grade, reason, until=None, user=None):
        """Put a grade in force by hand, at once.

        :param grade: grade of the verdict's company
        :param str reason: shown wherever the grade is
        :param date until: last day of the manual grade, in the company's time zone; None: until withdrawn
        :param user: author; default: the current user
        :raise AccessError: for anybody but sales managers
        :raise UserError: without reason, with a last day in the past or with a grade of another company
        """
        self.ensure_one()
        self._check_may_override()
        if not (reason or '').strip():
            raise UserError(self.env._("Give the reason: it is shown wherever the grade is."))
        if until and until < self.company_id._crm_today():
            raise UserError(self.env._("The last day of a manual grade cannot be in the past."))
        if grade.company_id != self.company_id:
            raise UserError(self.env._("The grade “%(grade)s” belongs to another company.", grade=grade.sudo().name))
        verdict = self.sudo()  # verdicts are read-only for people; who may override has been checked above
        verdict.write({
            'override_grade_id': grade.id, 'override_reason': reason.strip(), 'override_until': until or False,
            'override_user_id': (user or self.env.user).id,
        })
        verdict._put_in_force(grade, reason.strip())

    def _clear_override(self):
        """Withdraw a manual grade: the computed grade is in force again, at once.

        :raise AccessError: for anybody but sales managers
        """
        self.ensure_one()
        self._check_may_override()
        if not self.override_grade_id:
            return
        verdict = self.sudo()  # as in _set_override
        verdict.write({
            'override_grade_id': False, 'override_reason': False, 'override_until': False, 'override_user_id': False})
        verdict._put_in_force(verdict.settled_grade_id, self.env._("Manual grade withdrawn"))

    def _put_in_force(self, grade, note):
        """Make ``grade`` (or none) the grade in force, with history, on the customer and for the policies."""
        old = self.grade_id
        if grade == old:
            return
        today = self.company_id._crm_today()
        self.write({'grade_id': grade.id, 'since': today})
        move = self._move(old, grade)
        self.env['crm.grade.history'].create({
            'scheme_id': self.scheme_id.id, 'company_id': self.company_id.id, 'customer_id': self.customer_id.id,
            'lead_id': self.lead_id.id, 'date': today, 'old_grade_id': old.id, 'grade_id': grade.id, 'move': move,
            'reason': 'override', 'note': note, 'score': self.score, 'policy_done': False,
        })
        self.env['crm.grade']._apply_policies_soon()
        if self.scheme_id.is_leading and self.customer_id:
            self.customer_id.write({'grade_id': grade.id, 'grade_date': today, 'grade_move': move})

    @api.model
    def _move(self, old, new):
        """Return the kind of move from one grade to another (either may be none).

        Grades are ordered by sequence, the best first.
        """
        if not old or not new:
            return 'new' if new else 'out'
        return 'up' if (new.sequence, new.id) < (old.sequence, old.id) else 'down'
