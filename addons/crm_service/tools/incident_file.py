"""Reads the event log of a service desk: one line for each change of an incident, in the format of the public “Incident management process
enriched event log” (ServiceNow). Pure: from the text of a file to incidents with their moves.

Dates are day/month/year without a time zone, ``?`` is missing. What became of an incident stands on its last line.
"""
import csv
import gzip
import io
from datetime import datetime
from typing import NamedTuple

COLUMNS = ('number', 'incident_state', 'made_sla', 'opened_at', 'sys_updated_at', 'sys_mod_count', 'priority', 'resolved_at', 'closed_at')
# The state of an incident -> the state of a ticket.
STATES = {
    'New': 'new', 'Active': 'open', 'Awaiting User Info': 'waiting', 'Awaiting Vendor': 'open', 'Awaiting Problem': 'open',
    'Awaiting Evidence': 'open', 'Resolved': 'solved', 'Closed': 'closed',
}
PRIORITIES = {'1 - Critical': '3', '2 - High': '2', '3 - Moderate': '1', '4 - Low': '0'}


class IncidentFileError(ValueError):
    """The file cannot be used: ``code`` is columns, empty or value, ``values`` what to say about it."""

    def __init__(self, code, **values):
        super().__init__(code)
        self.code, self.values = code, values


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


def moment(text, line=0, column=''):
    """
    >>> moment('29/2/2016 01:16'), moment('?')
    (datetime.datetime(2016, 2, 29, 1, 16), None)
    """
    if text in ('?', ''):
        return None
    try:
        return datetime.strptime(text, '%d/%m/%Y %H:%M')
    except ValueError as error:
        raise IncidentFileError('value', line=line, value=text, column=column) from error


def read(content):
    """Return the incidents of a file in the order in which they come.

    :param bytes content: CSV, gzipped or not
    :raise IncidentFileError: where it cannot be used
    """
    if content[:2] == b'\x1f\x8b':
        content = gzip.decompress(content)
    lines = csv.DictReader(io.StringIO(content.decode('utf-8-sig')))
    missing = [name for name in COLUMNS if name not in (lines.fieldnames or ())]
    if missing:
        raise IncidentFileError('columns', columns=", ".join(missing))
    found = {}
    for number, line in enumerate(lines, 2):
        if line['priority'] not in PRIORITIES:
            raise IncidentFileError('value', line=number, value=line['priority'], column='priority')
        found.setdefault(line['number'], []).append((number, line))
    if not found:
        raise IncidentFileError('empty')
    return [_incident(name, rows) for name, rows in found.items()]


def _incident(name, rows):
    last_line, last = max(rows, key=lambda row: int(row[1]['sys_mod_count']))
    opened = moment(last['opened_at'], last_line, 'opened_at')
    resolved, closed = (moment(last[column], last_line, column) for column in ('resolved_at', 'closed_at'))
    updates = sorted(
        ((max(moment(line['sys_updated_at'], number, 'sys_updated_at') or opened, opened), line) for number, line in rows),
        key=lambda update: update[0])
    return Incident(
        name, opened, resolved, closed, PRIORITIES[last['priority']], _priorities(opened, updates), last['made_sla'] == 'true',
        int(last.get('reassignment_count') or 0), int(last.get('reopen_count') or 0), len(rows), _moves(opened, resolved, closed, updates))


def _priorities(opened, updates):
    found = [(opened, PRIORITIES[updates[0][1]['priority']])]
    for date, line in updates:
        if PRIORITIES[line['priority']] != found[-1][1]:
            found.append((date, PRIORITIES[line['priority']]))
    return tuple(found)


def _moves(opened, resolved, closed, updates):
    """Return the moves: what the lines say until it was resolved for good, that, and the closing.

    One that was closed without having been resolved ends as cancelled: nobody knows of a solution.
    """
    end = resolved or closed
    state = STATES.get(updates[0][1]['incident_state'], 'open')
    moves = [(opened, state if state in ('new', 'open') else 'new')]
    for date, line in updates:
        state = STATES.get(line['incident_state'], moves[-1][1])
        if state == 'closed' or (state == 'solved' and not resolved):
            state = 'open'
        if end and date >= end:
            break
        if state != moves[-1][1]:
            moves.append((date, state))
    if resolved:
        if moves[-1][1] == 'solved':
            moves.append((moves[-1][0], 'open'))   # resolved again
        moves.append((resolved, 'solved'))
    if closed:
        moves.append((max(closed, moves[-1][0]), 'closed' if resolved else 'cancelled'))
    return tuple(moves)
