import re

from odoo.tests import TransactionCase, tagged

# Odoo's word stands only where Odoo's thing is meant, or the name is a contract.
ODOO_WORD = re.compile("backorder", re.IGNORECASE)
ODOO_THING = re.compile("standard backorder|backorder process", re.IGNORECASE)
RECORDS = ("ir.ui.menu", "ir.actions.act_window", "ir.actions.server", "mail.activity.type")


def is_misspelt(text):
    """Return whether a text on screen says Odoo's word and means our thing."""
    return bool(ODOO_WORD.search(ODOO_THING.sub("", text or "")))


@tagged("post_install", "-at_install")
class TestSpelling(TransactionCase):
    """One spelling on every screen: back order."""

    def _is_ours(self, modules):
        return any(name.startswith("backorder_automation") for name in modules or ())

    def test_fields(self):
        """Also those nobody put a word on: their names are read in exports and filters."""
        wrong = {
            f"{model}.{name}: {field.string}"
            for model, cls in self.registry.items()
            for name, field in cls._fields.items()
            if self._is_ours(field._modules) and is_misspelt(field.string)
        }
        self.assertFalse(wrong)

    def test_choices(self):
        wrong = {
            f"{model}.{name}: {label}"
            for model, cls in self.registry.items()
            for name, field in cls._fields.items()
            if self._is_ours(field._modules) and isinstance(getattr(field, "selection", 0), list)
            for _value, label in field.selection
            if is_misspelt(label)
        }
        self.assertFalse(wrong)

    def test_menus_actions_and_activities(self):
        data = self.env["ir.model.data"].search(
            [("module", "=like", "backorder_automation%"), ("model", "in", RECORDS)]
        )
        names = [self.env[item.model].browse(item.res_id).exists().display_name for item in data]
        self.assertGreater(len(names), len(RECORDS))
        self.assertFalse(list(filter(is_misspelt, names)))

    def test_misspelt(self):
        """Counter-test."""
        self.assertTrue(is_misspelt("Backorder Alerts"))
        self.assertTrue(is_misspelt("3 backorders"))
        self.assertFalse(is_misspelt("Back Orders"))
        self.assertFalse(is_misspelt("Back to Standard Backorder"))
        self.assertFalse(is_misspelt("Primary Backorder Process: Incoming Shipments"))
