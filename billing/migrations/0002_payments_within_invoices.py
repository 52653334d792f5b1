"""An invoice is never paid more than it asks for: held by the database."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION billing_allocation_within_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked numeric;
    given numeric;
BEGIN
    SELECT amount INTO asked FROM billing_invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;
    SELECT COALESCE(SUM(amount), 0) INTO given FROM billing_paymentallocation WHERE invoice_id = NEW.invoice_id;
    IF given > asked THEN
        RAISE EXCEPTION 'payments of % exceed the invoice of %', given, asked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_allocation_within_invoice';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER payment_allocation_within_invoice
    AFTER INSERT OR UPDATE ON billing_paymentallocation
    FOR EACH ROW EXECUTE FUNCTION billing_allocation_within_invoice();
"""
BACKWARD = """
DROP TRIGGER payment_allocation_within_invoice ON billing_paymentallocation;
DROP FUNCTION billing_allocation_within_invoice();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_invoices_and_payments")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
