from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.ticket_state import effects, may_move


class CrmTicket(models.Model):
    """Moves of a ticket from stage to stage; :mod:`..tools.ticket_state` says who may make which."""
    _inherit = 'crm.ticket'

    def _role(self):
        """Return in which role the user moves tickets; portal pages and mail pass ``customer`` themselves."""
        return 'lead' if self.env.su or self.env.user.has_group('crm_service.group_service_lead') else 'agent'

    def _check_moves(self, target, role):
        """:raise UserError: where a ticket may not get the state ``target``"""
        states = dict(self._fields['state']._description_selection(self.env))
        for ticket in self:
            if not may_move(ticket.state, target, role):
                raise UserError(self.env._(
                    "Ticket %(name)s is “%(state)s” and cannot become “%(target)s”.",
                    name=ticket.name, state=states[ticket.state], target=states[target]))

    def _moved(self, vals):
        """Return what the writing of a stage comes to: a list of (tickets, values) with what comes with the state it stands for.

        :raise UserError: where a ticket may not get there
        """
        stage = self.env['crm.ticket.stage'].browse(vals['stage_id'])
        self._check_moves(stage.state, self._role())
        now = fields.Datetime.now()
        moved = []
        for (state, count), tickets in self.grouped(lambda ticket: (ticket.state, ticket.reopen_count)).items():
            extra = effects(state, stage.state, now) if state != stage.state else {}
            if extra.pop('reopened', False):
                extra['reopen_count'] = count + 1
            moved.append((tickets, {**vals, **extra}))
        return moved

    def _move(self, states, role=None, **vals):
        """Bring the tickets into the first stage of their type that stands for one of ``states``.

        :param states: a key of STATES, or several in the order of preference
        :param role: ``customer`` where it is the customer who asks for it; default: that of the user
        :raise UserError: where that is not allowed, or their type has no such stage; then nothing is changed
        """
        by_stage = defaultdict(self.browse)
        for kind, tickets in self.grouped('type_id').items():
            stage = kind._stage(states)
            if not stage:
                raise UserError(self.env._("Tickets of type “%(type)s” have no stage for this. Add one to the type.", type=kind.name))
            tickets._check_moves(stage.state, role or self._role())
            by_stage[stage] |= tickets
        for stage, tickets in by_stage.items():
            # sudo: a customer has no right to write; what the role may do has been checked
            (tickets.sudo() if role == 'customer' else tickets).write({'stage_id': stage.id, **vals})

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def action_take(self):
        """Take the tickets up: they are the user's now, and in progress."""
        if not self.env.user.has_group('crm_service.group_service_agent'):
            raise AccessError(self.env._("Only people of the service take tickets up."))
        waiting = self.filtered(lambda ticket: ticket.state == 'new')
        self.write({'user_id': self.env.uid})
        waiting._move('open')
        return True

    def action_wait(self):
        """The next step is the customer's: the clock of our promises stands still."""
        self._move('waiting')
        return True

    def action_resume(self):
        """The next step is ours again."""
        self._move('open')
        return True

    def action_solve(self):
        """We think it is done."""
        self._move(('solved', 'closed'))
        return True

    def action_close(self):
        """It is done; the customer is asked nothing any more."""
        self._move('closed')
        return True

    def action_reopen(self):
        """It was not done after all."""
        self._move('open')
        return True

    def action_cancel(self):
        """It is no ticket: spam, or a mistake."""
        self._move('cancelled')
        return True
