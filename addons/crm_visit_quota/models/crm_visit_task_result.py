from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.visit_task import average

TEXTS = 50  # the last answers in words that are shown


class CrmVisitTask(models.Model):
    """What the answers come to: counts, averages, and what was said, on one page."""
    _inherit = 'crm.visit.task'

    result_html = fields.Html("Results", compute='_compute_result_html', sanitize=False)

    @api.depends_context('uid', 'lang', 'allowed_company_ids')
    @api.depends('line_ids.answers', 'line_ids.state', 'question_ids')
    def _compute_result_html(self):
        for task in self:
            task.result_html = self.env['ir.qweb']._render(
                'crm_visit_quota.crm_visit_task_results', {'results': task._results(), 'task': task}) if task.line_count else False

    def _results(self):
        """Return ``[{question, kind, total, options: [(label, count, percent)], mean, least, most, texts: [(customer, text)]}]``
        of the lines done that the user may see; two queries, whatever the number of lines."""
        self.ensure_one()
        counts, texts = self._answer_counts(), self._answer_texts()
        return [self._result(question, counts.get(question._property_name(), {}), texts.get(question._property_name(), []))
                for question in self.question_ids]

    def _result(self, question, counts, texts):
        total = sum(counts.values())
        result = {
            'question': question.name, 'kind': question.kind, 'total': total, 'options': [], 'texts': texts,
            'mean': None, 'least': None, 'most': None}
        if question.kind == 'number':
            numbers = {float(value): times for value, times in counts.items()}
            result.update(mean=average(numbers), least=min(numbers, default=None), most=max(numbers, default=None))
        elif question.kind != 'text':
            options = dict(question._options()) or {day: day for day in sorted(counts)}
            # what was answered before the choices were changed still counts, under its own name
            options.update((value, value) for value in counts if value not in options)
            result['options'] = [
                (label, counts.get(value, 0), round(100 * counts.get(value, 0) / total) if total else 0)
                for value, label in options.items()]
        return result

    def _done_lines(self):
        """Return the query of the lines of the task that are done and that the user may see."""
        self.env['crm.visit.task.line'].flush_model()
        return self.env['crm.visit.task.line']._search([('task_id', '=', self.id), ('state', '=', 'done')])

    def _answer_counts(self):
        """Return ``{question: {answer: how often}}`` of all but the texts."""
        names = [question._property_name() for question in self.question_ids if question.kind != 'text']
        query = self._done_lines()
        counts = {}
        for name, value, times in self.env.execute_query(SQL(
                """SELECT answer.key, answer.value, COUNT(*) FROM (%s) AS line, jsonb_each_text(line.answers) AS answer
                    WHERE answer.key = ANY(%s) AND COALESCE(answer.value, '') NOT IN ('', 'false')
                 GROUP BY answer.key, answer.value""", query.select(SQL.identifier(query.table, 'answers')), names)):
            counts.setdefault(name, {})[value] = times
        return counts

    def _answer_texts(self):
        """Return ``{question: [(customer, text)]}``, the last ones first."""
        names = [question._property_name() for question in self.question_ids if question.kind == 'text']
        if not names:
            return {}
        query = self._done_lines()
        columns = (SQL.identifier(query.table, name) for name in ('answers', 'partner_id', 'date_done', 'id'))
        rows = self.env.execute_query(SQL(
            """SELECT key, name, value
                 FROM (SELECT answer.key, partner.name, answer.value,
                              ROW_NUMBER() OVER (PARTITION BY answer.key ORDER BY line.date_done DESC, line.id DESC) AS number
                         FROM (%s) AS line JOIN res_partner AS partner ON partner.id = line.partner_id,
                              jsonb_each_text(line.answers) AS answer
                        WHERE answer.key = ANY(%s) AND COALESCE(answer.value, '') NOT IN ('', 'false')) AS said
                WHERE number <= %s ORDER BY number""", query.select(*columns), names, TEXTS))
        texts = {}
        for name, customer, text in rows:
            texts.setdefault(name, []).append((customer, text))
        return texts
