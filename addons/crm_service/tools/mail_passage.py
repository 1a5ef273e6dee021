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
    :ivar known: {sort: {address: what it is}}, so that nothing is looked up twice for one mail
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
        self.outcomes, self.notes, self.known = [], [], {}
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

    def unknown(self, sort, addresses):
        r"""Return which addresses have to be looked up, each once; where any has, the sender and the recipients at the same time.

        >>> passage = Passage(b"From: a@x.example\nTo: b@x.example\n\n")
        >>> passage.unknown('aliases', ['b@x.example'])
        ['b@x.example', 'a@x.example']
        >>> passage.know('aliases', ['b@x.example', 'a@x.example'], {'b@x.example'})
        >>> passage.known['aliases'], passage.unknown('aliases', ['a@x.example'])
        ({'b@x.example': True, 'a@x.example': False}, [])
        """
        known = self.known.setdefault(sort, {})
        if all(address in known for address in addresses):
            return []
        everybody = dict.fromkeys([*addresses, self.address, *self.recipients])
        return [address for address in everybody if '@' in address and address not in known]

    def know(self, sort, addresses, found):
        """Note which of the addresses that were looked up were found."""
        self.known.setdefault(sort, {}).update({address: address in found for address in addresses})

    def undo(self):
        """What was done has been rolled back."""
        self.outcomes, self.notes = [], []
