from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import html2plaintext, html_sanitize

from ..tools.amendment import differences


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
            for version in (self.before or {}, self.after or {}))
        return differences(before, after)

    def _clauses_of(self, version):
        """Return the clauses of a version as safe HTML."""
        return Markup("").join(Markup(html_sanitize(text)) for text in version.get('clauses', {}).values())  # pylint: disable=no-markup
