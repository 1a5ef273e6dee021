from odoo import models

OVERRIDE = ('lifecycle_override_id', 'lifecycle_override_reason', 'lifecycle_override_user_id', 'lifecycle_override_until')


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A merge keeps the life-cycle state that a person has given."""
    _inherit = 'base.partner.merge.automatic.wizard'

    def _crm_merge_profile(self, source, destination):
        if source.lifecycle_override_id and not destination.lifecycle_override_id:
            destination.write({
                name: source[name].id if source._fields[name].relational else source[name] for name in OVERRIDE})
        return super()._crm_merge_profile(source, destination)
