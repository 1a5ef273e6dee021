from odoo import Command, api, fields, models


class CrmVisit(models.Model):
    """What was heard on a visit: interests, noted where the whole suite finds them."""
    _inherit = 'crm.visit'

    interest_ids = fields.One2many('crm.interest', 'res_id', "Interests Heard", copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._tag_interests(vals) for vals in vals_list])

    def write(self, vals):
        result = super().write(self._tag_interests(vals))
        if not {'partner_id', 'actual_start'}.isdisjoint(vals):
            self._date_interests()
        return result

    @api.model
    def _tag_interests(self, vals):
        """Return values in which new interests say that they come from a visit: the ORM gives them the number only."""
        if not vals.get('interest_ids'):
            return vals
        return dict(vals, interest_ids=[
            Command.create({**command[2], 'res_model': 'crm.visit'}) if command[0] == Command.CREATE else command
            for command in vals['interest_ids']])

    def _date_interests(self):
        """Interests belong to the customer and to the day of the visit that they were heard on."""
        for visit in self.sudo().filtered('interest_ids'):  # notes of the visit, whoever of the companions wrote them
            wrong = visit.interest_ids.filtered(
                lambda interest, visit=visit: (interest.partner_id, interest.date) != (visit.partner_id, visit.date))
            strangers = wrong.filtered(
                lambda interest, visit=visit: interest.contact_id and interest.contact_id.commercial_partner_id != visit.partner_id)
            strangers.contact_id = False
            wrong.write({'partner_id': visit.partner_id.id, 'date': visit.date})

    def _open_checks(self):
        """Return the required lines of the checklist that are not done."""
        return self.check_ids.filtered(lambda check: check.is_required and not check.is_done)


class CrmInterest(models.Model):
    _inherit = 'crm.interest'

    @api.model_create_multi
    def create(self, vals_list):
        visits = self.env['crm.visit'].browse({vals['res_id'] for vals in vals_list if vals.get('res_model') == 'crm.visit'})
        prefetch = visits._prefetch_ids
        filled = []
        for vals in vals_list:
            if vals.get('res_model') == 'crm.visit':
                visit = visits.browse(vals['res_id']).with_prefetch(prefetch)
                vals = {
                    'partner_id': visit.partner_id.id, 'company_id': visit.company_id.id, 'date': visit.date,
                    'user_id': visit.user_id.id, 'contact_id': visit.contact_ids.id if len(visit.contact_ids) == 1 else False, **vals}
            filled.append(vals)
        return super().create(filled)
