from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmLead(models.Model):
    _inherit = 'crm.lead'

    crm_grade_id = fields.Many2one(
        'crm.grade', "Grade", compute='_compute_crm_grade_id', search='_search_crm_grade_id', compute_sudo=True,
        help="Grade of the customer; of a contact without a purchase and of a lead without a contact: its tier among"
             " the prospects.")
    crm_grade_color = fields.Integer(related='crm_grade_id.color', string="Grade Color")
    crm_verdict_ids = fields.One2many('crm.grade.verdict', 'lead_id', "Verdicts", readonly=True)

    @api.depends('partner_id', 'company_id', 'crm_verdict_ids.grade_id')
    @api.depends_context('company')
    def _compute_crm_grade_id(self):
        """Computed with full rights: a salesperson sees the grade of every lead that she may see, whoever's the customer."""
        found = {}
        self.env.flush_all()
        for company, leads in self.grouped(lambda lead: lead.company_id or self.env.company).items():
            rows = self.env.execute_query(SQL(
                "SELECT lead_id, grade_id FROM (%s) AS graded WHERE lead_id IN %s",
                self._grades_relation(company), tuple(leads._origin.ids) or (0,))) if leads._origin else []
            found.update(rows)
        for lead in self:
            lead.crm_grade_id = found.get(lead._origin.id)

    @api.model
    def _search_crm_grade_id(self, operator, value):
        if operator not in ('in', 'any'):
            return NotImplemented
        wanted = self.env['crm.grade'].search(value).ids if operator == 'any' else [grade for grade in value if grade]
        self.env.flush_all()
        graded = SQL(
            "(%s)", SQL(" UNION ALL ").join(self._grades_relation(company) for company in self.env.companies))
        domain = Domain('id', 'in', SQL("(SELECT lead_id FROM %s AS graded WHERE grade_id IN %s)", graded, tuple(wanted) or (0,)))
        if operator == 'in' and False in value:
            domain |= Domain('id', 'not in', SQL("(SELECT lead_id FROM %s AS graded WHERE grade_id IS NOT NULL)", graded))
        return domain

    @api.model
    def _grades_relation(self, company):
        """Return the query ``(lead_id, grade_id)`` of the leads and opportunities that a company works on.

        With a contact: the leading grade of its commercial partner, else its tier in a prospect scheme. Without one: the
        lead's own verdict.
        """
        return SQL(
            """
            SELECT lead.id AS lead_id,
                   CASE WHEN lead.partner_id IS NULL THEN own.grade_id ELSE COALESCE(customer.grade_id, tier.grade_id) END AS grade_id
              FROM crm_lead AS lead
              LEFT JOIN res_partner AS partner ON partner.id = lead.partner_id
              LEFT JOIN crm_customer AS customer
                     ON customer.partner_id = partner.commercial_partner_id AND customer.company_id = %(company)s
              LEFT JOIN LATERAL (%(own)s) AS own ON lead.partner_id IS NULL
              LEFT JOIN LATERAL (%(tier)s) AS tier ON customer.id IS NOT NULL AND customer.grade_id IS NULL
             WHERE COALESCE(lead.company_id, %(company)s) = %(company)s
            """,
            company=company.id,
            own=self._verdict_sql(company, 'lead', SQL("verdict.lead_id = lead.id")),
            tier=self._verdict_sql(company, 'prospect', SQL("verdict.customer_id = customer.id")))

    @api.model
    def _verdict_sql(self, company, population, condition):
        """Return the sub-select of the grade that the first scheme in force of a population gives."""
        return SQL(
            """SELECT verdict.grade_id
                 FROM crm_grade_verdict AS verdict JOIN crm_grading_scheme AS scheme ON scheme.id = verdict.scheme_id
                WHERE %s AND scheme.company_id = %s AND scheme.population = %s AND scheme.state = 'active' AND scheme.active
                  AND scheme.origin_id IS NULL AND verdict.grade_id IS NOT NULL
                ORDER BY scheme.is_leading DESC NULLS LAST, scheme.sequence, scheme.id LIMIT 1""",
            condition, company.id, population)
