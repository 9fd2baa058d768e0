"""Who may do what: the one table. `test_who_may` measures it, and `docs/security.md` shows it.

Whoever adds a model, a button, a field, a route or a report says here who may use it.
"""

ROLES = {
    "public": "Visitor",
    "portal": "Customer",
    "internal": "No group",
    "colleague": "Another's seller",
    "seller": "Salesperson, own",
    "all_seller": "Salesperson, all",
    "sales_manager": "Sales manager",
    "stock_user": "Stock user",
    "stock_manager": "Stock manager",
    "buyer": "Buyer",
    "stranger": "Other company",
    "system": "Administrator",
}
NOBODY = frozenset()
STOCK = frozenset({"stock_user", "stock_manager"})
MANAGER = frozenset({"stock_manager"})
MANAGERS = MANAGER | {"stranger"}
SELLERS = frozenset({"seller", "all_seller", "sales_manager"})
SALES = SELLERS | {"colleague"}
# Odoo lets internal users with these groups read moves, transfers and orders.
READ_ORDER = SELLERS | STOCK
READ_MOVES = SALES | STOCK | {"buyer"}
READ_TRANSFERS = READ_MOVES | {"portal"}
INTERNAL = READ_MOVES | {"internal", "system"}
DIALOG = STOCK | SALES | {"stranger"}
REPORT = STOCK | {"sales_manager", "stranger"}
SYSTEM = frozenset({"system"})
BUYER = frozenset({"buyer"})

# Models of ours: who may read their records, who may write them. Mixins have no records.
MODELS = {
    "backorder.shortfall.line": (STOCK | {"stranger"}, STOCK | {"stranger"}),
    "backorder.run": (MANAGERS, NOBODY),
    "backorder.run.line": (MANAGERS, NOBODY),
    "backorder.run.stop": (MANAGERS, NOBODY),
    "backorder.turn": (SYSTEM, NOBODY),
    "backorder.check": (MANAGERS, NOBODY),
    "backorder.health": (MANAGERS, NOBODY),
    "backorder.health.line": (MANAGERS, NOBODY),
    "backorder.pause": (MANAGERS, MANAGERS),
    "backorder.drop": (STOCK | {"stranger"}, STOCK | {"stranger"}),
    "backorder.reallocation": (MANAGERS, MANAGERS),
    "backorder.reallocation.line": (MANAGERS, MANAGERS),
    "backorder.simulation": (MANAGERS, MANAGERS),
    "backorder.simulation.line": (MANAGERS, MANAGERS),
    "backorder.report": (REPORT, NOBODY),
    "backorder.fill.report": (REPORT, NOBODY),
    "backorder.confirm": (DIALOG, DIALOG),
    "backorder.confirm.line": (DIALOG, DIALOG),
    "backorder.freed.report": (BUYER, NOBODY),
    "backorder.receipt.report": (BUYER, NOBODY),
    "backorder.missing.report": (BUYER, NOBODY),
}

# Buttons of ours, pressed about the documents of a company, of the salesperson "own".
BUTTONS = {
    "sale.order": {
        "action_view_backorders": READ_ORDER | {"portal"},
        "action_mark_backordered": STOCK,
        "action_unmark_backordered": MANAGER,
    },
    "stock.picking": {
        "action_view_backorders": READ_TRANSFERS,
        "action_backorder_cancel": STOCK,
        "action_backorder_take_anyway": MANAGER,
    },
    "stock.move": {
        "action_open_backorder_document": READ_MOVES,
        "action_backorder_count": STOCK,
        "action_backorder_release": MANAGER,
        "action_backorder_give_back": MANAGER,
        "action_backorder_find_stock": MANAGER,
        "action_backorder_hold_again": MANAGER,
        "action_backorder_pause": MANAGER,
        "action_backorder_resume": MANAGER,
        "action_backorder_drop": MANAGER,
    },
    "stock.picking.type": {
        "action_view_backorders_waiting": INTERNAL,
        "action_view_backorders_ready": INTERNAL,
    },
    "product.product": {"action_view_backorders": READ_MOVES | {"stranger"}},
    "product.template": {"action_view_backorders": READ_MOVES | {"stranger"}},
    "purchase.order": {"action_view_backorders": BUYER | STOCK},
    "res.config.settings": {
        "action_open_backorder_primary": SYSTEM,
        "action_open_backorder_secondary": SYSTEM,
        "action_backorder_make_anew": SYSTEM,
        "action_backorder_make_anew_primary": SYSTEM,
        "action_backorder_make_anew_secondary": SYSTEM,
    },
    "stock.backorder.confirmation": {"process_native": STOCK},
    "backorder.confirm": {"action_apply": STOCK | SELLERS},
    "backorder.drop": {"action_drop": MANAGER, "action_wait": STOCK},
    "backorder.pause": {"action_pause": MANAGER, "action_hold_again": MANAGER},
    "backorder.reallocation": {"action_take": MANAGER},
    "backorder.simulation": {"action_simulate": MANAGER, "action_apply": MANAGER},
    "backorder.check": {"action_check": MANAGERS, "action_mend": MANAGERS},
    "backorder.health": {"action_open": MANAGERS, "action_look_again": MANAGERS},
    "backorder.health.line": {"action_look": MANAGERS, "action_mend": MANAGERS},
    "backorder.run": {"action_stop": MANAGER},
    "backorder.dashboard": {"get_figures": REPORT},
    "backorder.report": {"action_open_order": STOCK | {"sales_manager"}},
    "backorder.fill.report": {"action_open_order": STOCK | {"sales_manager"}},
    "backorder.freed.report": {"action_open_document": BUYER},
    "backorder.receipt.report": {"action_open_receipt": BUYER, "action_view_freed": BUYER},
    "backorder.missing.report": {"action_order_now": BUYER, "action_view_lines": BUYER},
}

# What the customer may read of our fields, on Odoo's models; the others are for inside.
TOLD = {
    "sale.order": {"is_backordered"},
    "sale.order.line": {"qty_backordered"},
    "stock.picking": {"is_backordered"},
    "res.company": {"backorder_automation"},
}
# On moves, which customers cannot read: facts that Odoo's own verbs need, whoever uses them.
FACTS = {
    "backorder_announced_date",
    "backorder_carrier_id",
    "backorder_date",
    "backorder_decision",
    "backorder_held",
    "backorder_kit_factor",
    "backorder_kit_id",
    "backorder_origin_id",
    "backorder_promised_date",
    "backorder_release_date",
    "backorder_short_qty",
}
# Fields of ours on Odoo's models that people write; all others are written by the processes, or
# computed. "managers": inventory administrators only. "owners": whoever may write the record.
WRITTEN = {
    "stock.move": {
        "managers": {"backorder_paused", "backorder_pause_reason", "backorder_not_before"},
        "owners": {"backorder_decision"},
    },
}

# Pages of ours: who may call them, and how. "addon": the neighbour that brings it along.
ROUTES = {
    "/backorder/health": {
        "auth": "bearer",
        "methods": ["GET"],
        "type": "http",
        "who": "An API key of an inventory administrator.",
    },
    "/backorder/metrics": {
        "addon": "backorder_automation_prom",
        "auth": "bearer",
        "methods": ["GET"],
        "type": "http",
        "who": "An API key of an inventory administrator.",
    },
    "/my/orders/<int:order_id>/backorder": {
        "auth": "public",
        "methods": ["POST"],
        "type": "http",
        "who": "Who may see the order, or has its link; the company offers each wish.",
    },
    "/my/orders/<int:order_id>/backorder/take_back": {
        "auth": "public",
        "methods": ["POST"],
        "type": "http",
        "who": "Who may see the order, or has its link; until somebody acted on the wish.",
    },
}

# Buttons of the Action menu: who sees them.
SERVER_ACTIONS = {
    "backorder_automation.action_server_backorder_check": MANAGERS,
    "backorder_automation.action_server_backorder_health": MANAGERS,
}


def _make_row(name, may):
    marks = ["✔" if role in may else "" for role in ROLES]
    return f"| {name} | {' | '.join(marks)} |"


def _make_head(first):
    return [
        f"| {first} | {' | '.join(ROLES.values())} |",
        f"|---|{'---|' * len(ROLES)}",
    ]


def render(models, buttons, fields):
    """Return the page of who may do what.

    :param dict models: model to (who may read, who may write), as measured
    :param dict buttons: (model, method) to who may press it, as measured
    :param dict fields: model to {kind: names of fields}, as measured
    """
    lines = [
        "# Who may do what",
        "",
        "Made by `test_who_may.py` from what it measured as each of these people: not written by",
        "hand. To make it anew: `BACKORDER_WRITE_SECURITY=1 make test"
        " FILE=backorder_automation/tests/test_who_may.py`.",
        "",
        "The documents asked about belong to one company and to the salesperson *own*. *Other",
        "company* runs stock and sales of another company only. Whatever is not marked ends in one",
        "sentence that says so, and changes nothing. Buttons named *view* or *open* only open a",
        "list or a document, in which the rights of whoever looks count again.",
        "",
        "## Buttons",
        "",
        *_make_head("button"),
    ]
    for (model, method), may in sorted(buttons.items()):
        lines.append(_make_row(f"`{model}` {method}", may))
    lines += ["", "## Records of our own", "", *_make_head("model")]
    for model, (read, written) in sorted(models.items()):
        lines.append(_make_row(f"`{model}` read", read))
        if written:
            lines.append(_make_row(f"`{model}` write", written))
    lines += [
        "",
        "Dialogs are read and written by whoever opened them, and name only what that user may",
        "read. Mixins have no records, and their buttons are refused to everybody.",
        "",
        "## Fields of ours on Odoo's documents",
        "",
        "*Customers*: whoever may read the document reads it. *Facts*: whoever may read the moves.",
        "*Inside*: internal users who may read the document. *Managers* and *owners*: who writes",
        "it; all others are written by the processes alone, or computed.",
        "",
        "| document | kind | fields |",
        "|---|---|---|",
    ]
    for model, kinds in sorted(fields.items()):
        for kind, names in kinds.items():
            if names:
                listed = ", ".join(f"`{name}`" for name in sorted(names))
                lines.append(f"| `{model}` | {kind} | {listed} |")
    lines += ["", "## Pages", "", "| page | methods | who |", "|---|---|---|"]
    for route, page in sorted(ROUTES.items()):
        lines.append(f"| `{route}` | {', '.join(page['methods'])} | {page['who']} |")
    return "\n".join([*lines, ""])
