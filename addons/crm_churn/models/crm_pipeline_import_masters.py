from odoo import Command, api, models

from ..tools.pipeline_file import key, sector

COUNTRIES = {'korea': 'kr', 'united states': 'us'}    # names that Odoo writes otherwise


class CrmPipelineImportMasters(models.AbstractModel):
    """What the deals of another CRM refer to: found by name, else created."""
    _name = 'crm.pipeline.import.masters'
    _description = "Import of a Sales Pipeline: Master Data"

    @api.model
    def _missing_people(self, company, found, rows):
        """Return the names of those whom deals and teams name, and who are no users of the company."""
        names = {name for row in rows for name in (row['sales_agent'], row['manager'])} | {deal.agent for deal in found}
        users = self.env['res.users'].sudo().search(   # all, whom one may see or not
            [('name', 'in', list(names)), ('share', '=', False), ('company_ids', 'in', company.ids)])
        return sorted(names - set(users.mapped('name')))

    @api.model
    def _people(self, agents, rows):
        """Return salespeople and their teams, {name: res.users}, {name: crm.team}. A team per manager; who is created cannot sign in."""
        managers = {row['sales_agent']: (row['regional_office'], row['manager']) for row in rows}
        names = dict.fromkeys([*managers, *agents, *(manager for _office, manager in managers.values())])
        users = {user.name: user for user in self.env['res.users'].search([
            ('name', 'in', list(names)), ('share', '=', False), ('company_ids', 'in', self.env.company.ids)])}
        groups = self.env.ref('sales_team.group_sale_salesman')
        missing = [name for name in names if name not in users]
        created = self.env['res.users'].create([{
            'name': name, 'login': f'{key(name)}.{self.env.company.id}', 'group_ids': [Command.link(groups.id)], 'email': False,
            'company_id': self.env.company.id, 'company_ids': [Command.set(self.env.company.ids)]} for name in missing])
        users.update(zip(missing, created, strict=True))
        return users, self._teams(agents, managers, users)

    @api.model
    def _teams(self, agents, managers, users):
        Team, teams = self.env['crm.team'], {}
        for office, manager in dict.fromkeys([*managers.values(), *([(None, None)] if set(agents) - set(managers) else [])]):
            name = f'{office}: {manager}' if manager else self.env._("Imported pipeline")
            team = Team.search([('name', '=', name), ('company_id', '=', self.env.company.id)], limit=1) or Team.create({
                'name': name, 'company_id': self.env.company.id, 'user_id': users[manager].id if manager else False,
                'use_opportunities': True})
            teams[office, manager] = team
        return {agent: teams[managers.get(agent, (None, None))] for agent in {*agents, *managers}}

    @api.model
    def _customers(self, names, rows):
        """Return {account: res.partner}, with sector, country and the company that it belongs to."""
        Partner, company = self.env['res.partner'].with_context(active_test=False), self.env.company
        by_name = {row['account']: row for row in rows}
        wanted = list(dict.fromkeys([*by_name, *names]))
        partners = {partner.name: partner for partner in Partner.search(
            [('name', 'in', wanted), ('is_company', '=', True), ('company_id', 'in', (False, company.id))])}
        missing = [name for name in wanted if name not in partners]
        industries = self._industries([row['sector'] for row in rows if row['sector']])
        countries = self._countries([row['office_location'] for row in rows])
        created = Partner.create([{
            'name': name, 'is_company': True, 'company_id': company.id,
            'industry_id': industries.get(by_name.get(name, {}).get('sector'), False),
            'country_id': countries.get(by_name.get(name, {}).get('office_location'), False)} for name in missing])
        partners.update(zip(missing, created, strict=True))
        for partner in created:
            parent = by_name.get(partner.name, {}).get('subsidiary_of')
            if parent in partners and partners[parent] != partner:
                partner.parent_id = partners[parent]
        return partners

    @api.model
    def _industries(self, names):
        Industry = self.env['res.partner.industry'].with_context(active_test=False)
        found = {}
        for name in dict.fromkeys(names):
            found[name] = (Industry.search([('name', '=ilike', sector(name))], limit=1) or Industry.create({'name': sector(name)})).id
        return found

    @api.model
    def _countries(self, names):
        countries = {country.name.casefold(): country.id for country in self.env['res.country'].with_context(lang='en_US').search([])}
        codes = {country.code.casefold(): country.id for country in self.env['res.country'].search([])}
        return {name: countries.get(name.casefold()) or codes.get(COUNTRIES.get(name.casefold()), False) for name in dict.fromkeys(names)}

    @api.model
    def _products(self, names, rows):
        """Return {key of its name: product.product}: a name that is written in two ways is one product."""
        Product = self.env['product.product']
        wanted = {}
        for name in [*(row['product'] for row in rows), *names]:
            wanted.setdefault(key(name), name)
        prices = {key(row['product']): float(row['sales_price'] or 0) for row in rows}
        products = {key(product.name): product for product in Product.search(
            [('name', 'in', list(wanted.values())), ('company_id', 'in', (False, self.env.company.id))])}
        missing = [name for name in wanted if name not in products]
        created = Product.create([{
            'name': wanted[name], 'list_price': prices.get(name, 0.0), 'company_id': self.env.company.id} for name in missing])
        products.update(zip(missing, created, strict=True))
        return products

    @api.model
    def _tags(self, products):
        """Return {product: crm.tag}: how an opportunity without quotation says what it is about."""
        Tag = self.env['crm.tag']
        return {product: Tag.search([('name', '=', product.name)], limit=1) or Tag.create({'name': product.name})
                for product in dict.fromkeys(products.values())}

    @api.model
    def _stages(self):
        """Return {name in the file: crm.stage}, those before the win in the order of the file."""
        Stage = self.env['crm.stage'].with_context(lang='en_US')
        won = Stage.search([('is_won', '=', True)], order='sequence, id', limit=1) or Stage.create(
            {'name': 'Won', 'is_won': True, 'sequence': 70})
        stages = {'Won': won}
        for place, name in enumerate(('Prospecting', 'Engaging')):
            stages[name] = Stage.search([('name', '=', name)], limit=1) or Stage.create({'name': name, 'sequence': place})
        return stages
