"""What would come sooner, were what is wished for ordered."""


def bring_forward(lines, hoped, receipts):
    """Take the dates that come sooner with wishes, and note what wish each of them rests on.

    Only dates: who gets what now, what is on its way and what is missing stays as it is without
    wishes. Nobody's date becomes later: a wish of somebody else is no reason to doubt a receipt.

    :param dict lines: move id to `Line`, planned without wishes
    :param dict hoped: move id to `Line`, planned with them
    :param receipts: :class:`Receipt`, with the wishes
    """
    names = {receipt.move_id: receipt.wish for receipt in receipts if receipt.wish}
    wishes = _get_wishes(hoped, names)
    for move_id, line in lines.items():
        hope = hoped[move_id]
        date = hope.expected_date
        if date and (not line.sure_date or date < line.sure_date):
            is_wish = hope.expected_move_id in names
            line.expected_date = date
            line.expected_move_id = None if is_wish else hope.expected_move_id
            line.wish = next(wishes[key] for key in _get_keys(hope) if key in wishes)


def _get_keys(line):
    """Return for whom a wish may have come, so that this line has its date: itself first.

    Who takes nothing of a wish has more of the rest, because somebody ahead takes less of it.
    """
    row = line.row
    return ("move", row.move_id), ("bond", line.bond), ("product", row.product_id), "anybody"


def _get_wishes(hoped, names):
    """Return the name of the last wish that came for each key of `_get_keys`."""
    # A wish may do its work untaken: it fills a pack, and something else is taken of it.
    wishes = {"anybody": next(iter(names.values()))}
    for line in hoped.values():
        came = [part for part in line.brought if part[0] in names]
        if came:
            name = names[max(came, key=lambda part: (part[2], part[0]))[0]]
            for key in _get_keys(line):
                if key != ("bond", None):
                    wishes.setdefault(key, name)
    return wishes
