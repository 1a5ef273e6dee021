"""Merge exported terms into the Chinese translation: ``merge_terms.py OPTIONS_AS_JSON``."""
import collections
import json
import pathlib
import sys

import polib

LANGUAGE = 'zh_CN'
DATES = ('POT-Creation-Date', 'PO-Revision-Date')  # would change with every export and hide what really changed


def uses(entry):
    """What a term is used for: a field's label, a view, code …

    ``model:ir.model.fields,field_description:crm.field_x`` → ``model:ir.model.fields,field_description``
    """
    return {':'.join(place.split(':')[:-1]) if place.startswith('model') else 'code'
            for place, _line in entry.occurrences}


def known(sources):
    """``{(term, use): translation}`` where Odoo translates a term in a use always in the same way."""
    found = collections.defaultdict(set)
    for source in sources:
        if pathlib.Path(source).exists():
            for entry in polib.pofile(source):
                if entry.msgstr and not entry.obsolete and not entry.fuzzy:
                    for use in uses(entry):
                        found[entry.msgid, use].add(entry.msgstr)
    return {key: texts.pop() for key, texts in found.items() if len(texts) == 1}


def translation(entry, core):
    """Odoo's own translation, when all uses of the term agree on it."""
    texts = {core.get((entry.msgid, use)) for use in uses(entry)}
    return texts.pop() or '' if len(texts) == 1 else ''


def merge(pot, old, core):
    """The terms of ``pot`` with the translations of ``old``, else of Odoo."""
    done = {entry.msgid: entry.msgstr for entry in old if entry.msgstr and not entry.obsolete and not entry.fuzzy}
    new = polib.POFile(wrapwidth=78)
    new.metadata = {**pot.metadata, 'Language': LANGUAGE, 'Plural-Forms': 'nplurals=1; plural=0;'}
    new.header = pot.header
    for entry in pot:
        new.append(polib.POEntry(
            msgid=entry.msgid, msgstr=done.get(entry.msgid) or translation(entry, core), comment=entry.comment,
            occurrences=entry.occurrences, flags=[flag for flag in entry.flags if flag != 'fuzzy']))
    return new


def work(folder, core, check):
    """:return: the terms of one addon without a translation."""
    pot_path, po_path = folder / f'{folder.parent.name}.pot', folder / f'{LANGUAGE}.po'
    if not pot_path.exists():
        return []
    pot = polib.pofile(str(pot_path), wrapwidth=78)
    for date in DATES:
        pot.metadata.pop(date, None)
    old = polib.pofile(str(po_path)) if po_path.exists() else []
    new = merge(pot, old, core)
    if not check:
        pot.save()
        new.save(str(po_path))
    return [entry.msgid for entry in new if not entry.msgstr]


def main(folders, sources, check):
    core = known(sources)
    left = 0
    for folder in map(pathlib.Path, folders):
        terms = work(folder, core, check)
        left += len(terms)
        print(f'{folder.parent.name}: {len(terms)} not translated')
        for term in terms:
            print('    ' + term.replace('\n', '\\n'))
    return 1 if left else 0


if __name__ == '__main__':
    sys.exit(main(**json.loads(sys.argv[1])))
