from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.contract_state import RUNNING
from ..tools.step_state import OPEN

BATCH = 2000
REACHED = 'crm_contract_exec.refreshed_until'
UNSETTLED = [('is_settlement', '=', True), ('contract_state', '=', 'terminated'), ('state', 'in', OPEN)]


class CrmContract(models.Model):
    """Every night: what became due by the passing of a day, and what an event missed."""
    _inherit = 'crm.contract'

    @api.model
    def _cron_refresh(self, batch=BATCH):
        """Bring all contracts that run, or are still to be settled, in line with the books, batch by batch.

        Stopped anywhere, the next call of the same day goes on behind the last batch that was saved; doing one twice changes nothing.

        :param batch: number of contracts at a time
        """
        parameters = self.env['ir.config_parameter'].sudo()  # only where it has got to
        concerned = Domain('state', 'in', RUNNING) | Domain('step_ids', 'any', Domain(UNSETTLED))
        today = fields.Date.to_string(fields.Date.today())
        day, _sep, reached = (parameters.get_param(REACHED) or '').partition(':')
        reached = int(reached) if day == today and reached else 0
        while True:
            contracts = self.search(concerned & Domain('id', '>', reached), order='id', limit=batch)
            if not contracts:
                break
            self._refresh(contracts)
            reached = contracts[-1].id
            parameters.set_param(REACHED, f'{today}:{reached}')
            left = self.search_count(concerned & Domain('id', '>', reached))
            if not self.env['ir.cron']._commit_progress(len(contracts), remaining=left):
                return
        parameters.set_param(REACHED, f'{today}:0')
