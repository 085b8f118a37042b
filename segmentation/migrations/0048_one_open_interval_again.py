"""A customer has one open interval: 0039 took an index of the column away, and Django this one along, which is of the
same column. New companies have it from `0001_squashed_0047_decides_on`.
"""

from django.db import migrations

# The nights keep to it by themselves; where they ever didn't, what is open longest ends before the next one begins.
AGAIN = """
UPDATE segmentation_scoreinterval i SET valid_to = later.begins - 1
FROM (SELECT customer_id, valid_from, lead(valid_from) OVER (PARTITION BY customer_id ORDER BY valid_from) AS begins
      FROM segmentation_scoreinterval) later
WHERE i.valid_to IS NULL AND later.customer_id = i.customer_id AND later.valid_from = i.valid_from
  AND later.begins IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
CREATE UNIQUE INDEX IF NOT EXISTS one_open_interval ON segmentation_scoreinterval (customer_id) WHERE valid_to IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("segmentation", "0047_decides_on"),
    ]

    operations = [
        migrations.RunSQL(AGAIN, migrations.RunSQL.noop),
    ]
