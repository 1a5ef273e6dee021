import hashlib
import hmac

from odoo import api, fields, models


class CrmServiceAttempt(models.Model):
    """What came from an address to a public page within the last day: who knocks too often has to wait.

    Addresses are kept as keyed hashes only. As requests of the same moment do not see each other, a limit may be exceeded by as many as
    there are workers.
    """
    _name = 'crm.service.attempt'
    _description = "Use of a Public Page"
    _log_access = False

    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    kind = fields.Char(required=True)
    key = fields.Char(required=True)

    _window_idx = models.Index('(kind, key, date)')

    @api.model
    def _allow(self, kind, value, limit, minutes=60):
        """Note an attempt, and return whether it is one of the first ``limit`` of the last ``minutes``.

        :param kind: what is attempted
        :param value: what it is counted by: an IP address, an e-mail address
        """
        secret = self.env['ir.config_parameter'].sudo().get_param('database.secret') or ''  # to keep no address in clear
        key = hmac.new(secret.encode(), f'{kind}:{value}'.encode(), hashlib.sha256).hexdigest()
        attempts = self.sudo()  # whoever is counted has no rights here
        since = fields.Datetime.subtract(fields.Datetime.now(), minutes=minutes)
        used = attempts.search_count([('kind', '=', kind), ('key', '=', key), ('date', '>', since)], limit=limit)
        if used < limit:
            attempts.create({'kind': kind, 'key': key})
        return used < limit

    @api.autovacuum
    def _gc_attempts(self):
        """What is older than a day is forgotten."""
        self.search([('date', '<', fields.Datetime.subtract(fields.Datetime.now(), days=1))], limit=100000).unlink()
