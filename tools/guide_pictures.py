"""The pictures of docs/user-guide.md, taken by `screenshots.py`.

One story goes through the demo data from picture to picture: an order is shipped short, others
want the same stock, goods come in, people look at what became of it.
"""

import json

import guide_story as story
import walk_rpc as walk
from browser import HEIGHT, PHONE_WIDTH, WIDTH

TALL = 1700
SLIP = 780
LAMPS = 12
# The user of the demo data who sees a back order of her own on the portal.
PORTAL_LOGIN = "bellevue"


class Guide:
    """Takes the pictures into a folder, in the order of the story."""

    def __init__(self, server, page, out):
        """Use the session of an administrator and a page that is logged in there."""
        self.server, self.page, self.out = server, page, out

    def take(self):
        """Tell the story and take every picture."""
        story.set_up(self.server, backorder_mail_held=True, backorder_at_confirm="ask")
        self.shoot_settings("settings", "backorder_automation")
        self.shoot_settings("settings-customers", "backorder_portal")
        self.shoot_missing()
        self.shoot_short_delivery()
        story.set_schedules(self.server, False)
        self.shoot_confirmation()
        self.shoot_find_stock()
        self.shoot_plan()
        self.shoot_activity()
        self.shoot_purchase()
        story.run_schedules(self.server)
        self.shoot_workbench()
        self.shoot_figures()
        self.shoot_phone()
        self.shoot_portal()
        story.set_up(self.server, backorder_mail_held=False, backorder_at_confirm="off")

    # Ways to a picture

    def open(self, path, selector):
        """Open a page of the server and wait for the element."""
        self.page.open(self.server.url + path, selector)

    def shoot(self, name, selector="body", height=None):
        """Take the element; `height` cuts it off, in pixels from the top of the window."""
        self.page.shoot(self.out / f"{name}.png", selector, height)

    def mark(self, expression):
        """Name the element of a JavaScript expression `#picture`, and show it."""
        self.page.run(
            "(element => { document.querySelector('#picture')?.removeAttribute('id');"
            " element.id = 'picture'; element.scrollIntoView({block: 'center'}) })"
            f"({expression})"
        )
        self.page.wait("#picture")

    def click_in(self, row, words, selector):
        """Click the element in the first row that has all the words in its text."""
        self.page.wait(row)
        self.page.run(
            f"[...document.querySelectorAll({json.dumps(row)})]"
            f".find(row => {json.dumps(words)}.every(word => row.textContent.includes(word)))"
            f".querySelector({json.dumps(selector)}).click()"
        )

    # The settings

    def shoot_settings(self, name, setting):
        """Take the block of the settings that has this setting."""
        self.page.resize(WIDTH, TALL)
        self.open("/odoo/action-stock.action_stock_config_settings", f"#{setting}")
        # A block is a title and a container of settings: frame both.
        self.page.run(
            "(block => { const frame = document.createElement('div');"
            " frame.id = 'picture'; block.previousElementSibling.before(frame);"
            " frame.append(frame.nextElementSibling, block);"
            " frame.scrollIntoView({block: 'center'}) })"
            f"(document.querySelector('#{setting}').closest('.o_settings_container'))"
        )
        self.page.wait("#picture")
        self.shoot(name, "#picture")
        self.page.resize(WIDTH, HEIGHT)

    # Shipping and selling

    def shoot_short_delivery(self):
        """Ship 500 of 533: the dialog with the mail, the order, the popover, the slip."""
        order = story.get_order(self.server, "Grand Hotel Gadget")
        delivery = self.server.find("stock.picking", ["sale_id", "=", order])
        walk.set_quantity(self.server, delivery, walk.SHIPPED)
        self.open(f"/odoo/deliveries/{delivery}", "button[name=button_validate]")
        self.page.click("button[name=button_validate]")
        self.page.click(".modal [name=backorder_mail] summary")
        self.page.wait(".modal [name=backorder_mail_preview] li")
        self.shoot("shortfall", ".modal-content")
        self.page.click(".modal-footer button[name=process]")
        self.page.wait("body:not(:has(.modal)) button[name=action_view_backorders]")
        self.open(f"/odoo/orders/{order}", ".o_form_view .ribbon")
        self.shoot("order")
        self.page.click(".o_data_row .fa-area-chart")
        self.page.wait(".o_backorder_popover")
        self.shoot("popover", ".o_popover")
        self.page.resize(WIDTH, SLIP)
        self.open(f"/report/html/stock.report_deliveryslip/{delivery}", "[name=backorder_held]")
        self.shoot("slip")
        self.page.resize(WIDTH, HEIGHT)

    def shoot_confirmation(self):
        """Sell more tables than there are, and keep what is short waiting in its transfer."""
        order = story.draft_order(self.server, "Hotel Astoria", "TABLE", 6, days=30)
        self.open(f"/odoo/orders/{order}", "button[name=action_confirm]")
        self.page.click("button[name=action_confirm]")
        self.page.wait(".modal .o_data_row")
        self.shoot("confirmation", ".modal-content")
        self.page.click(".modal-footer button[special=cancel], .modal-footer .btn-secondary")

    # The inventory manager's desk

    def shoot_find_stock(self):
        """Take the dialog that finds the tables that were reserved for a later promise."""
        self.open("/odoo/back-orders", ".o_list_view .o_data_row")
        words, button = ["Café Central", "Terrace Table"], "[name=action_backorder_find_stock]"
        self.click_in(".o_data_row", words, button)
        self.page.wait(".modal .o_data_row")
        self.shoot("find-stock", ".modal-content")

    def shoot_plan(self):
        """Let lamps come in while nothing is released, and try another queue."""
        lamp = story.get_product(self.server, "LAMP")
        warehouse = self.server.search("stock.warehouse")[0]
        walk.count(self.server, warehouse, lamp, LAMPS)
        plan = self.server.create("backorder.simulation", {"queue_order": "smallest"})
        self.server.call("backorder.simulation", "action_simulate", [plan])
        action = "backorder_automation.action_backorder_simulation"
        self.open(f"/odoo/action-{action}/{plan}", ".o_data_row")
        self.shoot("plan", height=620)
        order = story.draft_order(self.server, "Hotel Astoria", "LAMP", 2, days=40)
        self.server.call("sale.order", "action_confirm", [order])
        delivery = self.server.find("stock.picking", ["sale_id", "=", order])
        self.open(f"/odoo/deliveries/{delivery}", "[name=action_backorder_take_anyway]")
        self.shoot("guard", height=330)

    def shoot_workbench(self):
        """Take the list, the cards by stage and the cards of the operation types."""
        self.open("/odoo/back-orders", ".o_list_view .o_data_row")
        self.shoot("list")
        self.open("/odoo/back-orders?view_type=kanban", ".o_kanban_view .o_kanban_record")
        self.shoot("kanban")
        self.open("/odoo/inventory", ".o_kanban_view [name=action_view_backorders_waiting]")
        record = "document.querySelector('[name=action_view_backorders_waiting]')"
        self.mark(f"{record}.closest('.o_kanban_record')")
        self.shoot("overview", "#picture")
        self.open("/odoo/back-order-runs", ".o_list_view .o_data_row")
        self.shoot("runs", height=400)
        self.open("/odoo/back-order-runs?view_type=graph", ".o_graph_view canvas")
        self.shoot("runs-graph", height=560)

    def shoot_figures(self):
        """Take the dashboard."""
        self.page.resize(WIDTH, 880)
        self.open("/odoo/back-order-dashboard", ".o_backorder_graph canvas")
        self.shoot("dashboard")
        self.page.resize(WIDTH, HEIGHT)

    def shoot_activity(self):
        """Take the activities on an order that was promised too early."""
        order = story.get_order(self.server, "Railway Museum")
        self.page.resize(WIDTH, TALL)
        self.open(f"/odoo/orders/{order}", ".o-mail-ActivityList")
        self.mark("document.querySelector('.o-mail-ActivityList')")
        self.shoot("activity", "#picture")
        self.page.resize(WIDTH, HEIGHT)

    # Buyers

    def shoot_missing(self):
        """Take the list of what nobody has ordered."""
        self.open("/odoo/back-orders-to-buy", ".o_list_view .o_data_row")
        self.shoot("missing", height=320)

    def shoot_purchase(self):
        """Order too few clocks, then enough: the quotation, the order, the receipts."""
        clock = story.get_product(self.server, "CLOCK")
        purchase = story.draft_purchase(self.server, "Clockmakers United", "CLOCK", 2, days=6)
        self.open(f"/odoo/purchase/{purchase}", "td[name=backorder_to_buy_qty]")
        self.shoot("quotation", height=560)
        line = self.server.find("purchase.order.line", ["product_id", "=", clock])
        self.server.call("purchase.order.line", "write", [line], {"product_qty": 4})
        self.server.call("purchase.order", "button_confirm", [purchase])
        self.open(f"/odoo/purchase/{purchase}", "button[name=action_view_backorders]")
        self.shoot("purchase", height=560)
        self.page.click("button[name=action_view_backorders]")
        self.page.wait("td[name=promised_date]")
        self.shoot("freed", height=300)
        self.open("/odoo/receipts-back-orders", ".o_list_view .o_data_row")
        self.shoot("receipts", height=350)

    # Phones and customers

    def shoot_phone(self):
        """Take the list, an order and the dashboard as a phone shows them."""
        self.page.resize(PHONE_WIDTH, HEIGHT)
        self.open("/odoo/back-orders", ".o_kanban_view .o_kanban_record")
        self.shoot("phone-list")
        order = story.get_order(self.server, "Grand Hotel Gadget")
        self.open(f"/odoo/orders/{order}", ".o_form_view [name=backorder_progress] .progress")
        self.mark("document.querySelector('.o_form_view div[name=backorder_progress]')")
        self.shoot("phone-order")
        self.open("/odoo/back-order-dashboard", ".o_backorder_dashboard [data-figure]")
        self.shoot("phone-dashboard")
        self.page.resize(WIDTH, HEIGHT)

    def shoot_portal(self):
        """Take what a customer sees of her order."""
        customer = self.server.as_user(PORTAL_LOGIN, PORTAL_LOGIN)
        order = story.get_order(self.server, "Hotel Bellevue")
        self.page.log_in(customer)
        self.open(f"/my/orders/{order}", "[name=backorders]")
        self.shoot("portal", height=700)
        self.page.log_in(self.server)
