from odoo import models


class MailActivityPlan(models.Model):
    _inherit = 'mail.activity.plan'

    def _crm_start(self, records, company, date=None):
        """Plan the activities of this plan on many records at once.

        An activity whose responsible is asked at launch goes to the record's salesperson; without one it stays
        unassigned, so that nobody's name stands on work nobody gave out.

        :param records: partners or leads
        :param company: company in whose time zone the plan starts today
        :param date: day the plan starts; default: today in the company
        :return: the activities
        """
        activities = self.env['mail.activity']
        if not self or not records:
            return activities
        date = date or company._crm_today()
        vals_list = [
            vals for template in self.template_ids for vals in template._crm_activity_vals(records, date)
        ]
        # one bell per activity in the night helps nobody: the activities show in everybody's list anyway
        return activities.with_context(mail_activity_quick_update=True).create(vals_list)


class MailActivityPlanTemplate(models.Model):
    _inherit = 'mail.activity.plan.template'

    def _crm_activity_vals(self, records, date):
        """Return the values of the activities of one template on ``records``."""
        self.ensure_one()
        base = {
            'activity_type_id': self.activity_type_id.id,
            'automated': True,
            'date_deadline': self._get_date_deadline(date),
            'note': self.note,
            'res_model_id': self.env['ir.model']._get_id(records._name),
            'summary': self.summary,
        }
        return [
            {**base, 'res_id': record.id, 'user_id': (
                self.responsible_id if self.responsible_type == 'other' else record.user_id).id}
            for record in records
        ]
