from datetime import timedelta

from freezegun import freeze_time

from odoo import Command

from .common import GradingCommon


class SchemeCommon(GradingCommon):
    """Grades A, B, C and one complete scheme of each method, over the revenue and number of invoices of ten customers.

    Customer n (1 to 10) has been invoiced n × 100 twice, on the nth and the (n + 20)th day before today.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.grade_a, cls.grade_b, cls.grade_c = cls.grades = cls._grades(cls.company)
        cls.revenue, cls.count, cls.recency = (
            cls.env['crm.metric']._from_codes([code]) for code in ('revenue', 'invoice_count', 'recency'))
        cls.buyers = cls._customers(10, name="Buyer", user_id=cls.rep.id)
        cls._invoices([
            (buyer, cls.TODAY - timedelta(days=days), 100 * number)
            for number, buyer in enumerate(cls.buyers, start=1) for days in (number, number + 20)])

    @classmethod
    def _grades(cls, company):
        return cls.env['crm.grade'].create([
            {'name': name, 'sequence': sequence, 'company_id': company.id, 'color': sequence}
            for sequence, name in enumerate(('A', 'B', 'C'), start=1)])

    # ------------------------------------------------------------------
    # Schemes
    # ------------------------------------------------------------------

    @classmethod
    def _scheme(cls, method, dimensions, bands=(), **values):
        return cls.env['crm.grading.scheme'].create({
            'name': f"By {method}", 'method': method, 'company_id': cls.company.id, 'share_metric_id': cls.revenue.id,
            'dimension_ids': [Command.create(dimension) for dimension in dimensions],
            'band_ids': [Command.create({'grade_id': grade.id, 'threshold': threshold}) for grade, threshold in bands],
            **values})

    @classmethod
    def _thresholds(cls, metric, *steps, **values):
        return {'metric_id': metric.id, 'scoring': 'threshold', **values, 'step_ids': [
            Command.create({'value': value, 'points': points}) for value, points in steps]}

    @classmethod
    def _weighted(cls, **values):
        """Revenue by thresholds of 500 (50 points) and 1500 (100 points); A from 100, B from 50, C from 0."""
        return cls._scheme('weighted', [cls._thresholds(cls.revenue, (500, 50), (1500, 100))],
                           [(cls.grade_a, 100), (cls.grade_b, 50), (cls.grade_c, 0)], **values)

    @classmethod
    def _pareto(cls, **values):
        return cls._scheme('pareto', [{'metric_id': cls.revenue.id}],
                           [(cls.grade_a, 50), (cls.grade_b, 80), (cls.grade_c, 100)], **values)

    @classmethod
    def _matrix(cls, **values):
        """Revenue (below 500, to 1500, above) by recency (more than 5 days, at most 5 days)."""
        cells = {(3, 2): 'a', (3, 1): 'b', (2, 2): 'b', (2, 1): 'c', (1, 2): 'c', (1, 1): 'c'}
        return cls._scheme('matrix', [
            cls._thresholds(cls.revenue, (500, 50), (1500, 100), axis='row'),
            cls._thresholds(cls.recency, (5, 100), axis='column'),
        ], cell_ids=[
            Command.create({'row_level': row, 'column_level': column, 'grade_id': getattr(cls, f'grade_{name}').id})
            for (row, column), name in cells.items()], **values)

    @classmethod
    def _rfm(cls, **values):
        """Fifths of recency, number and revenue; champions (4-5 in money) are A, the rest C."""
        return cls._scheme('rfm', [
            {'metric_id': metric.id, 'axis': axis, 'scoring': 'percentile', 'groups': 5}
            for metric, axis in ((cls.recency, 'r'), (cls.count, 'f'), (cls.revenue, 'm'))
        ], segment_ids=[
            Command.create({'name': "Champions", 'sequence': 1, 'm_min': 4, 'grade_id': cls.grade_a.id}),
            Command.create({'name': "Others", 'sequence': 2, 'grade_id': cls.grade_c.id}),
        ], **values)

    # ------------------------------------------------------------------
    # Runs
    # ------------------------------------------------------------------

    @classmethod
    def _run(cls, date=None):
        return cls.env['crm.grading.run']._run(cls.company, date)

    def _verdict(self, scheme, partner):
        return self.env['crm.grade.verdict'].search([
            ('scheme_id', '=', scheme.id), ('customer_id.partner_id', '=', partner.id)])

    def _grade_names(self, scheme):
        """Return the grade of each buyer in order, as one word."""
        return "".join(self._verdict(scheme, buyer).grade_id.name or '-' for buyer in self.buyers)

    @staticmethod
    def _at(moment):
        """Return a context in which the clock stands at ``moment``."""
        return freeze_time(moment)
