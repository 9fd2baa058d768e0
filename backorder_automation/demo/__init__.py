"""What only the demo data loads: nothing else imports it."""
