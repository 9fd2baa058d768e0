from lxml import etree

from .common import BackorderCommon


class AccessCommon(BackorderCommon):
    """Another company with a back order of its own, salespeople with own documents, and forms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls._user("bo_owner", "sales_team.group_sale_salesman")
        cls.other_owner = cls._user("bo_other_owner", "sales_team.group_sale_salesman")
        cls.clerk = cls._user("bo_clerk", "stock.group_stock_user")
        cls.clerk.group_ids += cls.env.ref("sales_team.group_sale_salesman")
        cls.boss = cls._user("bo_boss", "sales_team.group_sale_manager")

    def _make_other_company(self):
        """Return a user who runs the warehouse of another company only."""
        self.other = self.env["res.company"].create({"name": "Other", "backorder_automation": True})
        stranger = self._user("bo_other_manager", "stock.group_stock_manager")
        stranger.write({"company_ids": [(6, 0, self.other.ids)], "company_id": self.other.id})
        return stranger

    def _walk(self, action, user):
        """Read the document of an action as the web client does, with everything in its form."""
        views = action.get("views") or [(False, "form")]
        [(view_id, _type)] = [view for view in views if view[1] == "form"]
        record = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        self.env.invalidate_all()
        arch = etree.fromstring(record.get_views([(view_id, "form")])["views"]["form"]["arch"])
        return record.web_read(self._get_fields(record, arch))[0]

    def _get_fields(self, model, node):
        """Return what the web client asks of a form or of a list in it."""
        result = {}
        for child in node.iterchildren("*"):
            field = child.tag == "field" and model._fields.get(child.get("name"))
            if not field:
                result.update(self._get_fields(model, child))
                continue
            inner = {"display_name": {}}
            for view in child.iterchildren("list", "kanban"):
                inner = self._get_fields(self.env[field.comodel_name], view)
            result[field.name] = {"fields": inner} if field.relational else {}
        return result
