"""Mail a customer in a neutralised copy: nothing leaves. Run in Odoo's shell."""

from unittest.mock import patch

order = env["sale.order"].search([("name", "=", "LIFECYCLE PAUSED")])  # noqa: F821  the shell's
order.partner_id.email = "customer@example.com"
order.company_id.write({"backorder_mail_held": True, "backorder_mail_released": True})
template = env.ref("backorder_automation.mail_template_backorder_held")  # noqa: F821
with patch("smtplib.SMTP.connect", side_effect=OSError("nowhere")) as connect:
    mail = env["mail.mail"].browse(template.send_mail(order.id))  # noqa: F821
    mail.send(auto_commit=False)
assert mail.exists().state == "exception", "a mail left"
hosts = {call.args[0] for call in connect.call_args_list if call.args}
assert hosts <= {"invalid"}, hosts
print("no mail left")
env.cr.rollback()  # noqa: F821
