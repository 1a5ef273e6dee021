from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CrmInterest(models.Model):
    _inherit = 'crm.interest'

    ticket_id = fields.Many2one(
        'crm.ticket', compute='_compute_ticket_id', help="The ticket in which it was said.")
    date_written = fields.Date("Written To", readonly=True, copy=False, help="When we last wrote to them about it.")
    order_id = fields.Many2one('sale.order', "Quotation", readonly=True, copy=False, index='btree_not_null', ondelete='set null')

    @api.depends('res_model', 'res_id')
    def _compute_ticket_id(self):
        for interest in self:
            interest.ticket_id = interest.res_id if interest.res_model == 'crm.ticket' else False

    def _person(self):
        """Return who is written to: whoever said it, else the customer."""
        self.ensure_one()
        return self.contact_id or self.partner_id


class CrmTicket(models.Model):
    _name = 'crm.ticket'
    _inherit = ['crm.ticket', 'crm.interested']


class CrmInterestLetter(models.TransientModel):
    """Write to everybody who asked about something, each by name and with the own words, and prepare quotations in one step."""
    _name = 'crm.interest.letter'
    _description = "Letters to Those Interested"

    interest_ids = fields.Many2many('crm.interest', string="Interests", default=lambda self: self._default_interests())
    template_id = fields.Many2one(
        'mail.template', "Letter", domain=[('model', '=', 'crm.interest')],
        default=lambda self: self.env.ref('crm_service.mail_template_interest', raise_if_not_found=False))
    is_writing = fields.Boolean("Write a Letter", default=True)
    is_quoting = fields.Boolean("Prepare Quotations")
    product_ids = fields.Many2many(
        'product.product', string="Offer", domain=[('sale_ok', '=', True)],
        help="Besides what each asked about; needed for those who asked about a topic only.")
    person_count = fields.Integer("People", compute='_compute_people')
    left_out_text = fields.Char("Left Out", compute='_compute_people')

    @api.model
    def _default_interests(self):
        return self.env.context.get('active_ids') if self.env.context.get('active_model') == 'crm.interest' else False

    def _letters(self):
        """Return ({person: interest}, people left out): of several interests of a person, the newest one is written about."""
        found, left_out = {}, self.env['res.partner']
        for interest in self.interest_ids.sorted(lambda interest: (interest.date, interest.id)):
            person = interest._person()
            if person.email_normalized and not person.is_blacklisted and person._crm_wants('care'):
                found[person] = interest
            else:
                left_out |= person
        return found, left_out

    @api.depends('interest_ids')
    def _compute_people(self):
        for letter in self:
            found, left_out = letter._letters()
            letter.person_count = len(found)
            letter.left_out_text = ", ".join(left_out[:10].mapped('name')) if left_out else False

    def action_send(self):
        """Send the letters and prepare the quotations.

        :raise UserError: without anything to do, or for a quotation about nothing that can be sold
        :return: the quotations, or a notice of how many were written to
        """
        self.ensure_one()
        if not self.interest_ids or not (self.is_writing or self.is_quoting):
            raise UserError(self.env._("Choose interests, and what to do: write a letter, prepare quotations, or both."))
        if self.is_writing and not self.template_id:
            raise UserError(self.env._("Choose a letter."))
        orders = self._quote() if self.is_quoting else self.env['sale.order']
        letters = self._letters()[0] if self.is_writing else {}
        for person, interest in letters.items():
            self.template_id.send_mail(
                interest.id, force_send=False, email_values={'recipient_ids': [Command.set(person.ids)]})
        if letters:
            self.interest_ids.filtered(lambda interest: interest._person() in letters).write(
                {'date_written': fields.Date.context_today(self)})
        if orders:
            return {
                'type': 'ir.actions.act_window', 'name': self.env._("Quotations"), 'res_model': 'sale.order',
                'views': [(False, 'list'), (False, 'form')], 'domain': [('id', 'in', orders.ids)]}
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
                'type': 'success', 'message': self.env._("%(count)s letters are on their way.", count=len(letters)),
                'next': {'type': 'ir.actions.act_window_close'}}}

    def _quote(self):
        """Make a draft quotation for each customer and company, of what was asked about and what is offered besides."""
        orders = self.env['sale.order']
        grouped = self.interest_ids.grouped(lambda interest: (interest.partner_id, interest.company_id))
        offers = {key: interests.product_id.filtered('sale_ok') | self.product_ids for key, interests in grouped.items()}
        for (partner, _company), products in offers.items():
            if not products:
                raise UserError(self.env._(
                    "%(customer)s asked about nothing that can be sold. Choose a product to offer.", customer=partner.display_name))
        for (partner, company), interests in grouped.items():
            order = orders.with_company(company).create({
                'partner_id': (interests.contact_id if len(interests.contact_id) == 1 else partner).id, 'company_id': company.id,
                'origin': interests[:1].display_name,
                'order_line': [Command.create({'product_id': product.id, 'product_uom_qty': 1}) for product in offers[partner, company]]})
            interests.order_id = order
            orders |= order
        return orders
