from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts keeps what was found out about each: history, overrides, interests, in every company."""
    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._crm_merge_profiles(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_values(self, src_partners, dst_partner):
        result = super()._update_values(src_partners, dst_partner)
        if dst_partner.commercial_partner_id != dst_partner:  # known only now: values of the sources may have changed it
            self._crm_merge_profiles(dst_partner, dst_partner.commercial_partner_id)
        return result

    def _crm_merge_profiles(self, src_partners, target):
        """Per company: the source profile moves if the destination has none, else its belongings do and it goes.

        As superuser: who merges contacts need not see the customers of all companies.
        """
        customers = self.env['crm.customer'].sudo().with_context(active_test=False)
        kept = {profile.company_id: profile for profile in customers.search([('partner_id', '=', target.id)])}
        for source in customers.search([('partner_id', 'in', src_partners.ids)], order='grade_date, id'):
            destination = kept.setdefault(source.company_id, source)
            if destination == source:
                source.write({'partner_id': target.id})
            else:
                self._crm_merge_profile(source, destination)
        self.env.flush_all()

    def _crm_merge_profile(self, source, destination):
        self._crm_merge_verdicts(source, destination)
        self.env.flush_all()
        # core's own way for whatever refers to a profile, of whichever addon
        self._update_foreign_keys_generic('crm.customer', source, destination)
        self._update_reference_fields_generic('crm.customer', source, destination)
        source.unlink()

    def _crm_merge_verdicts(self, source, destination):
        """One verdict per scheme: that of the destination, with the override of the source if it has none of its own."""
        kept = {verdict.scheme_id: verdict for verdict in destination.verdict_ids}
        doubles = source.verdict_ids.filtered(lambda verdict: verdict.scheme_id in kept)
        for verdict in doubles:
            target = kept[verdict.scheme_id]
            if verdict.override_grade_id and not target.override_grade_id:
                self._crm_take_over_override(verdict, target)
        doubles.unlink()

    def _crm_take_over_override(self, verdict, target):
        """Give the override of ``verdict`` to ``target``, with the history of the change."""
        grade, old = verdict.override_grade_id, target.grade_id
        target.write({
            name: verdict[name].id if verdict._fields[name].relational else verdict[name]
            for name in ('override_grade_id', 'override_reason', 'override_user_id', 'override_until')
        } | {'grade_id': grade.id})
        if grade == old:
            return
        is_leading = target.scheme_id.is_leading
        self.env['crm.grade.history'].sudo().create({  # part of the merge, whoever does it
            'customer_id': target.customer_id.id, 'scheme_id': target.scheme_id.id, 'company_id': target.company_id.id,
            'date': target.company_id._crm_today(), 'old_grade_id': old.id, 'grade_id': grade.id, 'reason': 'merge',
            'move': 'new' if not old else 'up' if grade.sequence < old.sequence else 'down',
            'note': verdict.partner_id.display_name, 'score': target.score, 'policy_done': not is_leading,
        })
        if is_leading:
            target.customer_id.write({'grade_id': grade.id, 'grade_date': target.company_id._crm_today()})
