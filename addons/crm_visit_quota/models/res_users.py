import pytz

from odoo import fields, models


class ResUsers(models.Model):
    _inherit = 'res.users'

    def _crm_tz(self, company=None):
        """Return the IANA name of the time zone in which a person's working days are counted.

        :param company: whose time zone stands in for a person without one; default: the person's own company
        """
        self.ensure_one()
        person = self.sudo()  # a colleague's time zone is no secret
        return person.tz or (company or person.company_id)._crm_tz()

    def _crm_local_date(self, moment, company=None):
        """Return the calendar day of a naive UTC ``moment`` where the person works; False without a moment."""
        if not moment:
            return False
        zone = pytz.timezone(self._crm_tz(company))
        return pytz.utc.localize(fields.Datetime.to_datetime(moment)).astimezone(zone).date()
