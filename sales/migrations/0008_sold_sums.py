"""What people's customers bought in a month, added up: whose figures are to be added up again is noted by triggers.

Orders are noted once a statement, so that an import pays little; of files and changes of owner only those count that
move an order from one person to another, which the condition of the trigger says.
"""

from django.db import migrations, models

NOTES = """
CREATE FUNCTION sales_note_orders() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    since date := COALESCE((SELECT max(month) FROM sales_soldsince), '-infinity');
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO sales_tosum (customer_id)
        SELECT DISTINCT customer_id FROM went WHERE customer_id IS NOT NULL AND ordered_on >= since;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO sales_tosum (customer_id)
        SELECT DISTINCT customer_id FROM came WHERE customer_id IS NOT NULL AND ordered_on >= since;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sales_note_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sales_tosum (customer_id) VALUES (NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION sales_note_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO sales_tosum (customer_id) VALUES (OLD.customer_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO sales_tosum (customer_id) VALUES (NEW.customer_id);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER sums_note_new AFTER INSERT ON sales_order
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION sales_note_orders();
CREATE TRIGGER sums_note_changed AFTER UPDATE ON sales_order
    REFERENCING OLD TABLE AS went NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION sales_note_orders();
CREATE TRIGGER sums_note_gone AFTER DELETE ON sales_order
    REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION sales_note_orders();

CREATE TRIGGER sums_note_changed AFTER UPDATE ON customers_customer FOR EACH ROW
    WHEN ((OLD.owner_id, OLD.deleted_at) IS DISTINCT FROM (NEW.owner_id, NEW.deleted_at))
    EXECUTE FUNCTION sales_note_file();

-- Who got a customer out of the pool takes nothing from anybody.
CREATE TRIGGER sums_note_new AFTER INSERT ON customers_ownerchange FOR EACH ROW
    WHEN (NEW.from_user_id IS NOT NULL) EXECUTE FUNCTION sales_note_owner();
CREATE TRIGGER sums_note_changed AFTER UPDATE ON customers_ownerchange FOR EACH ROW
    WHEN (COALESCE(OLD.from_user_id, NEW.from_user_id) IS NOT NULL
          AND (OLD.customer_id, OLD.at, OLD.from_user_id) IS DISTINCT FROM (NEW.customer_id, NEW.at, NEW.from_user_id))
    EXECUTE FUNCTION sales_note_owner();
CREATE TRIGGER sums_note_gone AFTER DELETE ON customers_ownerchange FOR EACH ROW
    WHEN (OLD.from_user_id IS NOT NULL) EXECUTE FUNCTION sales_note_owner();
"""
NO_NOTES = """
DROP TRIGGER sums_note_new ON sales_order;
DROP TRIGGER sums_note_changed ON sales_order;
DROP TRIGGER sums_note_gone ON sales_order;
DROP TRIGGER sums_note_changed ON customers_customer;
DROP TRIGGER sums_note_new ON customers_ownerchange;
DROP TRIGGER sums_note_changed ON customers_ownerchange;
DROP TRIGGER sums_note_gone ON customers_ownerchange;
DROP FUNCTION sales_note_orders, sales_note_file, sales_note_owner;
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0007_night_covers"), ("customers", "0038_next_purchase")]

    operations = [
        migrations.CreateModel(
            name="SoldSince",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="ToSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="SoldShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.BigIntegerField()),
                ("seller", models.BigIntegerField()),
                ("month", models.DateField()),
                ("net", models.BigIntegerField()),
                ("purchases", models.IntegerField()),
                ("orders", models.IntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["customer_id", "month", "seller"], name="sold_share_once")
                ]
            },
        ),
        migrations.CreateModel(
            name="SoldSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seller", models.BigIntegerField()),
                ("month", models.DateField()),
                ("net", models.BigIntegerField()),
                ("purchases", models.IntegerField()),
                ("orders", models.IntegerField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["seller", "month"], name="sold_sum_once")]},
        ),
        migrations.RunSQL(NOTES, NO_NOTES),
    ]
