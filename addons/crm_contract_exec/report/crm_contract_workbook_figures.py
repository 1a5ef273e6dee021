from collections import defaultdict
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo.fields import Domain

from ..tools.contract_state import SIGNED_EVER


class Money(NamedTuple):
    """What a month or a contract plans to collect, in the company's currency."""
    planned: float = 0
    done: float = 0
    open: float = 0
    overdue: float = 0

    def __add__(self, other):
        return Money(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class ContractFigures:
    """The figures of a workbook: of the contracts, steps and invoice lines that the user may see.

    :param wizard: a ``crm.contract.workbook`` record
    """

    def __init__(self, wizard):
        self.env, self.wizard, self.company = wizard.env, wizard, wizard.company_id
        self.team = Domain('team_id', '=', wizard.team_id.id) if wizard.team_id else Domain.TRUE
        self.own = Domain('company_id', '=', self.company.id)
        self.contracts = self.env['crm.contract'].search(
            self.own & self.team & self._between('date_signed') & Domain('state', 'in', SIGNED_EVER), order='date_signed, id')
        due = self.own & self._between('date_due') & Domain('state', '!=', 'void') & Domain('contract_state', 'in', SIGNED_EVER)
        if wizard.team_id:
            due &= Domain('contract_id.team_id', '=', wizard.team_id.id)
        self.instalments = self.env['crm.contract.step'].search(due & Domain('kind', '=', 'collect'), order='date_due, contract_id, id')
        self.results = self.env['crm.contract.result'].search(
            self.own & self.team & self._between('date_signed'), order='date_signed, id')

    def _between(self, field):
        return Domain(field, '>=', self.wizard.date_from) & Domain(field, '<=', self.wizard.date_to)

    def converted(self, contract, *amounts):
        """Return amounts of a contract in the company's currency, at the rate of the day on which it was signed."""
        day = contract.date_signed or self.wizard.date_to
        return [contract.currency_id._convert(amount, self.company.currency_id, self.company, day) for amount in amounts]

    def money(self, step):
        """Return the :class:`Money` of an instalment."""
        planned, done, still_open = self.converted(step.contract_id, step.amount, step.done_amount, step.open_amount)
        return Money(planned, done, still_open, still_open if step.state == 'overdue' else 0)

    def months(self):
        """Return ``[(first day, contracts signed, their net amount, Money of the instalments due)]``, every month of the period that
        lies between the first and the last with something in it."""
        signed, amount, due = defaultdict(int), defaultdict(float), defaultdict(Money)
        for result in self.results:
            month = result.date_signed.replace(day=1)
            signed[month] += 1
            amount[month] += result.planned_revenue
        for step in self.instalments:
            due[step.date_due.replace(day=1)] += self.money(step)
        used = sorted({*signed, *due})
        rows, month = [], used[0] if used else None
        while month and month <= used[-1]:
            rows.append((month, signed[month], amount[month], due[month]))
            month += relativedelta(months=1)
        return rows

    def products(self):
        """Return ``[(contract, customer, product, quantity, revenue, cost, margin)]`` of what was invoiced under contracts.

        :raise AccessError: for who may not see costs
        """
        domain = self.own & self._between('date') & Domain('contract_id', '!=', False)
        if self.wizard.team_id:
            domain &= Domain('contract_id.team_id', '=', self.wizard.team_id.id)
        rows = self.env['crm.contract.sale']._read_group(
            domain, ['contract_id', 'partner_id', 'product_id'], ['quantity:sum', 'revenue:sum', 'cost:sum', 'margin:sum'])
        return sorted(rows, key=lambda row: (row[0].id, -row[-1]))

    def delays(self):
        """Return ``[(department, cause, steps, days late, own days)]`` of the steps due, the most own days first."""
        domain = self.own & self.team & self._between('date_due') & Domain('date_due', '<=', self.company._crm_today())
        rows = self.env['crm.contract.delay']._read_group(
            domain, ['department', 'cause'], ['__count', 'days_late:sum', 'own_days:sum'])
        return sorted(rows, key=lambda row: (-row[-1], row[0], row[1] or ''))
