from odoo import fields, models
from odoo.tools import SQL

from ..tools.complaint import SEVERITIES


class CrmComplaintReport(models.Model):
    """Complaints by their cause: what comes again, at whom and with what. One row is one complaint, by its own id."""
    _name = 'crm.complaint.report'
    _description = "Recurring Causes"
    _auto = False
    _rec_name = 'ticket_id'
    _order = 'date desc, id desc'

    ticket_id = fields.Many2one('crm.ticket', "Complaint", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    date = fields.Datetime("Opened", readonly=True)
    cause_id = fields.Many2one('crm.complaint.cause', "Root Cause", readonly=True)
    area_id = fields.Many2one(
        'crm.complaint.cause', "Area of the Cause", readonly=True, help="What the root cause is part of, at the top.")
    severity = fields.Selection(SEVERITIES, readonly=True)
    product_id = fields.Many2one('product.product', readonly=True)
    categ_id = fields.Many2one('product.category', "Product Category", readonly=True)
    commercial_partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    team_id = fields.Many2one('crm.service.team', readonly=True)
    user_id = fields.Many2one('res.users', "Assigned To", readonly=True)
    customer_nth = fields.Integer(
        "nth at the Customer", readonly=True, aggregator='max', help="Which one of this cause it is for the customer within 12 months.")
    product_nth = fields.Integer(
        "nth of the Product", readonly=True, aggregator='max', help="Which one of this cause it is with the product within 12 months.")
    is_recurring = fields.Boolean("Comes Again", readonly=True, help="There was one of this cause, at the customer or with the product.")
    credited = fields.Float(
        readonly=True, groups='crm_grading.group_customer_amounts', help="Posted credit notes, before tax, in the company's currency.")
    customer_verdict = fields.Selection(related='ticket_id.customer_verdict', string="Customer Says")

    _depends = {
        'crm.ticket': [
            'kind', 'state', 'cause_id', 'date_opened', 'severity', 'product_id', 'commercial_partner_id', 'team_id', 'user_id',
            'company_id', 'credit_note_id', 'active'],
        'crm.complaint.cause': ['parent_path'],
        'account.move': ['amount_untaxed_signed', 'state'],
        'product.product': ['product_tmpl_id'],
        'product.template': ['categ_id'],
    }

    @property
    def _table_query(self):
        """Count among all complaints of the company, whoever looks: which one it is does not depend on what one may read."""
        return SQL(
            """SELECT counted.*, COALESCE(customer_nth, 0) > 1 OR COALESCE(product_nth, 0) > 1 AS is_recurring
                 FROM (SELECT ticket.id, ticket.id AS ticket_id, ticket.company_id, ticket.date_opened AS date, ticket.cause_id,
                              SPLIT_PART(cause.parent_path, '/', 1)::integer AS area_id, ticket.severity, ticket.product_id,
                              template.categ_id, ticket.commercial_partner_id, ticket.team_id, ticket.user_id,
                              CASE WHEN ticket.cause_id IS NOT NULL AND ticket.commercial_partner_id IS NOT NULL
                                   THEN COUNT(*) OVER (
                                       PARTITION BY ticket.company_id, ticket.cause_id, ticket.commercial_partner_id %(year)s) END
                                  AS customer_nth,
                              CASE WHEN ticket.cause_id IS NOT NULL AND ticket.product_id IS NOT NULL
                                   THEN COUNT(*) OVER (PARTITION BY ticket.company_id, ticket.cause_id, ticket.product_id %(year)s) END
                                  AS product_nth,
                              CASE WHEN note.state = 'posted' THEN -note.amount_untaxed_signed ELSE 0 END AS credited
                         FROM crm_ticket AS ticket
                    LEFT JOIN crm_complaint_cause AS cause ON cause.id = ticket.cause_id
                    LEFT JOIN product_product AS product ON product.id = ticket.product_id
                    LEFT JOIN product_template AS template ON template.id = product.product_tmpl_id
                    LEFT JOIN account_move AS note ON note.id = ticket.credit_note_id
                        WHERE ticket.kind = 'complaint' AND ticket.state != 'cancelled' AND ticket.active) AS counted""",
            year=SQL("ORDER BY ticket.date_opened RANGE BETWEEN '12 months'::interval PRECEDING AND CURRENT ROW"))
