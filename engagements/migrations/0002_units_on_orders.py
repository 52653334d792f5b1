"""A line's `committed` is kept by the database: the units on orders that are not cancelled."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION engagements_order_line_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP IN ('UPDATE', 'DELETE') THEN
    UPDATE engagements_engagementline SET committed = committed - OLD.units
    WHERE id = OLD.line_id
      AND EXISTS (SELECT 1 FROM engagements_workorder WHERE id = OLD.work_order_id AND status <> 'cancelled');
  END IF;
  IF TG_OP IN ('INSERT', 'UPDATE') THEN
    UPDATE engagements_engagementline SET committed = committed + NEW.units
    WHERE id = NEW.line_id
      AND EXISTS (SELECT 1 FROM engagements_workorder WHERE id = NEW.work_order_id AND status <> 'cancelled');
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER order_line_moved AFTER INSERT OR DELETE OR UPDATE OF units, line_id, work_order_id
ON engagements_workorderline FOR EACH ROW EXECUTE FUNCTION engagements_order_line_moved();

CREATE FUNCTION engagements_order_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE engagements_engagementline line
  SET committed = line.committed + CASE WHEN NEW.status = 'cancelled' THEN -each.units ELSE each.units END
  FROM (SELECT line_id, units FROM engagements_workorderline WHERE work_order_id = NEW.id ORDER BY line_id) each
  WHERE line.id = each.line_id;
  RETURN NULL;
END $$;

CREATE TRIGGER order_ended AFTER UPDATE OF status ON engagements_workorder FOR EACH ROW
WHEN ((OLD.status = 'cancelled') IS DISTINCT FROM (NEW.status = 'cancelled'))
EXECUTE FUNCTION engagements_order_ended();
"""

BACKWARD = """
DROP TRIGGER order_ended ON engagements_workorder;
DROP FUNCTION engagements_order_ended();
DROP TRIGGER order_line_moved ON engagements_workorderline;
DROP FUNCTION engagements_order_line_moved();
"""


class Migration(migrations.Migration):
    dependencies = [("engagements", "0001_jobs_orders_offers")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
