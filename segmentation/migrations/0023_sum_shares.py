"""What the sums count of each customer is kept, so that a night of few need not ask for everybody's; and who is deleted
for good is noted."""

from django.db import migrations, models

NOTES = """
CREATE OR REPLACE FUNCTION segmentation_note_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO segmentation_torate (customer_id) SELECT id FROM went;
    RETURN NULL;
END $$;
CREATE TRIGGER scores_note_gone AFTER DELETE ON customers_customer
    REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION segmentation_note_gone();
"""
NO_NOTES = """
DROP TRIGGER scores_note_gone ON customers_customer;
DROP FUNCTION segmentation_note_gone;
"""


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0022_rule_previews")]

    operations = [
        migrations.CreateModel(
            name="SumShare",
            fields=[
                ("customer_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("owner_id", models.BigIntegerField(null=True)),
                ("team_id", models.BigIntegerField(null=True)),
                ("channel_id", models.BigIntegerField(null=True)),
                ("tier_scheme", models.CharField(max_length=3)),
                ("tier", models.CharField(max_length=20)),
                ("tier_before", models.CharField(max_length=20)),
                ("lifecycle", models.CharField(max_length=10)),
                ("warning", models.CharField(max_length=6)),
                ("scored", models.BooleanField()),
                ("purchases", models.PositiveSmallIntegerField()),
                ("revenue", models.BigIntegerField()),
                ("month_revenue", models.BigIntegerField()),
                ("amount_class", models.CharField(max_length=5)),
                ("potential", models.CharField(max_length=4)),
            ],
        ),
        migrations.RunSQL(NOTES, NO_NOTES),
    ]
