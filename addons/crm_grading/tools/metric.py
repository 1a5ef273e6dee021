"""The vocabulary of metrics: a *fact* is a relation of dated rows about customers, a *scope* says for which company, date
and customers a metric is asked, a *window* which of the dated rows count.

A metric is one aggregate over one fact. Metrics over the same fact are answered by one scan: that is why a metric
returns its parts instead of a finished query.
"""
import datetime
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

WINDOW_UNITS = [('day', "Days"), ('month', "Months"), ('year', "Years")]


class Window(NamedTuple):
    """Calendar days from ``start`` to ``end``, both included; ``start`` None means since ever."""
    start: datetime.date | None
    end: datetime.date

    @classmethod
    def ending(cls, end, count=0, unit='day'):
        """Return the window of ``count`` units that ends on ``end``; no count means since ever.

        >>> Window.ending(datetime.date(2011, 12, 9), 180).start
        datetime.date(2011, 6, 13)
        >>> Window.ending(datetime.date(2024, 2, 29), 1, 'year').start
        datetime.date(2023, 3, 1)
        >>> Window.ending(datetime.date(2024, 3, 31), 1, 'month').start
        datetime.date(2024, 3, 1)
        """
        if not count:
            return cls(None, end)
        step = relativedelta(**{f'{unit}s': count})
        return cls(end - step + datetime.timedelta(days=1), end)

    def before(self):
        """Return the window of the same length that ends the day before this one.

        >>> Window(datetime.date(2024, 1, 11), datetime.date(2024, 1, 20)).before().start
        datetime.date(2024, 1, 1)
        """
        end = self.start - datetime.timedelta(days=1)
        return Window(self.start - (self.end - self.start) - datetime.timedelta(days=1), end)

    def year_before(self):
        """Return the same days one year earlier.

        >>> Window(datetime.date(2024, 1, 1), datetime.date(2024, 2, 29)).year_before().end
        datetime.date(2023, 2, 28)
        """
        back = relativedelta(years=1)
        return Window(self.start and self.start - back, self.end - back)

    def contains(self, day: SQL) -> SQL:
        """Return the condition that the SQL date ``day`` lies in the window."""
        if self.start is None:
            return SQL("%s <= %s", day, self.end)
        return SQL("%s BETWEEN %s AND %s", day, self.start, self.end)


class Fact(NamedTuple):
    """A relation with the columns ``subject_id`` (commercial partner, or lead), ``date`` (day in the company's time zone)
    and whatever is to be aggregated. ``key`` names it: metrics with equal keys share one scan.
    """
    key: str
    relation: SQL

    def aggregate(self, function: SQL, window: Window, where: SQL | None = None) -> SQL:
        """Return the aggregate ``function`` (over the alias ``fact``) of the rows in the window that satisfy ``where``."""
        condition = window.contains(SQL("fact.date"))
        if where is not None:
            condition = SQL("%s AND %s", condition, where)
        return SQL("%s FILTER (WHERE %s)", function, condition)

    def sum(self, column: str, window: Window, where: SQL | None = None) -> SQL:
        return self.aggregate(SQL("SUM(%s)", SQL.identifier('fact', column)), window, where)

    def count(self, window: Window, where: SQL | None = None) -> SQL:
        return SQL("NULLIF(%s, 0)", self.aggregate(SQL("COUNT(*)"), window, where))

    def last(self, window: Window, where: SQL | None = None) -> SQL:
        return self.aggregate(SQL("MAX(fact.date)"), window, where)

    def first(self, window: Window, where: SQL | None = None) -> SQL:
        return self.aggregate(SQL("MIN(fact.date)"), window, where)


class Measure(NamedTuple):
    """What a metric answers with: the SQL aggregate ``value`` (over the alias ``fact``) of the rows of ``fact``."""
    fact: Fact
    value: SQL


class Scope(NamedTuple):
    """For whom and when metrics are asked."""
    company: object       # res.company record
    date: datetime.date   # as-of day, included, in the company's time zone
    tz: str               # IANA name of the company's time zone
    subjects: SQL | None = None   # sub-select or list of subject ids, None for all

    def day(self, timestamp: SQL) -> SQL:
        """Return the company's calendar day of a stored UTC ``timestamp``."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", timestamp, self.tz)

    def among(self, column: SQL) -> SQL:
        """Return the condition that restricts ``column`` to the subjects in question."""
        if self.subjects is None:
            return SQL("TRUE")
        return SQL("%s IN (%s)", column, self.subjects)
