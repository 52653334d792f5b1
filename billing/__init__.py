"""The money: invoices and payments."""
