"""Words that were typed become entries of a catalogue: for migrations."""

import re
from collections import Counter
from zlib import crc32

from django.utils.text import slugify

OFFERED = 200  # so many of the commonest are offered by forms, the others are retired: they stay where they are
BANDS = ((1000, 15), (250, 12), (50, 9), (10, 6), (0, 3))  # from so many employees: points


def entries_of(model, counts):
    """{word: id of its entry} for {word: how often}; what differs only in case, width or blanks is one entry.

    The commonest spelling becomes the name. Entries that are there already are taken. What nobody has (any more) is
    retired, and so is what only few of very many words say.
    """
    from customers.identity import name_key, tidy  # noqa: PLC0415

    there, codes = {}, set()
    for row in model.objects.order_by("-pk"):
        codes.add(row.code)
        there |= {name_key(name): row.merged_into_id or row.pk for name in (row.name_zh, row.name_en)}
    spellings, totals = {}, Counter()
    for word, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        if key := name_key(word):
            spellings.setdefault(key, word)
            totals[key] += count
    place = len(there)
    for key, count in totals.most_common():
        if key in there:
            continue
        place += 1
        name = tidy(spellings[key])[:80]
        row = model(name_en=name, name_zh=name, code=_free_code(model, key, name, codes), position=place)
        row.is_active = count > 0 and place <= OFFERED
        if hasattr(model, "least") and (numbers := re.findall(r"\d+", re.sub(r"(?<=\d)[,，](?=\d{3})", "", name))):
            row.points = next(points for least, points in BANDS if max(map(int, numbers)) >= least)
        row.save()
        there[key] = row.pk
    return {word: there[name_key(word)] for word in counts if name_key(word)}


def _free_code(model, key, name, codes):
    latin, figure = slugify(name)[:31], f"{crc32(key.encode()):08x}"
    plain = latin if latin and slugify(name, allow_unicode=True) == latin else ""
    wanted = [code for code in (plain, f"{latin or model._meta.model_name}-{figure}") if code]
    wanted += [f"{wanted[-1][:36]}-{n}" for n in range(2, 1000)]
    code = next(code for code in wanted if code not in codes)
    codes.add(code)
    return code
