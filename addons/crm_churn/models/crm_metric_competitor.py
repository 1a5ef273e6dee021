from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_grading.tools.metric import Fact, Measure


class CrmMetric(models.Model):
    """How often a competitor was met at the customer: in opportunities, and in what other apps bring along (visits)."""
    _inherit = 'crm.metric'

    def _metric_competitor_seen(self, scope):
        """Sightings in the window."""
        sources = [SQL(
            """SELECT partner.commercial_partner_id AS subject_id, sighting.date
                 FROM crm_competitor_sighting AS sighting JOIN res_partner AS partner ON partner.id = sighting.partner_id
                WHERE sighting.company_id = %s""", scope.company.id)]
        for place in self.env['crm.timeline']._sighted():
            # as superuser: a metric counts what there is, whoever asks; it shows a number, no document
            model = self.env[place.model].sudo().with_context(active_test=False)
            query = model._search(place.domain & self.env['crm.timeline']._company_domain(model, scope.company))
            sources.append(SQL(
                """SELECT partner.commercial_partner_id AS subject_id, seen.date
                     FROM (%s) AS seen(partner_id, date) JOIN res_partner AS partner ON partner.id = seen.partner_id""",
                query.select(*(model._field_to_sql(query.table, name, query) for name in (place.partner, place.date)))))
        fact = Fact('competitor_seen', SQL(" UNION ALL ").join(sources))
        return Measure(fact, fact.count(self._window(scope.date)))
