from odoo.tools import SQL

NOW, BEFORE = 'crm_workbook_now', 'crm_workbook_before'
METRICS = ('revenue', 'revenue_before', 'margin', 'invoice_count')


class WorkbookFigures:
    """The figures of a workbook, each by one statement over temporary tables of grades and measured values.

    Amounts are always there: which of them are shown is for the writer to decide.

    :param wizard: a ``crm.grading.workbook`` record
    """

    def __init__(self, wizard):
        self.env, self.wizard, self.scheme = wizard.env, wizard, wizard.scheme_id
        self.company = self.scheme.company_id
        self.env.flush_all()
        before = self.scheme._grades_into(BEFORE, wizard.date_from, wizard.source)
        now = self.scheme._grades_into(NOW, wizard.date, wizard.source)
        metrics = self.env['crm.metric']._from_codes(METRICS).sudo()    # see above
        self.names = {metric.code: SQL.identifier(metric._column()) for metric in metrics}
        self.names.update(before=before, now=now, lang=self.env.lang or 'en_US', values=metrics._measure_into(
            'customer', self.company, wizard.date, self.env['crm.customer']._profiled_partners(self.company)))

    def concentration(self):
        """Return the Pareto points ``[(percent, customers, amount, share)]`` and what holds for the whole: customers, amount,
        Gini, and the customers making 50, 80 and 95 %."""
        values = SQL("SELECT subject_id, %(revenue)s::numeric AS value FROM %(values)s AS measured WHERE %(revenue)s <> 0", **self.names)
        ctes = self.env['crm.metric']._concentration_ctes(values)
        points = self.env.execute_query(SQL("%s SELECT percent, customers, amount, share FROM point ORDER BY percent", ctes))
        customers, amount, gini = self.env.execute_query(SQL("%s SELECT customers, amount, gini FROM whole", ctes))[0]
        making = dict(self.env.execute_query(SQL("%s SELECT percent, customers FROM maker", ctes)))
        return points, {'customers': customers, 'amount': amount or 0, 'gini': gini, 'making': making}

    def grade_rows(self):
        """Return per grade, the best first: name, customers, revenue, revenue last year, margin (no grade: last, name None)."""
        return self.env.execute_query(SQL(
            """SELECT COALESCE(grade.name ->> %(lang)s, grade.name ->> 'en_US'), COUNT(*), COALESCE(SUM(%(revenue)s), 0),
                      COALESCE(SUM(%(revenue_before)s), 0), COALESCE(SUM(%(margin)s), 0)
                 FROM %(now)s AS graded LEFT JOIN %(values)s AS measured USING (subject_id)
                 LEFT JOIN crm_grade AS grade ON grade.id = graded.grade_id
                GROUP BY grade.id ORDER BY grade.sequence NULLS LAST, grade.id""", **self.names))

    def customer_rows(self):
        """Return the largest customers: name, number, country code, salesperson, grade now, grade before, purchases, revenue,
        revenue last year, margin."""
        return self.env.execute_query(SQL(
            """SELECT partner.name, partner.ref, country.code, seller.name, COALESCE(grade.name ->> %(lang)s, grade.name ->> 'en_US'),
                      COALESCE(old.name ->> %(lang)s, old.name ->> 'en_US'), COALESCE(%(invoice_count)s, 0), %(revenue)s,
                      %(revenue_before)s, %(margin)s
                 FROM %(values)s AS measured JOIN res_partner AS partner ON partner.id = measured.subject_id
                 LEFT JOIN %(now)s AS graded USING (subject_id) LEFT JOIN %(before)s AS formerly USING (subject_id)
                 LEFT JOIN crm_grade AS grade ON grade.id = graded.grade_id
                 LEFT JOIN crm_grade AS old ON old.id = formerly.grade_id
                 LEFT JOIN res_country AS country ON country.id = partner.country_id
                 LEFT JOIN res_users AS login ON login.id = partner.user_id
                 LEFT JOIN res_partner AS seller ON seller.id = login.partner_id
                WHERE %(revenue)s > 0
                ORDER BY %(revenue)s DESC, subject_id LIMIT %(limit)s""", limit=self.wizard.top_count, **self.names))

    def mover_rows(self):
        """Return the customers whose grade changed, the largest first: name, from, to, moved up (or down, None), revenue, last
        year's revenue."""
        return self.env.execute_query(SQL(
            """SELECT partner.name, COALESCE(old.name ->> %(lang)s, old.name ->> 'en_US'),
                      COALESCE(grade.name ->> %(lang)s, grade.name ->> 'en_US'), grade.sequence < old.sequence,
                      COALESCE(%(revenue)s, 0), COALESCE(%(revenue_before)s, 0)
                 FROM %(now)s AS graded FULL JOIN %(before)s AS formerly USING (subject_id)
                 JOIN res_partner AS partner ON partner.id = subject_id
                 LEFT JOIN %(values)s AS measured USING (subject_id)
                 LEFT JOIN crm_grade AS grade ON grade.id = graded.grade_id
                 LEFT JOIN crm_grade AS old ON old.id = formerly.grade_id
                WHERE grade.id IS DISTINCT FROM old.id AND old.id IS NOT NULL
                ORDER BY GREATEST(%(revenue)s, %(revenue_before)s) DESC NULLS LAST, subject_id
                LIMIT %(limit)s""", limit=self.wizard.top_count, **self.names))

    def mover_counts(self):
        """Return ``{True: promoted, False: demoted}`` between the days, among those with a grade on both."""
        return dict(self.env.execute_query(SQL(
            """SELECT grade.sequence < old.sequence, COUNT(*)
                 FROM %(now)s AS graded JOIN %(before)s AS formerly USING (subject_id)
                 JOIN crm_grade AS grade ON grade.id = graded.grade_id JOIN crm_grade AS old ON old.id = formerly.grade_id
                WHERE grade.id <> old.id GROUP BY 1""", **self.names)))

    def migration_rows(self):
        """Return ``[(old grade's id, new grade's id, customers)]`` of everybody with a grade on one of the days."""
        return self.env.execute_query(SQL(
            """SELECT formerly.grade_id, graded.grade_id, COUNT(*)
                 FROM %(now)s AS graded FULL JOIN %(before)s AS formerly USING (subject_id)
                WHERE graded.grade_id IS NOT NULL OR formerly.grade_id IS NOT NULL GROUP BY 1, 2""", **self.names))

    def rfm_rows(self):
        """Return per segment of the company's RFM scheme: name, advice, customers, revenue; nothing without such a scheme."""
        schemes = self.env['crm.grading.scheme'].search(
            [('company_id', '=', self.company.id), ('method', '=', 'rfm'), ('origin_id', '=', False)], order='state, sequence, id')
        scheme = self.scheme if self.scheme.method == 'rfm' else schemes.filtered(lambda scheme: scheme.state == 'active')[:1]
        if not scheme:
            return []
        # replaying measures anew into the table of values: nothing may read the former one after this
        segmented = scheme._grades_into('crm_workbook_rfm', self.wizard.date, 'replayed')
        return self.env.execute_query(SQL(
            """SELECT COALESCE(segment.name ->> %(lang)s, segment.name ->> 'en_US'),
                      COALESCE(segment.advice ->> %(lang)s, segment.advice ->> 'en_US'), COUNT(*), COALESCE(SUM(amount), 0)
                 FROM %(table)s AS member JOIN crm_rfm_segment AS segment ON segment.id = member.segment_id
                GROUP BY segment.id ORDER BY segment.sequence, segment.id""", table=segmented, lang=self.names['lang']))
