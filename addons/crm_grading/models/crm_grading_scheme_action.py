from odoo import fields, models
from odoo.exceptions import UserError

# what a draft hands back to the scheme it was made from
SETTINGS = (
    'name', 'description', 'population', 'domain', 'min_tenure_days', 'min_purchases', 'method', 'demotion',
    'demotion_count', 'allow_uncovered', 'share_metric_id', 'dealer_category_ids',
)


class CrmGradingScheme(models.Model):
    """What people do with a scheme: run it, try changes, put it in force."""
    _inherit = 'crm.grading.scheme'

    draft_ids = fields.One2many('crm.grading.scheme', 'origin_id', "Drafts")
    verdict_count = fields.Integer(compute='_compute_counts')
    history_count = fields.Integer(compute='_compute_counts')
    simulation_count = fields.Integer(compute='_compute_counts')

    def _compute_counts(self):
        verdicts = self._count_by_scheme('crm.grade.verdict', [('status', '!=', 'out')])
        changes = self._count_by_scheme('crm.grade.history', [])
        runs = {}
        if self.env['crm.grading.run.result'].has_access('read'):
            runs = self._count_by_scheme(
                'crm.grading.run.result', [('run_id.kind', '=', 'simulation')], 'run_id:count_distinct')
        for scheme in self:
            scheme.verdict_count = verdicts.get(scheme, 0)
            scheme.history_count = changes.get(scheme, 0)
            scheme.simulation_count = runs.get(scheme, 0)

    def _count_by_scheme(self, model, domain, aggregate='__count'):
        return dict(self.env[model]._read_group([('scheme_id', 'in', self.ids), *domain], ['scheme_id'], [aggregate]))

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_activate(self):
        """Put schemes in force: the next run grades by them.

        :raise ValidationError: if a scheme is not complete
        """
        for scheme in self:
            if scheme.origin_id:
                raise UserError(self.env._(
                    "“%(draft)s” tries changes to “%(scheme)s”. Apply them there.", draft=scheme.name, scheme=scheme.origin_id.name))
            scheme._check_complete()
        self.write({'state': 'active'})

    def action_draft(self):
        """Take schemes out of force. Verdicts stay as they are until the scheme is put in force again or deleted."""
        self.write({'state': 'draft', 'is_leading': False})

    def action_run(self):
        """Run the whole company by hand, as of today, and show the run.

        :raise AccessError: if the user may not change the scheme
        :raise UserError: if the scheme is not in force or a run is under way
        """
        self.ensure_one()
        self.check_access('write')
        if self.state != 'active':
            raise UserError(self.env._(
                "Only schemes in force are run. Put “%(scheme)s” in force first, or try a dry run.", scheme=self.name))
        self._check_complete()
        return self.env['crm.grading.run']._run_by_hand(self.company_id)

    def action_dry_run(self):
        """Ask for the date of a dry run."""
        self.ensure_one()
        self._check_complete()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Dry Run"), 'res_model': 'crm.grading.dry.run',
            'view_mode': 'form', 'target': 'new', 'context': {'default_scheme_id': self.id},
        }

    def action_try_changes(self):
        """Open a draft copy in which changes can be tried without touching the scheme."""
        self.ensure_one()
        draft = self.draft_ids[:1] or self.copy({
            'name': self.env._("%(scheme)s (draft)", scheme=self.name), 'origin_id': self.id, 'state': 'draft', 'is_leading': False})
        return draft._action_open()

    def action_apply(self):
        """Write the settings of a draft into the scheme it was made from, archive the draft and show the scheme.

        Dimensions, segments and cells that the two have in common keep their identity, so that verdicts and history stay
        readable.

        :raise UserError: if the scheme is no draft of another
        :raise ValidationError: if the draft is not complete
        """
        self.ensure_one()
        origin = self.origin_id
        if not origin:
            raise UserError(self.env._("“%(scheme)s” is not a draft of another scheme.", scheme=self.name))
        self._check_complete()
        settings = self._settings(origin)
        if self.name == self.env._("%(scheme)s (draft)", scheme=origin.name):
            del settings['name']
        origin.write(settings)
        origin.message_post(body=self.env._("The changes tried in “%(draft)s” were applied.", draft=self.name))
        self.write({'active': False, 'origin_id': False})
        return origin._action_open()

    def action_open_verdicts(self):
        return self._action_on_scheme('crm_grading.crm_grade_verdict_action')

    def action_open_history(self):
        return self._action_on_scheme('crm_grading.crm_grade_history_action')

    def action_open_simulations(self):
        action = self.env['ir.actions.act_window']._for_xml_id('crm_grading.crm_grading_run_action')
        return {**action, 'domain': [('kind', '=', 'simulation'), ('result_ids.scheme_id', '=', self.id)], 'context': {}}

    def _action_on_scheme(self, xml_id):
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(xml_id)
        return {**action, 'domain': [('scheme_id', '=', self.id)], 'context': {}}

    def _action_open(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': self.id, 'view_mode': 'form'}

    # ------------------------------------------------------------------
    # A draft and its origin
    # ------------------------------------------------------------------

    def _settings(self, origin):
        """Return the values that make ``origin`` like this draft."""
        values = {}
        for name in SETTINGS:
            field, value = self._fields[name], self[name]
            values[name] = [fields.Command.set(value.ids)] if field.type == 'many2many' else field.convert_to_write(value, self)
        values['dimension_ids'] = self._merge_lines(origin, 'dimension_ids', lambda line: (line.axis, line.metric_id))
        values['band_ids'] = self._merge_lines(origin, 'band_ids', lambda line: line.grade_id)
        values['cell_ids'] = self._merge_lines(origin, 'cell_ids', lambda line: (line.row_level, line.column_level))
        values['segment_ids'] = self._merge_lines(origin, 'segment_ids', lambda line: line.name)
        return values

    def _merge_lines(self, origin, field, key):
        """Return the commands that give ``origin`` the lines of this draft, reusing lines of the same ``key``."""
        free = {}
        for line in origin[field]:
            free.setdefault(key(line), line)
        commands = []
        for line in self[field]:
            vals = line.copy_data()[0]
            vals.pop('scheme_id', None)
            known = free.pop(key(line), None)
            if not known:
                commands.append(fields.Command.create(vals))
                continue
            if 'step_ids' in vals:   # thresholds have no identity of their own
                vals['step_ids'] = [fields.Command.clear(), *vals['step_ids']]
            commands.append(fields.Command.update(known.id, vals))
        kept = {command[1] for command in commands if command[0] == fields.Command.UPDATE}
        return [fields.Command.delete(line.id) for line in origin[field] if line.id not in kept] + commands
