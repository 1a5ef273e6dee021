from odoo import Command
from odoo.tools import SQL

from .common import VisitCommon


class BuyingCenterCommon(VisitCommon):
    """A pipeline of its own and the rep's deal with ``customer``, in the stage Proposition.

    Stages of ``team``: Contact, Qualified, Proposition, Signed (won). Required: IP from Contact, TP from Qualified, DP from
    Proposition on. ``boss`` and ``engineer`` work for ``customer``, ``consultant`` for nobody, ``foreigner`` for another company.
    The deal was noted on 2026-06-01.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['crm.stage.action'].search([]).unlink()
        cls.contact_stage, cls.qualified, cls.proposition, cls.won = cls.env['crm.stage'].create([
            {'name': name, 'sequence': 1000 + number, 'team_ids': [Command.link(cls.team.id)], 'is_won': name == "Signed"}
            for number, name in enumerate(["Contact", "Qualified", "Proposition", "Signed"])])
        roles = cls.env['crm.stakeholder.role'].with_context(active_test=False)
        roles.search([]).required_stage_id = False
        cls.dp, cls.tp, cls.ip = (
            cls.env.ref(f'crm_visit_quota.crm_stakeholder_role_{code}') for code in ('dp', 'tp', 'ip'))
        cls.ip.required_stage_id = cls.contact_stage
        cls.tp.required_stage_id = cls.qualified
        cls.dp.required_stage_id = cls.proposition
        cls.employer = cls.env['res.partner'].create({'name': "Other Works", 'is_company': True})
        cls.boss, cls.engineer, cls.consultant, cls.foreigner = cls.env['res.partner'].create([
            {'name': "Boss", 'parent_id': cls.customer.id}, {'name': "Engineer", 'parent_id': cls.customer.id},
            {'name': "Consultant"}, {'name': "Foreigner", 'parent_id': cls.employer.id}])
        cls.deal = cls._deals(1)

    @classmethod
    def _deals(cls, count, name="Deal", noted='2026-06-01 08:00:00', **vals):
        """Create opportunities of the rep with ``customer`` that were noted at a naive UTC moment."""
        deals = cls.env['crm.lead'].create([{
            'name': f"{name} {number}", 'type': 'opportunity', 'partner_id': cls.customer.id, 'user_id': cls.rep.id,
            'team_id': cls.team.id, 'company_id': cls.company.id, 'stage_id': cls.proposition.id, **vals,
        } for number in range(1, count + 1)])
        cls.env.flush_all()
        # the moment of creation comes from the database, whose clock does not stand still
        cls.env.cr.execute(SQL("UPDATE crm_lead SET create_date = %s WHERE id IN %s", noted, tuple(deals.ids)))
        deals.invalidate_recordset(['create_date'])
        return deals

    @classmethod
    def _people(cls, deal, *rows):
        """Add (person, role, values) to the buying center of a deal."""
        return cls.env['crm.stakeholder'].create([{
            'lead_id': deal.id, 'partner_id': person.id, 'role_ids': [Command.set(role.ids)], **(more[0] if more else {})}
            for person, role, *more in rows])
