from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

PREVIEW_ROWS = 10


class CrmMetric(models.Model):
    """What a metric yields, shown while it is being defined."""
    _inherit = 'crm.metric'

    preview = fields.Html(
        compute='_compute_preview', sanitize=False, help="The customers with the highest values today in the current company.")

    @api.depends('kind', 'query', 'subject', 'unit', 'empty_value', 'window_count', 'window_unit', 'model_id', 'customer_path',
                 'domain', 'date_field_id', 'aggregate', 'value_field_id', 'numerator_id', 'denominator_id', 'group_ids')
    @api.depends_context('uid', 'company', 'lang')
    def _compute_preview(self):
        for metric in self:
            try:
                metric.preview = metric._preview_table(metric._preview_rows())
            except UserError:
                metric.preview = False  # "problem" says what is missing

    def _preview_rows(self):
        """Return the subjects with the highest values as (name, value).

        :raise UserError: if the metric is not fully defined or not visible to the user
        """
        self._check_definition()
        company = self.env.company
        self._check_visible(company)
        population = self._lead_population(company) if self.subject == 'lead' else self._customer_population(company)
        # a metric that is being edited has no id to name its column by
        values = self._origin._values_relation if self.kind != 'custom' else self._custom_relation
        value = SQL.identifier('value' if self.kind == 'custom' else self._origin._column())
        rows = self._execute(SQL(
            "SELECT subject_id, %(value)s AS value FROM (%(values)s) AS measured"
            " WHERE %(value)s IS NOT NULL AND %(known)s ORDER BY %(value)s DESC, subject_id LIMIT %(limit)s",
            value=value, known=SQL("%s <> 0", value) if self.empty_value == 'zero' else SQL("TRUE"),
            values=values(company._crm_metric_scope(), population), limit=PREVIEW_ROWS))
        subjects = self.env['crm.lead' if self.subject == 'lead' else 'res.partner'].browse(row['subject_id'] for row in rows)
        return [(subject.display_name, row['value']) for subject, row in zip(subjects, rows, strict=True)]

    def _custom_relation(self, scope, population):
        measure = self._metric_custom(scope)
        return SQL(
            "SELECT subject_id, (%s)::float8 AS value FROM (%s) AS fact WHERE subject_id IN (%s) GROUP BY subject_id",
            measure.value, measure.fact.relation, population)

    @api.model
    def _lead_population(self, company):
        """Return the sub-select of the ids of the leads that the user may see."""
        return self.env['crm.lead']._search([('company_id', 'in', [company.id, False])]).select()

    def _preview_table(self, rows):
        if not rows:
            started = self.subject == 'lead' or self.env['crm.customer'].search_count([('company_id', '=', self.env.company.id)], limit=1)
            return Markup('<p class="text-muted">%s</p>') % (
                self.env._("No customer has a value today.") if started
                else self.env._("There are no customers yet: they appear with the first run of the grading."))
        currency = self.env.company.currency_id if self.unit == 'monetary' else None
        return Markup('<table class="table table-sm"><tbody>%s</tbody></table>') % Markup().join(
            Markup('<tr><td>%s</td><td class="text-end">%s</td></tr>') % (
                name, formatLang(self.env, value, currency_obj=currency, digits=0 if value == int(value) else 2))
            for name, value in rows)
