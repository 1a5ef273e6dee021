from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmTicket(models.Model):
    """What else may come of a ticket: an opportunity, a plan, a return."""
    _inherit = 'crm.ticket'

    lead_ids = fields.One2many('crm.lead', 'crm_ticket_id', "Opportunities", groups='sales_team.group_sale_salesman')
    lead_count = fields.Integer(compute='_compute_lead_count', groups='sales_team.group_sale_salesman')

    @api.depends('lead_ids')
    def _compute_lead_count(self):
        counts = dict(self.env['crm.lead']._read_group([('crm_ticket_id', 'in', self.ids)], ['crm_ticket_id'], ['__count']))
        for ticket in self:
            ticket.lead_count = counts.get(ticket._origin, 0)

    def action_open_leads(self):
        """Open what came of the ticket."""
        return {'type': 'ir.actions.act_window', 'name': self.env._("Opportunities"), 'res_model': 'crm.lead', 'view_mode': 'list,form',
                'domain': [('crm_ticket_id', 'in', self.ids)]}

    def action_to_opportunity(self):
        """Make an opportunity of what the customer says, and open it; the ticket stays open until it is answered.

        :raise AccessError: for those who may not make opportunities
        """
        self.ensure_one()
        self.env['crm.lead'].check_access('create')
        lead = self.env['crm.lead'].create({
            'name': self.title, 'type': 'opportunity', 'partner_id': self.partner_id.id, 'description': self.description,
            'email_from': self.email_from, 'phone': self.phone, 'contact_name': self.partner_name or self.partner_id.name,
            'company_id': self.company_id.id, 'user_id': self._lead_owner().id, 'crm_ticket_id': self.id})
        lead.message_post(subtype_xmlid='mail.mt_note', body=Markup("<p>%s</p>") % self.env._(
            "Comes from ticket %(ticket)s.", ticket=self._get_html_link()))
        return {'type': 'ir.actions.act_window', 'res_model': 'crm.lead', 'res_id': lead.id, 'views': [(False, 'form')]}

    def _lead_owner(self):
        """Return the customer's salesperson where the user may see that person's leads, else the user."""
        owner = self.owner_id.filtered(lambda user: user.active and self.company_id in user.company_ids)
        return owner if owner and self.env.user.has_group('sales_team.group_sale_salesman_all_leads') else self.env.user

    def action_to_activity(self):
        """Plan what is to be done for the customer: an activity with the words of the ticket."""
        self.ensure_one()
        record = self.partner_id or self
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Plan an Activity"), 'res_model': 'mail.activity.schedule', 'target': 'new',
            'views': [(False, 'form')], 'context': {
                'active_model': record._name, 'active_id': record.id, 'active_ids': record.ids, 'default_summary': self.title,
                'default_note': Markup("%s<p>%s</p>") % (self.description or "", self._get_html_link())}}

    # ------------------------------------------------------------------
    # Return
    # ------------------------------------------------------------------

    def action_to_return(self):
        """Open the return of the delivery that the ticket is about, where Inventory is installed.

        :raise UserError: where there is no such delivery, or the user may not return goods; it says what to do
        """
        self.ensure_one()
        if 'stock.return.picking' not in self.env or not self.env['stock.return.picking'].has_access('create'):
            raise UserError(self.env._(
                "Goods are taken back in Inventory, which you have no right to: plan an activity for a colleague of the warehouse."))
        deliveries = self._deliveries()
        if not deliveries:
            raise UserError(self.env._(
                "There is no delivery to return. Open the delivery or the order, and create the ticket from there; or return it from the"
                " delivery itself."))
        if len(deliveries) > 1:
            return {'type': 'ir.actions.act_window', 'name': self.env._("Which Delivery?"), 'res_model': 'stock.picking',
                    'view_mode': 'list,form', 'domain': [('id', 'in', deliveries.ids)], 'context': {'create': False}}
        return {'type': 'ir.actions.act_window', 'name': self.env._("Return"), 'res_model': 'stock.return.picking', 'target': 'new',
                'views': [(False, 'form')], 'context': {
                    'active_model': 'stock.picking', 'active_id': deliveries.id, 'active_ids': deliveries.ids}}

    def _deliveries(self):
        """Return the done deliveries behind the document that the ticket came from."""
        pickings = self.env['stock.picking']
        done = [('state', '=', 'done'), ('picking_type_id.code', '=', 'outgoing')]
        if self.res_model == 'stock.picking':
            return pickings.search([('id', '=', self.res_id), *done])
        orders = self.env['sale.order']
        if self.res_model == 'sale.order':
            orders = orders.browse(self.res_id)
        elif self.res_model == 'account.move':
            orders = self.env['account.move'].browse(self.res_id).invoice_line_ids.sale_line_ids.order_id
        if not orders or 'sale_id' not in pickings._fields:
            return pickings
        return pickings.search([('sale_id', 'in', orders.ids), *done])


class CrmLead(models.Model):
    _inherit = 'crm.lead'

    crm_ticket_id = fields.Many2one('crm.ticket', "Ticket", copy=False, index='btree_not_null', ondelete='set null')
