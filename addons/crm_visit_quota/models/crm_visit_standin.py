from odoo import fields, models


class CrmVisit(models.Model):
    """A visit counts for who makes it: a stand-in who begins or finishes one takes it over."""
    _name = 'crm.visit'
    _inherit = ['crm.visit', 'crm.standin.mixin']

    stood_in_for_id = fields.Many2one(
        'res.users', "Made For", readonly=True, copy=False, index='btree_not_null',
        help="Whose visit it was to be, when a stand-in has made it.")

    def action_check_in(self, at=None):
        self._take_over_as_standin()
        return super().action_check_in(at)

    def action_finish(self, at=None):
        self._take_over_as_standin()
        return super().action_finish(at)

    def _take_over_as_standin(self):
        """Make the visits of colleagues for whom the user stands in the user's own."""
        people = self.env.user.crm_standin_user_ids
        for person, visits in self.filtered(lambda visit: visit.user_id in people).grouped('user_id').items():
            visits.write({'user_id': self.env.uid, 'stood_in_for_id': person.id})
