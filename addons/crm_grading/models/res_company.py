from datetime import datetime

import pytz

from odoo import fields, models

from ..tools.metric import Scope


class ResCompany(models.Model):
    _inherit = 'res.company'

    def _crm_tz(self):
        """Return the IANA name of the time zone in which the company counts its days."""
        self.ensure_one()
        company = self.sudo()  # the calendar of a company is no secret, but not everybody may read it
        return company.resource_calendar_id.tz or company.partner_id.tz or 'UTC'

    def _crm_today(self):
        """Return the present day in the company's time zone."""
        now = fields.Datetime.now()
        return pytz.utc.localize(now).astimezone(pytz.timezone(self._crm_tz())).date()

    def _crm_metric_scope(self, date=None, subjects=None):
        """Return the :class:`Scope` of this company's documents as of ``date`` (default: today there)."""
        self.ensure_one()
        if isinstance(date, datetime):
            date = date.date()
        return Scope(self, fields.Date.to_date(date) or self._crm_today(), self._crm_tz(), subjects)
