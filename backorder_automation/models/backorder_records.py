from collections import defaultdict

from lxml import etree

from odoo import api, models
from odoo.modules import Manifest
from odoo.tools import convert
from odoo.tools.misc import file_path

OURS = "backorder_automation"
# What a data file names by an `id` of its own.
NAMED_TAGS = {"record", "template", "menuitem"}
# The attributes by which one element of a data file points to another.
POINTERS = ("ref", "action", "parent", "inherit_id")


class BackorderRecords(models.AbstractModel):
    """The records that our data files brought, and that an administrator may delete.

    Work goes on without any of them. The settings say what is missing, and make it anew.
    """

    _name = "backorder.records"
    _description = "Back Order Records"

    @api.model
    def _get_action(self, xml_id, res_model):
        """Return a window action, or a plain one that shows the same model where it is gone.

        :param str xml_id: the external id of an `ir.actions.act_window`
        :param str res_model: the model it shows
        """
        if self.env["ir.model.data"]._xmlid_to_res_id(xml_id, raise_if_not_found=False):
            return self.env["ir.actions.actions"]._for_xml_id(xml_id)
        return {
            "type": "ir.actions.act_window",
            "name": self.env[res_model]._description,
            "res_model": res_model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
        }

    @api.model
    def _tell_demo(self):
        """Tell the demo story. Only the demo data calls it: the story is not loaded otherwise."""
        from ..demo.story import Story  # noqa: PLC0415

        Story(self.env).tell()

    @api.model
    def _get_missing(self):
        """Return what was deleted: a dict of external id to the name people know it by."""
        names = {
            _get_xml_id(module, element): _get_name(element)
            for module, path in self._get_files()
            for element in _read_elements(path)
            if element.tag in NAMED_TAGS and element.get("id")
        }
        present = self._get_present(names)
        return {xml_id: name for xml_id, name in names.items() if xml_id not in present}

    @api.model
    def _make_anew(self, xml_ids=None):
        """Make deleted records anew, as their data files say. What is there stays as it is.

        Only what points to one of them is written again, so that it finds the new one.

        :param xml_ids: external ids; everything that is missing when None
        """
        missing = set(self._get_missing())
        wanted = missing if xml_ids is None else missing.intersection(xml_ids)
        if not wanted:
            return
        env = self.sudo().env
        for module, path in self._get_files():
            root = _read_elements(path)
            for element in list(root):
                if not _is_about(module, element, wanted):
                    root.remove(element)
            if len(root):
                convert.xml_import(env, module, {}, "init", xml_filename=path).parse(root)
        modules = sorted({xml_id.partition(".")[0] for xml_id in wanted})
        languages = [code for code, _name in env["res.lang"].get_installed()]
        env["ir.module.module"]._load_module_terms(modules, languages)

    @api.model
    def _get_files(self):
        """Return our data files, in the order they are loaded: (module, path) pairs."""
        modules = [
            name for name in self.env["ir.module.module"]._installed() if name.startswith(OURS)
        ]
        return [
            (module, file_path(f"{module}/{name}"))
            for module in sorted(modules)
            for name in Manifest.for_addon(module)["data"]
            if name.endswith(".xml")
        ]

    @api.model
    def _get_present(self, xml_ids):
        """Return those of the external ids that have a record."""
        modules = {xml_id.partition(".")[0] for xml_id in xml_ids}
        known = self.env["ir.model.data"].sudo().search([("module", "in", list(modules))])
        by_model = defaultdict(dict)
        for data in known:
            if data.complete_name in xml_ids:
                by_model[data.model][data.res_id] = data.complete_name
        return {
            ids[record_id]
            for model, ids in by_model.items()
            for record_id in self.env[model].sudo().browse(ids).exists().ids
        }


def _read_elements(path):
    """Return the root of a data file: an element with everything it makes."""
    return etree.parse(path).getroot()


def _get_xml_id(module, element):
    """Return the external id of an element of a data file."""
    name = element.get("id")
    return name if "." in name else f"{module}.{name}"


def _get_name(element):
    """Return the name people know an element of a data file by."""
    field = element.find("field[@name='name']")
    return (field.text if field is not None else element.get("name")) or element.get("id")


def _is_about(module, element, wanted):
    """Return whether an element of a data file makes what is wanted, or points to it."""
    if element.tag not in NAMED_TAGS or not element.get("id"):
        return False
    names = [element.get("id")]
    for node in element.iter("field", *NAMED_TAGS):
        names += filter(None, map(node.get, POINTERS))
    return any((name if "." in name else f"{module}.{name}") in wanted for name in names)
