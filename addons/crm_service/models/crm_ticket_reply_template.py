import re

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import ValidationError

PLACEHOLDER = re.compile(r'\{(\w+)\}')


class CrmTicketReplyTemplate(models.Model):
    """An answer that is given again and again, in the language of whoever asks.

    Odoo's canned responses (``::word`` in the composer) stay as they are for colleagues' own shortcuts: their text has one language and
    no fields. These have a text per language, and words in braces that stand for what the ticket says. It is no expression: whoever
    writes an answer can make it say no more than :meth:`_values` offers.
    """
    _name = 'crm.ticket.reply.template'
    _description = "Prepared Answer"
    _order = 'sequence, name, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    body = fields.Html(
        "Answer", required=True, translate=True, sanitize_style=True,
        help="{name}: who asked, {number} and {title}: of the ticket, {agent}: who answers, {company}: ours, {product}: what it is about")
    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: for all companies.")
    type_ids = fields.Many2many('crm.ticket.type', string="Types", help="Empty: for tickets of all types.")
    team_ids = fields.Many2many('crm.service.team', string="Teams", help="Empty: for all teams.")
    use_count = fields.Integer("Used", readonly=True, copy=False)
    active = fields.Boolean(default=True)

    @api.constrains('body')
    def _check_body(self):
        known = set(self.env['crm.ticket']._reply_values())
        for template in self:
            unknown = set(PLACEHOLDER.findall(template.body or '')) - known
            if unknown:
                raise ValidationError(self.env._(
                    "%(unknown)s stands for nothing. These do: %(known)s.", unknown=", ".join(f"{{{name}}}" for name in sorted(unknown)),
                    known=", ".join(f"{{{name}}}" for name in sorted(known))))

    def _render(self, ticket):
        """Return the answer in the ticket's language, as Markup; what the customer entered is shown as text, whatever it contains."""
        self.ensure_one()
        template = self.with_context(lang=ticket.lang or self.env.lang)
        values = ticket.with_context(lang=ticket.lang or self.env.lang)._reply_values()
        return Markup(PLACEHOLDER.sub(lambda match: escape(values.get(match[1], match[0])), str(template.body or '')))


class CrmTicket(models.Model):
    _inherit = 'crm.ticket'

    def _reply_values(self):
        """Return what words in braces of prepared answers stand for."""
        return {
            'name': self.partner_id.name or self.partner_name or "", 'number': self.name or "", 'title': self.title or "",
            'agent': self.env.user.name, 'company': self.company_id.name or "", 'product': self.product_id.name or "",
        }
