from odoo.tests import BaseCase, tagged

from ..kit import Component, Kit


@tagged("post_install", "-at_install")
class TestKitMath(BaseCase):
    """How many whole kits some components make."""

    def _kit(self, ordered=10, gadget=6, gizmo=3):
        """Return the kits of 2 gadgets (a) and 1 gizmo (b) while so many are missing."""
        components = {"a": Component(2.0, gadget), "b": Component(1.0, gizmo)}
        return Kit(ordered, components, digits=2)

    def test_the_scarcer_component_decides(self):
        self.assertEqual(self._kit().get_most({"a": 5, "b": 3}), 9)
        self.assertEqual(self._kit().get_most({"a": 6, "b": 1}), 8)
        self.assertEqual(self._kit().get_most({"a": 6}), 7)

    def test_everything_missing_is_needed_for_all_kits(self):
        self.assertEqual(self._kit().get_need("a", 10), 6)
        self.assertEqual(self._kit().get_need("a", 9), 4)
        self.assertEqual(self._kit().get_need("a", 7), 0)

    def test_what_is_gone_out_of_proportion_counts(self):
        kit = self._kit(gizmo=2)
        self.assertEqual(kit.get_most({"a": 3, "b": 0}), 8)
        self.assertEqual((kit.get_need("a", 8), kit.get_need("b", 8)), (2, 0))

    def test_half_a_kit_ends_an_order_of_halves(self):
        kit = Kit(2.5, {"a": Component(2.0, 5)}, digits=2)
        self.assertEqual(kit.get_most({"a": 5}), 2.5)
        self.assertEqual(kit.get_most({"a": 4.5}), 2)

    def test_parts_of_a_unit_are_rounded_up(self):
        """Twelve kits are made of five gadgets."""
        kit = Kit(12, {"a": Component(5 / 12, 5)}, digits=2)
        self.assertEqual(kit.get_need("a", 1), 0.42)
        self.assertEqual(kit.get_most({"a": 0.42}), 1)
        self.assertEqual(kit.get_most({"a": 0.41}), 0)
