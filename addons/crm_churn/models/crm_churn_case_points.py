from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.extension import Happening, Owned, Tile
from odoo.addons.crm_grading.tools.metric import Fact, Measure


class CrmTimeline(models.AbstractModel):
    _inherit = 'crm.timeline'

    def _timeline_win_back(self, customer):
        return Happening(
            self.env._("Win-back cases"), 'fa-undo', 'crm.churn.case', customer.of('partner_id'), 'date_open', title='name',
            text=lambda case: dict(case._fields['state']._description_selection(case.env))[case.state],
            amount='regained',
            author='user_id', tone='info', group='sales')

    def _threads(self):
        return super()._threads() | {'crm.churn.case': 'partner_id'}


class CrmTile(models.AbstractModel):
    _inherit = 'crm.tile'

    def _tile_win_back(self, place):
        if not self.env['crm.churn.case'].has_access('read'):
            return None
        domain = [('company_id', '=', place.company.id), ('state', '=', 'open')]
        if place.customer:
            domain.append(('partner_id', 'in', place.customer.contacts.ids))
        return Tile(
            self.env._("Open win-back cases"), self.env['crm.churn.case'].search_count(domain) or None, 'crm.churn.case', domain,
            icon='fa-undo', tone='info', sequence=48)


class CrmOwnership(models.AbstractModel):
    _inherit = 'crm.ownership'

    def _ownership_win_back(self, partners):
        """Open cases move with the customer's owner; where nobody looks after the customer they are dropped."""
        return Owned(
            self.env._("Win-back cases"), 'crm.churn.case', Domain('partner_id', 'in', partners.ids) & Domain('state', '=', 'open'),
            close=lambda cases, reason: cases._close('dropped', reason))


class CrmMetric(models.Model):
    _inherit = 'crm.metric'

    def _metric_win_backs(self, scope):
        """Number of times the customer was won back."""
        fact = Fact('win_back', SQL(
            """SELECT partner.commercial_partner_id AS subject_id, won.date_closed AS date
                 FROM crm_churn_case AS won JOIN res_partner AS partner ON partner.id = won.partner_id
                WHERE won.company_id = %s AND won.state = 'won_back' AND won.date_closed <= %s""", scope.company.id, scope.date))
        return Measure(fact, fact.count(self._window(scope.date)))
