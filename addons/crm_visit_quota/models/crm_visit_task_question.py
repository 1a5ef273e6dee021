import re

from odoo import api, fields, models
from odoo.exceptions import UserError

QUESTION_KINDS = [('yes_no', "Yes or no"), ('selection', "One of several"), ('number', "Number"), ('text', "Text"), ('date', "Date")]


class CrmVisitTaskQuestion(models.Model):
    """A question that a task asks at each customer."""
    _name = 'crm.visit.task.question'
    _description = "Question of a Visit Task"
    _order = 'task_id, sequence, id'

    task_id = fields.Many2one('crm.visit.task', required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='task_id.company_id', store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Question", required=True)
    kind = fields.Selection(QUESTION_KINDS, "Answer", required=True, default='yes_no')
    choices = fields.Char("To Choose From", help="The answers to choose from, separated by semicolons.")

    @api.constrains('kind', 'choices')
    def _check_choices(self):
        for question in self:
            if question.kind == 'selection' and len(question._options()) < 2:
                raise UserError(self.env._(
                    "“%(question)s”: give at least two answers to choose from, separated by semicolons.", question=question.name))

    def _options(self):
        """Return the answers to choose from as (value, label), in order."""
        self.ensure_one()
        if self.kind == 'yes_no':  # not a boolean: nothing ticked would be a "no"
            return [('yes', self.env._("Yes")), ('no', self.env._("No"))]
        labels = dict.fromkeys(label.strip() for label in re.split(r'[;；]', self.choices or '') if label.strip())
        return [(label, label) for label in labels] if self.kind == 'selection' else []

    def _property_name(self):
        self.ensure_one()
        return f'q{self.id}'

    def _as_property(self):
        """Return the question as an entry of a properties definition."""
        self.ensure_one()
        kinds = {'yes_no': 'selection', 'selection': 'selection', 'number': 'float', 'text': 'char', 'date': 'date'}
        found = {'name': self._property_name(), 'string': self.name, 'type': kinds[self.kind]}
        if found['type'] == 'selection':
            found['selection'] = [list(option) for option in self._options()]
        return found
