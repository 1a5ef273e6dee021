from odoo.http import request

VISITED = 'crm_service_form'    # in the session: the name in the link of the team's form that somebody came by


def visited_desk():
    """Return the team whose public form the visitor came by, in sudo; none for the plain form, and for who has signed in."""
    code = request.session.get(VISITED) if request.env.user._is_public() else None
    return request.env['crm.service.team']._of_form(code)


def visited_company():
    """Return the company whose answers the visitor reads: of the form that one came by, else the one at work; in sudo."""
    return visited_desk().company_id or request.env.company.sudo()  # what it shows to the public is asked for by each page
