from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmChurnStageLog(models.Model):
    """Which stages a lead or opportunity has been in, and since when. Append-only.

    Odoo keeps the present stage; what people read of the past in the chatter depends on tracking and its texts.
    """
    _name = 'crm.churn.stage.log'
    _description = "Stage of an Opportunity in the Past"
    _order = 'date desc, id desc'
    _rec_name = 'stage_id'

    lead_id = fields.Many2one('crm.lead', "Opportunity", required=True, readonly=True, ondelete='cascade')
    stage_id = fields.Many2one('crm.stage', readonly=True, ondelete='set null')
    date = fields.Datetime("Entered On", required=True, readonly=True)
    user_id = fields.Many2one('res.users', "Moved By", readonly=True, ondelete='set null')

    _lead_idx = models.Index('(lead_id, stage_id)')

    def write(self, vals):
        """:raise UserError: always for people; only merging leads moves the log to the one that stays"""
        if not self.env.su:
            raise UserError(self.env._("The log of stages stays as it is."))
        return super().write(vals)

    @api.model
    def _log(self, leads):
        """Note the present stage of leads. As superuser: the log is written whoever moves the opportunity."""
        now = fields.Datetime.now()
        self.sudo().create([
            {'lead_id': lead.id, 'stage_id': lead.stage_id.id, 'date': now, 'user_id': self.env.uid} for lead in leads if lead.stage_id])

    @api.model
    def _furthest(self, leads):
        """Return ``{lead id: stage id}`` of the furthest stage that leads have ever been in, by the order of stages today."""
        self.flush_model()
        rows = self.env.execute_query(SQL(
            """SELECT DISTINCT ON (log.lead_id) log.lead_id, stage.id
                 FROM crm_churn_stage_log AS log JOIN crm_stage AS stage ON stage.id = log.stage_id
                WHERE log.lead_id IN %s ORDER BY log.lead_id, stage.sequence DESC, log.id""", tuple(leads.ids) or (0,)))
        furthest = dict(rows)
        stages = {stage.id: stage.sequence for stage in self.env['crm.stage'].browse(set(furthest.values())) | leads.stage_id}
        for lead in leads.filtered('stage_id'):   # a stage that came by computation is in no log
            known = furthest.get(lead.id)
            if known is None or stages[known] < lead.stage_id.sequence:
                furthest[lead.id] = lead.stage_id.id
        return furthest

    @api.model
    def _log_past(self):
        """Take over what is known of leads that were there before: the tracked changes of the stage, and the present one."""
        self.env.flush_all()
        field = self.env['ir.model.fields']._get('crm.lead', 'stage_id')
        self.env.cr.execute(SQL(
            """INSERT INTO crm_churn_stage_log (lead_id, stage_id, date, user_id, create_uid, create_date, write_uid, write_date)
               SELECT DISTINCT ON (known.lead_id, known.stage_id) known.lead_id, stage.id, known.date, known.user_id,
                      %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s, NOW() AT TIME ZONE 'UTC'
                 FROM (SELECT id AS lead_id, stage_id, COALESCE(date_last_stage_update, create_date) AS date, create_uid AS user_id
                         FROM crm_lead
                        UNION ALL
                       SELECT message.res_id, side.stage_id, message.date, message.create_uid
                         FROM mail_tracking_value AS tracked
                         JOIN mail_message AS message ON message.id = tracked.mail_message_id AND message.model = 'crm.lead'
                         JOIN LATERAL (VALUES (tracked.old_value_integer), (tracked.new_value_integer)) AS side(stage_id) ON TRUE
                        WHERE tracked.field_id = %(field)s) AS known
                 JOIN crm_lead AS lead ON lead.id = known.lead_id
                 JOIN crm_stage AS stage ON stage.id = known.stage_id
                WHERE NOT EXISTS (SELECT FROM crm_churn_stage_log AS log WHERE log.lead_id = known.lead_id)
                ORDER BY known.lead_id, known.stage_id, known.date""", uid=self.env.uid, field=field.id))
        self.invalidate_model()
