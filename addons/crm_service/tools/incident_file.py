"""Reads the event log of a service desk: one line for each change of an incident, in the format of the public “Incident management process
enriched event log” (ServiceNow). Pure: from the text of a file to incidents with their moves.

Dates are day/month/year without a time zone, ``?`` is missing. What became of an incident stands on its last line.
"""
from datetime import datetime
from typing import NamedTuple

COLUMNS = ('number', 'incident_state', 'made_sla', 'opened_at', 'sys_updated_at', 'sys_mod_count', 'priority', 'resolved_at', 'closed_at')
# The state of an incident -> the state of a ticket.
STATES = {
    'New': 'new', 'Active': 'open', 'Awaiting User Info': 'waiting', 'Awaiting Vendor': 'open', 'Awaiting Problem': 'open',
    'Awaiting Evidence': 'open', 'Resolved': 'solved', 'Closed': 'closed',
}
EMPTY = ('?', '')   # what stands for no date
PRIORITIES = {'1 - Critical': '3', '2 - High': '2', '3 - Moderate': '1', '4 - Low': '0'}


class Event(NamedTuple):
    """A line of the log: an incident as it stood after ``count`` changes. Moments are naive, in UTC."""
    number: str
    count: int
    updated: datetime      # never before it was opened
    opened: datetime
    resolved: datetime | None
    closed: datetime | None
    state: str
    priority: str
    made_sla: bool
    reassigned: int
    reopened: int


class Incident(NamedTuple):
    """An incident with its ``moves``: list of (date, state), the first is how it came, the last how it ended."""
    number: str
    opened: datetime
    resolved: datetime
    closed: datetime
    priority: str
    priorities: tuple      # (date, priority) as it changed, the first one from the opening
    made_sla: bool
    reassigned: int
    reopened: int
    events: int
    moves: tuple


def by_incident(events):
    """Return the incidents of an event log in the order in which they come.

    :param events: the :class:`Event` of each line
    """
    found = {}
    for event in events:
        found.setdefault(event.number, []).append(event)
    return [_incident(of_one) for of_one in found.values()]


def event(row):
    """Return the :class:`Event` of a row.

    :param row: :class:`odoo.addons.crm_grading.tools.foreign_table.Row`
    """
    opened, resolved, closed, updated = (
        row.moment(column, '%d/%m/%Y %H:%M', EMPTY) for column in ('opened_at', 'resolved_at', 'closed_at', 'sys_updated_at'))
    if not opened:
        row.refuse('opened_at')
    return Event(
        row.text('number', needed=True), _count(row, 'sys_mod_count'), max(updated or opened, opened), opened, resolved, closed,
        row.text('incident_state'), PRIORITIES[row.one_of('priority', PRIORITIES)], row.text('made_sla') == 'true',
        _count(row, 'reassignment_count'), _count(row, 'reopen_count'))


def _count(row, column):
    text = row.text(column) or '0'
    return int(text) if text.isdecimal() else row.refuse(column)


def _incident(events):
    last = max(events, key=lambda event: event.count)
    updates = sorted(events, key=lambda event: event.updated)
    return Incident(
        last.number, last.opened, last.resolved, last.closed, last.priority, _priorities(last.opened, updates), last.made_sla,
        last.reassigned, last.reopened, len(events), _moves(last, updates))


def _priorities(opened, updates):
    found = [(opened, updates[0].priority)]
    for event in updates:
        if event.priority != found[-1][1]:
            found.append((event.updated, event.priority))
    return tuple(found)


def _moves(last, updates):
    """Return the moves: what the lines say until it was resolved for good, that, and the closing.

    One that was closed without having been resolved ends as cancelled: nobody knows of a solution.
    """
    resolved, closed = last.resolved, last.closed
    end = resolved or closed
    state = STATES.get(updates[0].state, 'open')
    moves = [(last.opened, state if state in ('new', 'open') else 'new')]
    for event in updates:
        state = STATES.get(event.state, moves[-1][1])
        if state == 'closed' or (state == 'solved' and not resolved):
            state = 'open'
        if end and event.updated >= end:
            break
        if state != moves[-1][1]:
            moves.append((event.updated, state))
    if resolved:
        if moves[-1][1] == 'solved':
            moves.append((moves[-1][0], 'open'))   # resolved again
        moves.append((resolved, 'solved'))
    if closed:
        moves.append((max(closed, moves[-1][0]), 'closed' if resolved else 'cancelled'))
    return tuple(moves)
