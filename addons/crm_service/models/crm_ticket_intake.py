from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize, plaintext2html

from ..tools.intake import file_name, lines, one_line

TITLE, TEXT = 150, 20000         # characters
FILES, FILE_MB = 5, 10           # unless the settings say otherwise


class CrmTicket(models.Model):
    """Tickets that customers open themselves, in the portal or on the public form."""
    _inherit = 'crm.ticket'

    answer_ids = fields.One2many('crm.ticket.answer', 'ticket_id', "Form Answers")
    intake_attachment_ids = fields.Many2many(
        'ir.attachment', 'crm_ticket_intake_attachment_rel', 'ticket_id', 'attachment_id', "Sent Along", copy=False, readonly=True)
    is_unverified = fields.Boolean(
        "Sender Not Verified", copy=False, readonly=True,
        help="Came by the public form: anybody may have entered this address. Make sure whom you talk to before you tell anything.")
    asked_lang = fields.Char("Language of the Form", copy=False, readonly=True)

    @api.depends('asked_lang')
    def _compute_lang(self):
        """Somebody unknown is answered in the language of the form."""
        result = super()._compute_lang()
        for ticket in self:
            if ticket.asked_lang and not ticket.partner_id.lang:
                ticket.lang = ticket.asked_lang
        return result

    # ------------------------------------------------------------------
    # What goes into the header of mails
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._on_one_line(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._on_one_line(vals))

    @api.model
    def _on_one_line(self, vals):
        """Return values whose subject, name and address are one line each, wherever they come from: a mail cannot be sent otherwise."""
        return {**vals, **{name: one_line(vals[name], 1000) for name in ('title', 'partner_name', 'email_from') if vals.get(name)}}

    # ------------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------------

    @api.model
    def _intake_limits(self):
        """Return how many files may come along and how large each may be, in bytes.

        The parameters ``crm_service.attachment_count`` and ``crm_service.attachment_mb`` say so.
        """
        return (
            self._intake_parameter('crm_service.attachment_count', FILES),
            self._intake_parameter('crm_service.attachment_mb', FILE_MB) * 1024 * 1024)

    @api.model
    def _intake_parameter(self, key, default):
        """Return a whole number of the system parameters; the default where there is none."""
        value = self.env['ir.config_parameter'].sudo().get_param(key) or ''  # a limit is no secret
        return int(value) if value.isdecimal() else default

    # ------------------------------------------------------------------
    # Taking in
    # ------------------------------------------------------------------

    @api.model
    def _intake_errors(self, kind, form, files):
        """Return what has to be put right before a form can be taken in: {name of the field: text}, nothing where it is fine.

        :param kind: the type of ticket
        :param form: {name: text} as sent: title, description, question_ID, and on the public form name and email
        :param files: werkzeug FileStorages
        """
        errors = {}
        if not one_line(form.get('title'), TITLE):
            errors['title'] = self.env._("Say in a few words what it is about.")
        if not lines(form.get('description'), TEXT):
            errors['description'] = self.env._("Describe what you would like us to know or do.")
        for question in kind.question_ids:
            try:
                question._answer(form.get(f'question_{question.id}'))
            except ValidationError as error:
                errors[f'question_{question.id}'] = str(error)
        if error := self._intake_file_error(files):
            errors['files'] = error
        return errors

    @api.model
    def _intake_file_error(self, files):
        count, size = self._intake_limits()
        if len(files) > count:
            return self.env._("You can send %(count)s files at most.", count=count)
        for file in files:
            file.stream.seek(0, 2)
            if file.stream.tell() > size:
                return self.env._(
                    "“%(name)s” is too large: a file may have %(size)s MB.", name=file_name(file.filename), size=size // 1024 ** 2)
            file.stream.seek(0)
        return None

    @api.model
    def _take_in(self, kind, form, files, **vals):
        """Open a ticket from a form that has no errors.

        :param vals: further values of the ticket: who asked, channel
        :return: the ticket, in sudo
        """
        answers = []
        for question in kind.question_ids:
            if value := question._answer(form.get(f'question_{question.id}')):
                answers.append(Command.create({
                    'question_id': question.id, 'sequence': question.sequence, 'label': question.name, 'value': value}))
        tickets = self.sudo().with_context(mail_create_nosubscribe=True)  # customers have no right to create; what they enter is checked
        ticket = tickets.create({
            'title': one_line(form['title'], TITLE), 'description': plaintext2html(lines(form['description'], TEXT)), 'type_id': kind.id,
            'asked_lang': self.env.lang, 'answer_ids': answers, **vals})
        attachments = self.env['ir.attachment'].sudo().create([  # of the ticket that is theirs
            {'name': file_name(file.filename), 'raw': file.read(), 'res_model': self._name, 'res_id': ticket.id} for file in files])
        ticket.intake_attachment_ids = attachments
        return ticket

    @api.model
    def _sender_of(self, address, company):
        """Return the one contact that has an address; nobody where there are several, or where it is a colleague.

        :return: the contact, in sudo
        """
        found = self.env['res.partner'].sudo().search([  # whoever asks is told nothing about it
            ('email_normalized', '=', email_normalize(address)), ('company_id', 'in', (False, company.id))], limit=2)
        if len(found) != 1 or found.with_context(active_test=False).user_ids.filtered(lambda user: not user.share):
            return found.browse()
        return found
