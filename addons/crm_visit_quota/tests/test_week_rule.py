from datetime import date, datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..tools.week_plan import Day, Stop, propose, slots, without

HOUR = timedelta(hours=1)


def at(hour, minute=0):
    return datetime(2026, 6, 22, hour, minute)


@tagged('post_install', '-at_install')
class TestWeekRule(BaseCase):
    """The rule of the week planner, without a database."""

    def test_same_input_same_plan(self):
        stops = [Stop(number, "ABC"[number % 3], date(2026, 6, 1 + number % 4)) for number in range(20)]
        monday = datetime(2026, 6, 22, 8)
        days = [Day([(monday + timedelta(days=day, hours=hour), monday + timedelta(days=day, hours=hour + 1)) for hour in range(4)], 4)
                for day in range(5)]
        first = propose(stops, days)
        self.assertEqual(propose(stops[::-1], days), first)
        placed, left = first
        self.assertEqual((len(placed), left), (20, []))
        self.assertEqual(len(set(placed.values())), 20, "Nobody is at two places at once.")

    def test_no_time_is_no_loop(self):
        self.assertEqual(propose([Stop(1)], []), ({}, [1]))
        self.assertEqual(propose([Stop(1)], [Day([], 5)]), ({}, [1]))
        with self.assertRaises(ValueError):
            slots([(datetime(2026, 6, 22), datetime(2026, 6, 23))], timedelta(0), timedelta(0))

    def test_most_urgent_first(self):
        day = Day([(datetime(2026, 6, 22, 8), datetime(2026, 6, 22, 9))], 1)
        placed, left = propose([Stop('never'), Stop('late', 'X', date(2026, 5, 1)), Stop('soon', 'X', date(2026, 6, 1))], [day])
        self.assertEqual((list(placed), left), (['late'], ['soon', 'never']))

    def test_half_hours(self):
        """Slots begin on the quarter, whatever the edges of free time; what does not fit is left out."""
        for free, expected in (
                ((at(8, 30), at(9, 30)), ['08:30']), ((at(8, 31), at(9, 45)), ['08:45']), ((at(8, 31), at(9, 44)), []),
                ((at(8, 0), at(8, 59)), []), ((at(8, 30), at(10, 30)), ['08:30', '09:30'])):
            with self.subTest(free=free):
                self.assertEqual([f'{start:%H:%M}' for start, _end in slots([free], HOUR, timedelta(0))], expected)

    def test_busy_edges(self):
        """What touches is no clash; a gap is kept on both sides."""
        self.assertEqual(without([(at(8), at(12))], [(at(7), at(8)), (at(12), at(13))]), [(at(8), at(12))])
        self.assertEqual(without([(at(8), at(12))], [(at(9), at(10))], timedelta(minutes=30)), [(at(8), at(8, 30)), (at(10, 30), at(12))])
        self.assertEqual(without([(at(8), at(12))], [(at(7), at(13)), (at(9), at(10))]), [])
