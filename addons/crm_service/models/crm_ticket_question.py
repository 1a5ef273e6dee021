from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.intake import lines, number, one_line


class CrmTicketQuestion(models.Model):
    """What a customer is asked who opens a ticket of a type: which machine, which operating system, how many seats …"""
    _name = 'crm.ticket.question'
    _description = "Ticket Question"
    _order = 'type_id, sequence, id'

    type_id = fields.Many2one('crm.ticket.type', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='type_id.company_id', store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("What Is Asked", required=True, translate=True)
    help = fields.Char("Explanation", translate=True, help="Where the customer finds what is asked for.")
    kind = fields.Selection(
        [('text', "One Line"), ('long', "Several Lines"), ('number', "Number"), ('date', "Date"), ('yesno', "Yes or No"),
         ('choice', "Choice")], "Kind of Answer", required=True, default='text')
    options = fields.Text("Choices", translate=True, help="One on each line, in the same order in every language.")
    required = fields.Boolean()
    active = fields.Boolean(default=True)

    @api.constrains('kind', 'options')
    def _check_options(self):
        for question in self:
            if question.kind == 'choice' and len(question._choices()) < 2:
                raise ValidationError(self.env._(
                    "Question “%(name)s” lets the customer choose: enter at least two choices, one on each line.", name=question.name))

    def _choices(self):
        """Return what the customer chooses from, in the language at work."""
        return [line.strip() for line in (self.options or '').splitlines() if line.strip()]

    def _answer(self, given):
        """Return an answer as it is kept: text; empty where nothing is answered.

        :param given: what came with the form: text; of a choice its place, from 0; of yes or no these words
        :raise ValidationError: where it is missing or is no answer to this question
        """
        self.ensure_one()
        found = self._read_answer(str(given or ''))
        if found is None:
            raise ValidationError({
                'number': self.env._("“%(question)s”: enter a number.", question=self.name),
                'date': self.env._("“%(question)s”: enter a date.", question=self.name),
            }.get(self.kind) or self.env._("“%(question)s”: choose one of the answers.", question=self.name))
        if self.required and not found:
            raise ValidationError(self.env._("Please answer “%(question)s”.", question=self.name))
        return found

    def _read_answer(self, given):
        """Return the text of an answer, None where it cannot be one."""
        if self.kind == 'long':
            return lines(given, 5000)
        given = one_line(given, 500)
        if not given or self.kind == 'text':
            return given
        if self.kind == 'number':
            return number(given)
        if self.kind == 'date':
            try:
                return fields.Date.to_string(fields.Date.to_date(given))
            except ValueError:
                return None
        if self.kind == 'yesno':
            return {'yes': self.env._("Yes"), 'no': self.env._("No")}.get(given)
        choices = self._choices()
        return choices[int(given)] if given.isdecimal() and len(given) < 5 and int(given) < len(choices) else None


class CrmTicketType(models.Model):
    _inherit = 'crm.ticket.type'

    question_ids = fields.One2many('crm.ticket.question', 'type_id', "Questions", copy=True)
