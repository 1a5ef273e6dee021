from odoo import models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.misc import format_date, formatLang

NUMBERS = ('integer', 'float', 'monetary')
TEXTS = ('char', 'text', 'html')


class CrmSegment(models.Model):
    """The condition of a segment in words, where it is simple: comparisons that all must hold."""
    _inherit = 'crm.segment'

    def _condition_texts(self):
        """Return the condition in words, one text per comparison; "further conditions" for what has no simple words."""
        self.ensure_one()
        fallback = [self.env._("further conditions")]
        try:
            domain = self._parsed_domain()
        except ValidationError:  # half written in the form
            return fallback
        conditions = list(domain.iter_conditions())
        if Domain.AND(conditions) != domain:
            return fallback
        texts = [self._comparison_text(condition.field_expr, condition.operator, condition.value) for condition in conditions]
        return list(dict.fromkeys(text or fallback[0] for text in texts))

    def _comparison_text(self, path, operator, value):
        """Return a comparison in words, None if there are none for it."""
        labels, field = self._condition_field(path)
        if not field:
            return None
        label = " / ".join(labels)
        if field.type == 'boolean':
            return self._boolean_text(label, operator, value)
        if operator in ('=', '!=') and (value is False or value is None):
            return self.env._("%(field)s is not set", field=label) if operator == '=' else self.env._("%(field)s is set", field=label)
        values = list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
        shown = self._value_texts(field, values, operator)
        words = self._operator_words(field)
        if not shown or operator not in words:
            return None
        return words[operator] % {'field': label, 'value': ", ".join(shown)}

    def _condition_field(self, path):
        """Return the labels on the way to a field, without that to the contact itself, and the field; no field if it is none."""
        model, labels, field = self.env['crm.customer'], [], None
        for name in path.split('.'):
            field = model._fields.get(name) if model is not None else None
            if not field:
                return [], None
            labels.append(field._description_string(self.env))
            model = self.env[field.comodel_name] if field.relational else None
        return labels[1:] if path.startswith('partner_id.') else labels, field

    def _boolean_text(self, label, operator, value):
        if operator not in ('=', '!=') or not isinstance(value, bool):
            return None
        return self.env._("%(field)s: yes", field=label) if value == (operator == '=') else self.env._("%(field)s: no", field=label)

    def _operator_words(self, field):
        """Return the sentence per operator that makes sense on a field, with room for `field` and `value`."""
        words = {
            '=': self.env._("%(field)s is %(value)s"),
            '!=': self.env._("%(field)s is not %(value)s"),
            'in': self.env._("%(field)s is one of %(value)s"),
            'not in': self.env._("%(field)s is none of %(value)s"),
        }
        if field.relational or field.type in TEXTS:
            words |= {
                'ilike': self.env._("%(field)s contains “%(value)s”"),
                'not ilike': self.env._("%(field)s does not contain “%(value)s”"),
            }
        elif field.type in NUMBERS:
            words |= {
                '>': self.env._("%(field)s more than %(value)s"), '>=': self.env._("%(field)s at least %(value)s"),
                '<': self.env._("%(field)s less than %(value)s"), '<=': self.env._("%(field)s at most %(value)s"),
            }
        elif field.type == 'date':
            words |= {
                '>': self.env._("%(field)s after %(value)s"), '>=': self.env._("%(field)s on or after %(value)s"),
                '<': self.env._("%(field)s before %(value)s"), '<=': self.env._("%(field)s on or before %(value)s"),
            }
        return words

    def _value_texts(self, field, values, operator):
        """Return the values as the user reads them, None if one of them cannot be told."""
        if field.type in TEXTS or field.relational and operator in ('ilike', 'not ilike'):
            return values if all(isinstance(value, str) for value in values) else None
        if field.relational:
            return self._record_names(field, values)
        if field.type == 'selection':
            labels = dict(field._description_selection(self.env))
            return [labels[value] for value in values] if all(value in labels for value in values) else None
        if field.type in NUMBERS and all(isinstance(value, (int, float)) for value in values):
            return [formatLang(self.env, value, digits=0 if value == int(value) else 2) for value in values]
        if field.type == 'date':
            try:
                return [format_date(self.env, value) for value in values]
            except ValueError:  # a day relative to today
                return None
        return None

    def _record_names(self, field, values):
        """Return the names of records that the user may read, None otherwise."""
        if any(isinstance(value, str) for value in values):
            return values if all(isinstance(value, str) for value in values) else None
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            return None
        records = self.env[field.comodel_name].browse(values)
        if records.exists() != records or not records.has_access('read'):
            return None
        return records.mapped('display_name')
