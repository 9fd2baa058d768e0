from collections import defaultdict

from odoo import api, models
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS

from ..checks import check_commands


class BackorderNamedMixin(models.AbstractModel):
    """A dialog, or a line of one, that names records: only those its user may read.

    The dialog shows what it knows of them (product, order, customer, quantities), so whoever could
    name any id would read any record.
    """

    _name = "backorder.named.mixin"
    _description = "Named Records of a Dialog"

    @api.model_create_multi
    def create(self, vals_list):
        """Check what the values, and the defaults of the client, name."""
        records = super().create(vals_list)
        records._check_backorder_named(self._get_backorder_named())
        return records

    def write(self, vals):
        """Check what the values name."""
        res = super().write(vals)
        self._check_backorder_named(self._get_backorder_named() & vals.keys())
        return res

    @api.model
    def default_get(self, fields):
        """Check what the defaults name: a client may send them too."""
        values = super().default_get(fields)
        self._check_backorder_values(values)
        return values

    def onchange(self, values, field_names, fields_spec):
        """Check what the values of a form name, which is not saved yet."""
        self._check_backorder_values(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _get_backorder_named(self):
        """Return the names of the fields with records that a client may name."""
        return {
            name
            for name, field in self._fields.items()
            if field.type in ("many2one", "many2many")
            and field.store
            and not field.compute
            and name not in MAGIC_COLUMNS
        }

    def _check_backorder_named(self, names):
        """Raise AccessError when self names a record that its user may not read."""
        for name in names:
            self._check_backorder_records(self[name])

    @api.model
    def _check_backorder_records(self, records):
        """Raise AccessError unless the user may see what the dialog shows of records named in it.

        A dialog that shows the order of a line says so, see `backorder.order.dialog.mixin`.
        """
        records.check_access("read")

    @api.model
    def _check_backorder_values(self, values):
        """Raise AccessError when values of a form name a record that its user may not read.

        :param dict values: as the web client sends them
        """
        named = defaultdict(set)
        self._collect_backorder_named(values, named)
        for (dialog, model), ids in named.items():
            self.env[dialog]._check_backorder_records(self.env[model].browse(ids))

    @api.model
    def _collect_backorder_named(self, values, named):
        """Add to `named` what values of a form, and of its lines, name.

        :param dict named: (model of the form or line, model of the records) to a set of ids
        """
        names = self._get_backorder_named()
        for name in values.keys() & self._fields.keys():
            field, value = self._fields[name], values[name] or ()
            if name in names:
                ids = self._get_backorder_value_ids(field, value)
                named[self._name, field.comodel_name].update(ids)
            elif field.type == "one2many":
                lines = self.env[field.comodel_name]
                if not hasattr(lines, "_collect_backorder_named"):
                    continue  # lines of Odoo's own, in a dialog we add to
                check_commands(self, value)
                for command in value:
                    if isinstance(command, int):
                        continue
                    if command[0] in (Command.CREATE, Command.UPDATE) and command[2]:
                        lines._collect_backorder_named(command[2], named)

    @api.model
    def _get_backorder_value_ids(self, field, value):
        """Return the ids of the records that a value of a many2one or many2many field names."""
        if field.type == "many2one":
            value = value.get("id") if isinstance(value, dict) else value
            return [value] if isinstance(value, int) and value else []
        check_commands(self, value)
        ids = set()
        for command in value:
            if isinstance(command, int):
                ids.add(command)
            elif command[0] in (Command.LINK, Command.UPDATE):
                ids.add(command[1])
            elif command[0] == Command.SET:
                ids.update(command[2])
        return ids
