from odoo import api, fields, models


class CrmTicketAnswer(models.Model):
    """What a customer answered to a question of the ticket's type. The question is kept as it was asked."""
    _name = 'crm.ticket.answer'
    _description = "Ticket Answer"
    _order = 'ticket_id, sequence, id'
    _rec_name = 'label'

    ticket_id = fields.Many2one('crm.ticket', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='ticket_id.company_id', store=True, precompute=True, index=True)
    question_id = fields.Many2one('crm.ticket.question', "What Is Asked", index='btree_not_null', ondelete='set null')
    sequence = fields.Integer(default=10)
    label = fields.Char(
        "Asked", required=True, compute='_compute_label', store=True, readonly=False, precompute=True,
        help="As it was asked, in the customer's language.")
    value = fields.Text("Customer's Answer")

    @api.depends('question_id')
    def _compute_label(self):
        """What was asked stays, whatever becomes of the question."""
        for answer in self:
            answer.label = answer.label or answer.question_id.with_context(lang=answer.ticket_id.lang).name
