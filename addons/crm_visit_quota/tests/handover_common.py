from odoo import Command

from .common import VisitCommon


class HandoverCommon(VisitCommon):
    """Two customers of ``rep`` with something open of every kind, and ``rep2`` who takes over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team2 = cls.env['crm.team'].create({
            'name': "Second Team", 'company_id': cls.company.id, 'user_id': cls.leads_all.id, 'member_ids': [Command.set(cls.rep2.ids)]})

    @classmethod
    def _open_things(cls, partner, user=None):
        """Create an open lead with an activity, a quotation, a planned visit and an activity on the contact itself."""
        user = user or cls.rep
        lead = cls.env['crm.lead'].create({
            'name': f"Deal {partner.name}", 'type': 'opportunity', 'partner_id': partner.id, 'user_id': user.id,
            'company_id': cls.company.id, 'team_id': cls.team.id})
        order = cls._orders([(partner, '2026-06-01', 10)], state='sent')
        order.write({'user_id': user.id, 'team_id': cls.team.id})
        visit = cls._visits([(partner, '2026-06-20')], user=user, state='planned')
        call = partner.activity_schedule('mail.mail_activity_data_call', summary="Call", user_id=user.id)
        return lead, order, visit, call

    def _handover(self, partners, to, env=None, **vals):
        """Return a previewed handover of customers of ``rep``."""
        handover = (env or self._as(self.manager))['crm.handover'].create({
            'user_id': self.rep.id, 'company_id': self.company.id, 'scope': 'some', 'partner_ids': [Command.set(partners.ids)],
            'new_user_ids': [Command.set(to.ids)], **vals})
        handover.action_preview()
        return handover
