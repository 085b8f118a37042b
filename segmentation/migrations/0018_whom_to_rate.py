"""Whose scores a night computes: what was written of them is noted by triggers, what only days bring is kept by day.

The triggers of orders, interactions, files and tiers by hand work once a statement, so that an import pays little;
those of facts and warnings look at each row, since the night itself writes many of them and none of what it reads.
"""

from django.db import migrations, models

NOTES = """
CREATE OR REPLACE FUNCTION segmentation_note_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A return moves what its purchase counts for, whoever brought it back.
    IF TG_OP = 'INSERT' THEN
        INSERT INTO segmentation_torate (customer_id)
        SELECT customer_id FROM came WHERE customer_id IS NOT NULL
        UNION
        SELECT o.customer_id FROM came JOIN sales_order o ON o.id = came.return_of_id WHERE o.customer_id IS NOT NULL;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO segmentation_torate (customer_id)
        SELECT customer_id FROM went WHERE customer_id IS NOT NULL
        UNION
        SELECT o.customer_id FROM went JOIN sales_order o ON o.id = went.return_of_id WHERE o.customer_id IS NOT NULL;
    ELSE
        INSERT INTO segmentation_torate (customer_id)
        SELECT customer_id FROM went WHERE customer_id IS NOT NULL
        UNION
        SELECT customer_id FROM came WHERE customer_id IS NOT NULL
        UNION
        SELECT o.customer_id
        FROM (SELECT return_of_id FROM went UNION SELECT return_of_id FROM came) b
        JOIN sales_order o ON o.id = b.return_of_id WHERE o.customer_id IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION segmentation_note_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The night knows whose facts it makes itself (sql/facts.sql).
    IF current_setting('segmentation.at_night', TRUE) = '1' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO segmentation_torate (customer_id) SELECT DISTINCT customer_id FROM came;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO segmentation_torate (customer_id) SELECT DISTINCT customer_id FROM went;
    ELSE
        INSERT INTO segmentation_torate (customer_id)
        SELECT customer_id FROM went UNION SELECT customer_id FROM came;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION segmentation_note_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO segmentation_torate (customer_id) SELECT id FROM came;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION segmentation_note_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO segmentation_torate (customer_id) VALUES (NEW.customer_id);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION segmentation_note_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The night knows what it opens and closes itself (sql/cases.sql).
    IF current_setting('segmentation.at_night', TRUE) = '1' THEN
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO segmentation_torate (customer_id) VALUES (OLD.customer_id);
    ELSE
        INSERT INTO segmentation_torate (customer_id) VALUES (NEW.customer_id);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER scores_note_new AFTER INSERT ON sales_order
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION segmentation_note_orders();
CREATE TRIGGER scores_note_changed AFTER UPDATE ON sales_order
    REFERENCING OLD TABLE AS went NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION segmentation_note_orders();
CREATE TRIGGER scores_note_gone AFTER DELETE ON sales_order
    REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION segmentation_note_orders();

CREATE TRIGGER scores_note_new AFTER INSERT ON customers_interaction
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION segmentation_note_rows();
CREATE TRIGGER scores_note_changed AFTER UPDATE ON customers_interaction
    REFERENCING OLD TABLE AS went NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION segmentation_note_rows();
CREATE TRIGGER scores_note_gone AFTER DELETE ON customers_interaction
    REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION segmentation_note_rows();

CREATE TRIGGER scores_note_new AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION segmentation_note_files();
CREATE TRIGGER scores_note_changed AFTER UPDATE ON customers_customer
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION segmentation_note_files();

CREATE TRIGGER scores_note_new AFTER INSERT ON segmentation_tieroverride
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION segmentation_note_rows();
CREATE TRIGGER scores_note_changed AFTER UPDATE ON segmentation_tieroverride
    REFERENCING OLD TABLE AS went NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION segmentation_note_rows();
CREATE TRIGGER scores_note_gone AFTER DELETE ON segmentation_tieroverride
    REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION segmentation_note_rows();

CREATE TRIGGER scores_note_new AFTER INSERT ON customers_customerfacts
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION segmentation_note_rows();
CREATE TRIGGER scores_note_changed AFTER UPDATE ON customers_customerfacts FOR EACH ROW
    WHEN ((OLD.last_contact_at, OLD.contact_every_days, OLD.open_complaints, OLD.complaints_on, OLD.last_csat,
           OLD.last_nps, OLD.qualification)
          IS DISTINCT FROM (NEW.last_contact_at, NEW.contact_every_days, NEW.open_complaints, NEW.complaints_on,
                            NEW.last_csat, NEW.last_nps, NEW.qualification))
    EXECUTE FUNCTION segmentation_note_row();

CREATE TRIGGER scores_note_new_or_gone AFTER INSERT OR DELETE ON segmentation_churncase FOR EACH ROW
    EXECUTE FUNCTION segmentation_note_case();
CREATE TRIGGER scores_note_changed AFTER UPDATE ON segmentation_churncase FOR EACH ROW
    WHEN ((OLD.closed_at, OLD.closed_on, OLD.closed_by_id, OLD.opened_on)
          IS DISTINCT FROM (NEW.closed_at, NEW.closed_on, NEW.closed_by_id, NEW.opened_on))
    EXECUTE FUNCTION segmentation_note_case();
"""
NO_NOTES = """
DROP TRIGGER scores_note_new ON sales_order;
DROP TRIGGER scores_note_changed ON sales_order;
DROP TRIGGER scores_note_gone ON sales_order;
DROP TRIGGER scores_note_new ON customers_interaction;
DROP TRIGGER scores_note_changed ON customers_interaction;
DROP TRIGGER scores_note_gone ON customers_interaction;
DROP TRIGGER scores_note_new ON customers_customer;
DROP TRIGGER scores_note_changed ON customers_customer;
DROP TRIGGER scores_note_new ON segmentation_tieroverride;
DROP TRIGGER scores_note_changed ON segmentation_tieroverride;
DROP TRIGGER scores_note_gone ON segmentation_tieroverride;
DROP TRIGGER scores_note_new ON customers_customerfacts;
DROP TRIGGER scores_note_changed ON customers_customerfacts;
DROP TRIGGER scores_note_new_or_gone ON segmentation_churncase;
DROP TRIGGER scores_note_changed ON segmentation_churncase;
DROP FUNCTION segmentation_note_orders, segmentation_note_rows, segmentation_note_files, segmentation_note_row,
    segmentation_note_case;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("segmentation", "0017_retention"),
        ("customers", "0033_rated_order"),
        ("sales", "0006_revisits_from"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScoreLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField()),
                ("day", models.DateField()),
                ("rules", models.CharField(max_length=64)),
                ("whole_on", models.DateField()),
                ("fit_refused_on", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ToRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="RateOn",
            fields=[
                ("customer_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("on", models.DateField()),
            ],
            options={"indexes": [models.Index(fields=["on"], name="rate_on_day")]},
        ),
        migrations.RunSQL(NOTES, NO_NOTES),
    ]
