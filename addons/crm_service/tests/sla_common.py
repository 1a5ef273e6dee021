from datetime import datetime

from freezegun import freeze_time

from .common import ServiceCommon


def at(text):
    """Return the moment of the week of tests: ``'Mon 14:00'`` in Brussels, as UTC (the clocks stand at UTC+2 there)."""
    day, time = text.split()
    hour, minute = map(int, time.split(':'))
    return datetime(2026, 6, 15 + ('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun').index(day), hour - 2, minute)


class SlaCommon(ServiceCommon):
    """Promises in the hours of the hotline (Mon-Fri 8-12 and 13-17 in Brussels): now is Monday 14:00 there."""

    @classmethod
    def _policy(cls, promise='resolution', hours=8, **vals):
        return cls.env['crm.sla.policy'].create({
            'name': f"{promise} {hours}", 'promise': promise, 'hours': hours, 'company_id': cls.company.id, **vals})

    def _at(self, text):
        """Stop the clock at a moment of the week, see :func:`at`."""
        return freeze_time(at(text))

    def _sla(self, ticket, promise='resolution', number=1):
        return ticket.sla_ids.filtered(lambda sla: sla.promise == promise and sla.number == number)

    def _watch(self, text):
        """Let the watching job run at a moment."""
        with self._at(text):
            self.env['crm.ticket.sla']._cron_watch()
        self.env.invalidate_all()

    def assertSla(self, sla, state, used=None, due=None, breached=False):
        """Check how a promise stands.

        :param used: working minutes
        :param due: moment as in :func:`at`
        """
        self.assertEqual(
            (sla.state, sla.is_breached, *((sla.worked_minutes,) if used is not None else ()), *((sla.date_due,) if due else ())),
            (state, breached, *((used,) if used is not None else ()), *((at(due),) if due else ())))
