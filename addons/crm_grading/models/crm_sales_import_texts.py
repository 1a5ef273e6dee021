from odoo import models


class CrmSalesImport(models.Model):
    """What the reader of files says, in the user's language."""

    _inherit = 'crm.sales.import'

    def _file_error_text(self, error):
        """The message of a `ForeignFileError`.

        :returns: what is wrong and what to do about it
        """
        params = dict(error.params)
        if error.code == 'missing_columns':
            params['roles'] = ', '.join(self._role_labels(params['roles'].split(', ')))
        own = {
            'encoding': self.env._("The file is not written in %(encoding)s (byte %(position)s). Choose another encoding."),
            'unknown_encoding': self.env._("The encoding %(encoding)s does not exist. Choose another one or have it detected."),
            'missing_columns': self.env._("No column is assigned to: %(roles)s. Assign these columns, then start again."),
            'unknown_column': self.env._("The file has no column %(column)s. It has: %(columns)s."),
            'unknown_role': self.env._("A column cannot be read as %(role)s. Use one of: %(roles)s."),
        }.get(error.code)
        return own % params if own else super()._file_error_text(error)

    def _role_labels(self, roles):
        """Labels of roles; 'price/amount' stands for alternatives."""
        labels = dict(self.env['crm.sales.import.column']._fields['role']._description_selection(self.env))
        return [' / '.join(labels[role] for role in alternatives.split('/')) for alternatives in roles]

    def _reason_texts(self):
        """Why a row was skipped, or what was noted about it, by reason code, with room for its value."""
        return {
            'no_customer': self.env._("no customer"),
            'no_number': self.env._("no document number"),
            'short': self.env._("fewer columns than the header: %(value)s"),
            'date': self.env._("not a date: %(value)s"),
            'future': self.env._("date in the future: %(value)s"),
            'ancient': self.env._("date before 1970: %(value)s"),
            'quantity': self.env._("not a quantity: %(value)s"),
            'price': self.env._("not a price: %(value)s"),
            'amount': self.env._("not an amount: %(value)s"),
            'currency': self.env._("unknown or inactive currency: %(value)s"),
            'split': self.env._("the number is used for several documents; this one became %(value)s"),
            'dates': self.env._("lines of several days; the document bears the first one, %(value)s"),
            'nothing': self.env._("no line of document %(value)s has a price: nothing to invoice"),
        }
