import ast
import inspect
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import CodeType, FunctionType
from unittest.mock import patch

from odoo.tests import BaseCase, TransactionCase, tagged

from ..models.backorder_lower_mixin import BackorderLowerMixin

ADDON = Path(__file__).parents[1]
OURS = "odoo.addons.backorder_automation"
# Who asks, and who answers; what is in none of these parts is shared by all of them.
ASKING = {"controllers", "models", "report", "wizard"}
# What is all that these may import.
ONLY = {
    "engine": {"engine"},
    "readers": {"const", "engine", "promise", "queue_orders", "readers", "texts"},
}
# What these may not import.
NEVER = {
    "models": ASKING - {"models"},
    "wizard": ASKING - {"models", "wizard"},
    "report": ASKING - {"models", "report"},
    "controllers": {"report", "wizard"},
}
# The demo data have to call a model: it fetches their story then, and never when it is loaded.
FETCHED = {("models.backorder_records", "demo.story")}


def get_methods(cls):
    """Return the methods a class defines itself: name to function."""
    functions = {name: getattr(value, "__func__", value) for name, value in vars(cls).items()}
    return {
        name: inspect.unwrap(function)
        for name, function in functions.items()
        if isinstance(function, FunctionType) and not name.startswith("__")
    }


def get_names(code):
    """Return the names that a piece of code uses, also within its own functions."""
    inner = (const for const in code.co_consts if isinstance(const, CodeType))
    return set(code.co_names).union(*map(get_names, inner))


def goes_on(name, function):
    """Return whether a method calls the one below it."""
    return {"super", name} <= get_names(function.__code__)


def find_shadowed(mro):
    """Yield (method, of ours, hidden by): what never runs, though it was written to.

    A method of ours may replace another one of ours that is a default and goes on to nothing.
    """
    methods = [(cls, get_methods(cls)) for cls in mro]
    for number, (cls, own) in enumerate(methods):
        if not cls.__module__.startswith(OURS):
            continue
        for name, function in own.items():
            for above, others in methods[:number]:
                if name not in others or goes_on(name, others[name]):
                    continue
                if above.__module__.startswith(OURS) and not goes_on(name, function):
                    continue
                yield name, cls.__module__, above.__module__


def find_imports(path):
    """Return what a file of an addon imports from it: paths like `models.stock_move`."""
    package = path.relative_to(ADDON).with_suffix("").parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            target = (*base, *(node.module or "").split(".")) if node.module else base
            found.update(".".join(find_file(target, alias.name)) for alias in node.names)
    return found


def find_file(target, name):
    """Return the file from which a name comes: a file of a folder, or the folder itself."""
    path = ADDON.joinpath(*target, name)
    is_file = path.is_dir() or path.with_suffix(".py").exists()
    return (*target, name) if is_file else target


@tagged("post_install", "-at_install")
class TestHouse(TransactionCase):
    """What is written runs: nothing of ours stands below a method of Odoo that hides it."""

    def _find_all(self):
        return {
            (name, *found)
            for name in self.registry
            for found in find_shadowed(type(self.env[name]).mro())
        }

    def test_no_override_is_shadowed(self):
        """Our mixins stand below core's `stock.move`: what it does not pass on never arrives."""
        self.assertFalse(self._find_all())

    def test_shadowed_override_would_be_found(self):
        """Counter-test: core's `_action_done` calls no super, its `write` does."""

        def _action_done(self, cancel_backorder=False):
            return super(BackorderLowerMixin, self)._action_done(cancel_backorder)

        def write(self, vals):
            return super(BackorderLowerMixin, self).write(vals)

        with (
            patch.object(BackorderLowerMixin, "_action_done", _action_done, create=True),
            patch.object(BackorderLowerMixin, "write", write, create=True),
        ):
            found = self._find_all()
        mixin = BackorderLowerMixin.__module__
        self.assertEqual({part[:3] for part in found}, {("stock.move", "_action_done", mixin)})


class TestArrows(BaseCase):
    """Models ask readers, readers feed the engine; dialogs and reports ask models: never back."""

    def _get_files(self):
        """Return the files and folders of the addon: path to what it imports."""
        files = {}
        for path in ADDON.rglob("*.py"):
            parts = path.relative_to(ADDON).with_suffix("").parts
            name = ".".join(part for part in parts if part != "__init__")
            if name and parts[0] not in ("__manifest__", "demo", "migrations", "tests"):
                files[name] = find_imports(path)
        return files

    def _find_wrong(self, files):
        return {
            (name, imported)
            for name, imports in files.items()
            for imported in imports
            if not self._is_allowed(name.split(".")[0], imported.split(".")[0])
        }

    def _is_allowed(self, part, imported):
        if part in ONLY:
            return imported in ONLY[part]
        return imported != "demo" and imported not in NEVER.get(part, ASKING)

    def test_arrows_never_run_back(self):
        files = self._get_files()
        self.assertEqual(self._find_wrong(files), FETCHED)
        self.assertIn("readers", files["models.backorder_plan_mixin"])

    def test_arrow_back_would_be_found(self):
        """Counter-test."""
        files = {
            "models.x": {"wizard.y"},
            "readers.x": {"models.y", "promise"},
            "engine.plan": {"readers"},
            "wizard.x": {"models.y", "texts"},
            "texts": {"models.y", "promise"},
        }
        wrong = {("models.x", "wizard.y"), ("readers.x", "models.y"), ("engine.plan", "readers")}
        wrong.add(("texts", "models.y"))
        self.assertEqual(self._find_wrong(files), wrong)

    def test_no_file_is_in_a_circle(self):
        TopologicalSorter(self._get_files()).prepare()
        with self.assertRaises(CycleError):
            TopologicalSorter({"models.x": {"models.y"}, "models.y": {"models.x"}}).prepare()

    def test_engine_and_readers_know_no_models(self):
        """Nor does the addon know its neighbours, which build on it."""
        for path in ADDON.rglob("*.py"):
            part = path.relative_to(ADDON).parts[0]
            if part == "tests":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.ImportFrom) or node.level:
                    continue
                with self.subTest(path=path, module=node.module):
                    self.assertFalse(node.module.startswith(OURS))
                    if part == "engine":
                        self.assertNotEqual(node.module.split(".")[0], "odoo")
                    if part == "readers" and node.module == "odoo":
                        self.assertLessEqual({alias.name for alias in node.names}, {"fields"})
