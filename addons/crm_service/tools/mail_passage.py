"""A mail on its way through the gateway."""
from .mail_forward import senders_attached
from .mail_kind import MACHINES, QUIET, is_deaf, kind_of
from .mail_rough import RECIPIENTS, addresses, decoded, first, headers_of, parsed, sender_of, text_of


class Passage:
    """What is known of one mail, read patiently, and what has become of it; travels in the context.

    Two passages are never equal, so that no environment takes one mail for another.

    :ivar raw: the mail as it came, bytes
    :ivar alias_ids: those of our teams that it went to
    :ivar values: what the gateway read from it, None until then
    :ivar outcomes: list of (what, id): ``ticket``, ``reply``, ``note``, ``duplicate``, ``aside``, ``other``; empty: nothing yet
    :ivar notes: what is to be said to the people of the ticket about it
    """

    def __init__(self, raw, is_ours=True, is_fetched=False):
        self.raw, self.is_ours, self.is_fetched = raw, is_ours, is_fetched
        self.alias_ids = []
        self.message = parsed(raw)
        self.headers = headers_of(self.message)
        self.name, self.address = sender_of(self.headers)
        self.subject = decoded(first(self.headers, 'Subject'))
        self.kind = kind_of(self.headers, self.address, self.subject)
        self.recipients = addresses(self.headers, RECIPIENTS)
        self.values = None
        self.outcomes, self.notes = [], []
        self.is_quiet = self.kind in QUIET
        self.references = first(self.headers, 'Message-Id').strip()
        if is_deaf(self.address):
            self._answer_to()

    def _answer_to(self):
        """A form sends for a person, who is named as the one to answer."""
        others = [address for address in addresses(self.headers, ('Reply-To',)) if not is_deaf(address)]
        if others and not self.is_machine:
            self.name, self.address = '', others[0]

    @property
    def is_machine(self):
        return self.kind in MACHINES

    def language(self):
        """Return which language the mail says it is in, as in ``de-AT``; Chinese is told from its characters; else ''."""
        said = first(self.headers, 'Content-Language').split(',')[0].strip()
        if said:
            return said
        text = f'{self.subject} {text_of(self.message)}'[:2000]
        letters = [character for character in text if character.isalpha()]
        han = sum('\u4e00' <= character <= '\u9fff' for character in letters)
        return 'zh' if han and han * 5 > len(letters) else ''

    def attached_senders(self):
        try:
            return senders_attached(self.message)
        except Exception:  # noqa: BLE001 a broken part: none, then
            return []

    def undo(self):
        """What was done has been rolled back."""
        self.outcomes, self.notes = [], []
