"""Every invoice so far gets its one line; from here on the database holds that money adds up, to the cent."""

from django.db import migrations

FILL = """
INSERT INTO billing_invoiceline
    (id, invoice_id, position, what, amount, approved, credited, held, submitted_on, contest_by, due_on)
SELECT gen_random_uuid(), id, 1, CASE kind WHEN 'fee' THEN 'Fee for a late end' ELSE 'Approved work' END,
       amount, amount, 0, 0, issued_on, issued_on + 10, due_on
FROM billing_invoice;
"""
FORWARD = """
CREATE FUNCTION billing_invoice_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which uuid;
    asked numeric;
    listed numeric;
    taken numeric;
    noted numeric;
    given numeric;
BEGIN
    IF TG_TABLE_NAME = 'billing_invoice' THEN
        which := NEW.id;
    ELSIF TG_TABLE_NAME = 'billing_creditnoteline' THEN
        SELECT invoice_id INTO which FROM billing_invoiceline WHERE id = NEW.line_id;
    ELSE
        which := NEW.invoice_id;
    END IF;
    SELECT amount INTO asked FROM billing_invoice WHERE id = which;
    SELECT COALESCE(SUM(amount), 0), COALESCE(SUM(credited + held), 0) INTO listed, taken
        FROM billing_invoiceline WHERE invoice_id = which;
    SELECT COALESCE(SUM(note.amount), 0) INTO noted FROM billing_creditnoteline note
        JOIN billing_invoiceline line ON line.id = note.line_id WHERE line.invoice_id = which;
    SELECT COALESCE(SUM(part.amount), 0) INTO given FROM billing_paymentallocation part
        JOIN billing_payment payment ON payment.id = part.payment_id
        WHERE part.invoice_id = which AND payment.denied_at IS NULL;
    IF listed <> asked THEN
        RAISE EXCEPTION 'the lines of an invoice come to %, not to %', listed, asked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_lines_add_up';
    END IF;
    IF given + taken > asked THEN
        RAISE EXCEPTION 'payments and credits of % exceed the invoice of %', given + taken, asked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_not_overpaid';
    END IF;
    IF noted <> (SELECT COALESCE(SUM(credited), 0) FROM billing_invoiceline WHERE invoice_id = which) THEN
        RAISE EXCEPTION 'the credit notes of an invoice come to %', noted
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_credits_add_up';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER invoice_adds_up AFTER INSERT OR UPDATE OF amount ON billing_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_invoice_adds_up();
CREATE CONSTRAINT TRIGGER invoice_line_adds_up AFTER INSERT OR UPDATE OF amount, credited, held ON billing_invoiceline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_invoice_adds_up();
CREATE CONSTRAINT TRIGGER credit_note_line_adds_up AFTER INSERT OR UPDATE ON billing_creditnoteline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_invoice_adds_up();
"""
BACKWARD = """
DROP TRIGGER credit_note_line_adds_up ON billing_creditnoteline;
DROP TRIGGER invoice_line_adds_up ON billing_invoiceline;
DROP TRIGGER invoice_adds_up ON billing_invoice;
DROP FUNCTION billing_invoice_adds_up();
"""
# An allocation is checked at once: a payment that was denied does not count, a credit does.
AT_ONCE = """
CREATE OR REPLACE FUNCTION billing_allocation_within_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked numeric;
    given numeric;
BEGIN
    SELECT amount INTO asked FROM billing_invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;
    SELECT asked - COALESCE(SUM(credited), 0) INTO asked FROM billing_invoiceline WHERE invoice_id = NEW.invoice_id;
    SELECT COALESCE(SUM(part.amount), 0) INTO given FROM billing_paymentallocation part
        JOIN billing_payment payment ON payment.id = part.payment_id
        WHERE part.invoice_id = NEW.invoice_id AND payment.denied_at IS NULL;
    IF given > asked THEN
        RAISE EXCEPTION 'payments of % exceed the invoice of %', given, asked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_allocation_within_invoice';
    END IF;
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_invoices_in_full")]
    operations = [
        migrations.RunSQL(FILL, "DELETE FROM billing_invoiceline"),
        migrations.RunSQL(FORWARD, BACKWARD),
        # Going back leaves the stricter check in place: it refuses nothing that the older one allowed.
        migrations.RunSQL(AT_ONCE, migrations.RunSQL.noop),
    ]
