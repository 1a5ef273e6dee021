from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, html2plaintext, html_sanitize

from ..tools.amendment import TERMS, differences, unpacked
from ..tools.step_state import MONEY_KINDS


class CrmContractAmendment(models.Model):
    """An amendment as people read it: before and after, side by side."""
    _inherit = 'crm.contract.amendment'

    difference_html = fields.Html("Before and After", compute='_compute_difference_html', sanitize=False)

    @api.depends('before', 'after')
    def _compute_difference_html(self):
        for amendment in self:
            amendment.difference_html = self.env['ir.qweb']._render(
                'crm_contract_exec.amendment_differences', {'amendment': amendment}) if amendment.after else False

    def _section_names(self):
        """Return the headings of the sections of a version, in the language of the reader."""
        return {
            'terms': self.env._("Terms"), 'lines': self.env._("Prices and Quantities"), 'plan': self.env._("Plan"),
            'clauses': self.env._("Clauses")}

    def _differences(self):
        """Return what the amendment has changed, as rows (section, name, before, after) of text."""
        self.ensure_one()
        before, after = (
            {**version, 'clauses': {name: html2plaintext(text) for name, text in version.get('clauses', {}).items()}}
            for version in (unpacked(self.before), unpacked(self.after)))
        return differences(before, after)

    def _change_rows(self):
        """Return what the amendment has changed; while it is not in force, what it would change: rows (section or None, name, before,
        after) of text."""
        self.ensure_one()
        return self._differences() if self.after else [(None, *row) for row in self._proposal()]

    def _version_before(self):
        """Return the contract as it was before the amendment; while that is not in force, as it is."""
        self.ensure_one()
        return unpacked(self.before) or self.contract_id._version()

    def _proposal(self):
        """Return what the amendment would change, as rows (name, before, after) of text."""
        self.ensure_one()
        money, rows = self.currency_id.format, []
        for line in self.line_ids.filtered(lambda line: line.is_price or line.is_quantity):
            old = f"{line.old_quantity:g} × {money(line.old_price_unit)}" if line.order_line_id else ""
            rows.append((line.product_id.display_name, old, f"{line.quantity:g} × {money(line.price_unit)}"))
        for step in self.step_ids.filtered('is_changed'):
            old, new = (
                " · ".join(filter(None, [format_date(self.env, day), money(amount) if step.kind in MONEY_KINDS else ""]))
                for day, amount in ((step.old_date_due, step.old_amount), (step.date_due, step.amount)))
            rows.append((step.name, old if step.step_id else "", self.env._("dropped") if step.is_dropped else new))
        return rows + self._proposed_terms()

    def _proposed_terms(self):
        base, terms = self.base or {}, self._terms()
        rows = []
        for name in TERMS:
            if terms[name] != base.get(name, terms[name]):
                field, old = self._fields[name], base.get(name)
                if field.type == 'many2one':
                    texts = self.env[field.comodel_name].browse(old or ()).display_name, self[name].display_name
                elif field.type == 'html':
                    texts = html2plaintext(old or ''), html2plaintext(terms[name])
                elif field.type == 'date':
                    texts = format_date(self.env, old), format_date(self.env, self[name])
                else:
                    texts = (self.currency_id.format(old), self.currency_id.format(self[name])) if field.type == 'monetary' else (
                        str(old or ''), str(self[name] or ''))
                rows.append((field.get_description(self.env)['string'], *(text or "" for text in texts)))
        return rows

    def _clauses_of(self, version):
        """Return the clauses of a version as safe HTML."""
        return Markup("").join(Markup(html_sanitize(text)) for text in version.get('clauses', {}).values())
