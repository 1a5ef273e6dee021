from odoo import api, models


class CrmCached(models.AbstractModel):
    """Settings that are read once for all, by methods with ``tools.ormcache``: what was read is forgotten as any of them changes."""
    _name = 'crm.cached'
    _description = "Settings Read Once"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
