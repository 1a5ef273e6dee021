from odoo import models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..tools.extension import Happening


class CrmTimeline(models.AbstractModel):
    """The kinds of Odoo's own documents, and ours."""
    _inherit = 'crm.timeline'

    # ------------------------------------------------------------------
    # Contacts
    # ------------------------------------------------------------------

    def _timeline_mail(self, customer):
        return self._messages(
            customer, self.env._("Messages"), 'fa-envelope-o', Domain('subtype_id.internal', '=', False),
            direction=lambda message: 'in' if message.author_id in customer.contacts else 'out')

    def _timeline_note(self, customer):
        return self._messages(customer, self.env._("Notes"), 'fa-sticky-note-o', Domain('subtype_id.internal', '=', True))

    def _messages(self, customer, label, icon, domain, **kwargs):
        """Messages that people wrote, on the contacts and documents of the customer.

        Bypass: mail.message checks access row by row in Python; here the documents are those that the user may read, which
        is its rule for employees.
        """
        return Happening(
            label, icon, 'mail.message', domain=(
                domain & Domain('message_type', 'in', ('email', 'email_outgoing', 'comment', 'sms'))
                & Domain('mail_activity_type_id', '=', False)
                & self._threads_domain(customer, 'model', 'res_id')
                if self.env.user._is_internal() or self.env.su else Domain.FALSE),
            date='date', title=lambda message: message.subject or message.record_name or message.preview,
            text=lambda message: message.preview, author='author_id', document=('model', 'res_id'), bypass=True,
            group='contact', **kwargs)

    def _timeline_activity(self, customer):
        """Activities that were done. Bypass: as for messages."""
        return Happening(
            self.env._("Activities"), 'fa-check', 'mail.activity', domain=(
                Domain('active', '=', False) & Domain('date_done', '!=', False)
                & self._threads_domain(customer, 'res_model', 'res_id')),
            date='date_done', title=lambda activity: activity.summary or activity.activity_type_id.name,
            text=lambda activity: html2plaintext(activity.feedback or '')[:200], author='user_id', direction=lambda activity: 'out',
            document=('res_model', 'res_id'), bypass=True, group='contact')

    def _timeline_meeting(self, customer):
        return Happening(
            self.env._("Meetings"), 'fa-calendar', 'calendar.event', customer.of('partner_ids'), 'start', title='display_name',
            author='user_id', tone='info', group='contact')

    # ------------------------------------------------------------------
    # Sales
    # ------------------------------------------------------------------

    def _timeline_opportunity(self, customer):
        return Happening(
            self.env._("New opportunities"), 'fa-star-o', 'crm.lead', customer.of('partner_id'), 'create_date', title='name',
            amount='expected_revenue', currency='company_currency', author='user_id', tone='info', group='sales')

    def _timeline_won(self, customer):
        return Happening(
            self.env._("Won"), 'fa-trophy', 'crm.lead', customer.of('partner_id') & Domain('won_status', '=', 'won'),
            'date_closed', title='name', amount='expected_revenue', currency='company_currency', author='user_id',
            tone='success', group='sales')

    def _timeline_lost(self, customer):
        return Happening(
            self.env._("Lost"), 'fa-thumbs-o-down', 'crm.lead', customer.of('partner_id') & Domain('won_status', '=', 'lost'),
            'date_closed', title='name', text=lambda lead: lead.lost_reason_id.name, amount='expected_revenue', currency='company_currency',
            author='user_id', tone='danger', group='sales')

    def _timeline_quotation(self, customer):
        return Happening(
            self.env._("Quotations"), 'fa-file-text-o', 'sale.order',
            customer.of('partner_id') & Domain('state', 'in', ('draft', 'sent', 'cancel')), 'date_order', title='name',
            amount='amount_total', direction=lambda order: 'out', author='user_id', group='sales')

    def _timeline_order(self, customer):
        return Happening(
            self.env._("Orders"), 'fa-shopping-cart', 'sale.order', customer.of('partner_id') & Domain('state', '=', 'sale'),
            'date_order', title='name', amount='amount_total', direction=lambda order: 'in', author='user_id',
            tone='success', group='sales')

    def _timeline_delivery(self, customer):
        """Deliveries and returns, where Inventory is installed."""
        return Happening(
            self.env._("Deliveries"), 'fa-truck', 'stock.picking',
            customer.of('partner_id') & Domain('state', '=', 'done') & Domain('picking_type_id.code', 'in', ('outgoing', 'incoming')),
            'date_done', title='name', text='origin',
            direction=lambda picking: 'in' if picking.picking_type_id.code == 'incoming' else 'out', group='sales')

    # ------------------------------------------------------------------
    # Money
    # ------------------------------------------------------------------

    def _invoices(self, customer, *types):
        return (
            customer.of('commercial_partner_id') & Domain('state', '=', 'posted') & Domain('move_type', 'in', types))

    def _timeline_invoice(self, customer):
        return Happening(
            self.env._("Invoices"), 'fa-file-text', 'account.move', self._invoices(customer, 'out_invoice', 'out_receipt'),
            'invoice_date', title='name', amount='amount_total', direction=lambda move: 'out', author='invoice_user_id', group='money')

    def _timeline_credit_note(self, customer):
        return Happening(
            self.env._("Credit notes"), 'fa-undo', 'account.move', self._invoices(customer, 'out_refund'), 'invoice_date',
            title='name', amount='amount_total', direction=lambda move: 'out', author='invoice_user_id',
            tone='warning', group='money')

    def _timeline_payment(self, customer):
        return Happening(
            self.env._("Payments"), 'fa-money', 'account.payment',
            customer.of('partner_id') & Domain('partner_type', '=', 'customer') & Domain('state', 'in', ('in_process', 'paid')),
            'date', title='name', text='memo', amount='amount', tone='success',
            direction=lambda payment: 'in' if payment.payment_type == 'inbound' else 'out', group='money')

    # ------------------------------------------------------------------
    # Verdicts
    # ------------------------------------------------------------------

    def _timeline_grade(self, customer):
        def title(change):
            return f"{change.old_grade_id.name or '–'} → {change.grade_id.name or '–'}"

        return Happening(
            self.env._("Grade changes"), 'fa-certificate', 'crm.grade.history', customer.of('customer_id.partner_id'), 'date',
            title=title, text=lambda change: change.note or change.scheme_id.name,
            document=None, tone='warning', group='status')

    def _timeline_lifecycle(self, customer):
        def title(change):
            return f"{change.old_state_id.name or '–'} → {change.state_id.name or '–'}"

        return Happening(
            self.env._("Life-cycle changes"), 'fa-refresh', 'crm.lifecycle.history', customer.of('customer_id.partner_id'),
            'date', title=title, tone='info', group='status')

    def _timeline_interest(self, customer):
        return Happening(
            self.env._("Interests"), 'fa-lightbulb-o', 'crm.interest', customer.of('partner_id'), 'date', title='display_name',
            text='note', author='user_id', direction=lambda interest: 'in', tone='warning', group='contact')
