from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.extension import Happening
from odoo.addons.crm_grading.tools.metric import Fact, Measure


class ResPartner(models.Model):
    """When a person was no longer to be reached: Odoo keeps that it is so, not since when."""
    _inherit = 'res.partner'

    crm_left_date = fields.Date(
        "Left On", copy=False, index='btree_not_null',
        help="Day on which the person left the customer. Noted by itself when a contact person is archived; the loss of a contact"
             " is a warning that we may lose the customer.")
    crm_bounce_date = fields.Date(
        "Mail Bounces Since", copy=False, readonly=True, index='btree_not_null', help="Empty again as soon as the person writes to us.")

    def write(self, vals):
        marks = []
        if 'active' in vals and 'crm_left_date' not in vals:
            marks.append(('crm_left_date', 'active', not vals['active']))
        if 'message_bounce' in vals:
            marks.append(('crm_bounce_date', 'message_bounce', bool(vals['message_bounce'])))
        changing = [(name, gone, self.filtered(lambda person, source=source, gone=gone, name=name: (
            not person.is_company and person.parent_id and bool(person[name]) != gone
            and bool(person[source]) != bool(vals[source])))) for name, source, gone in marks]
        result = super().write(vals)
        for name, gone, people in changing:
            if people:
                super(ResPartner, people).write({name: self.env.company._crm_today() if gone else False})
        return result


class CrmMetric(models.Model):
    """Whether the people we knew at the customer are still there."""
    _inherit = 'crm.metric'

    def _metric_contact_left(self, scope):
        """Number of contact persons who left: marked so or archived, whose mail bounces, or who want no mail any more."""
        fact = Fact('contact_left', SQL(
            """SELECT subject_id, date
                 FROM (SELECT person.commercial_partner_id AS subject_id,
                              LEAST(person.crm_left_date, person.crm_bounce_date, %(blocked)s) AS date
                         FROM res_partner AS person
                    LEFT JOIN mail_blacklist AS blocked ON blocked.email = person.email_normalized AND blocked.active
                        WHERE person.id <> person.commercial_partner_id AND person.type = 'contact' AND person.is_company IS NOT TRUE
                          AND (person.company_id = %(company)s OR person.company_id IS NULL)) AS gone
                WHERE date <= %(date)s""",
            blocked=scope.day(SQL("blocked.create_date")), company=scope.company.id, date=scope.date))
        return Measure(fact, fact.count(self._window(scope.date)))


class CrmTimeline(models.AbstractModel):
    _inherit = 'crm.timeline'

    def _timeline_contact_left(self, customer):
        return Happening(
            self.env._("Contacts who left"), 'fa-sign-out', 'res.partner',
            Domain('id', 'in', (customer.contacts - customer.partner).ids) & Domain('crm_left_date', '!=', False), 'crm_left_date',
            title='name', text='function', tone='warning', group='status')
