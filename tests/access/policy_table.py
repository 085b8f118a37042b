"""The table "People" of the domain pages, typed in by hand: the oracle of the access matrix.

Deliberately not derived from what the apps contribute: the two must agree (test_policy_equals_the_domain_table), and
the matrix asks this one. `change` of the domain table includes add and delete; it is spelled out here.
"""

ROLES = ("rep", "team_lead", "manager", "service_agent", "auditor", "administrator", "owner")

RECORDS = "customer contact interaction order follow_up reminder"
WRITE = "add change delete"

# resources                actions           rep  lead manager agent auditor administrator owner
TABLE = """
customer contact interaction order follow_up reminder
                         | view            | own  team team  all  all  all  all
customer contact order follow_up reminder
                         | change delete   | own  team team  own  -    all  all
interaction              | delete          | own  team team  own  -    all  all
customer contact follow_up reminder
                         | add             | own  team team  own  -    all  all
interaction              | change          | -    team team  -    -    all  all
interaction order        | add             | own  team team  all  -    all  all
consent                  | view            | own  team team  all  all  all  all
consent                  | add             | own  team team  all  -    all  all
message                  | view            | own  team team  all  all  all  all
message                  | add             | own  team team  all  -    all  all
message                  | change          | own  team team  own  -    all  all
message                  | assign          | -    -    team  -    -    all  all
incoming                 | view            | own  team team  all  all  all  all
incoming                 | change          | own  team team  own  -    all  all
incoming                 | assign          | -    -    all   all  -    all  all
template                 | view            | all  all  all   all  all  all  all
template                 | add change      | -    -    all   -    -    all  all
need                     | view            | own  team team  all  all  all  all
need                     | add             | own  team team  all  -    all  all
need                     | change          | own  team team  own  -    all  all
relation                 | view            | own  team team  all  all  all  all
relation                 | add change delete | own team team own  -    all  all
registration             | view            | own  team team  all  all  all  all
registration             | change          | own  team team  own  -    all  all
review                   | view            | -    team team  -    all  all  all
review                   | change          | -    team team  -    -    all  all
original                 | view            | own  team team  all  all  all  all
original                 | add change delete | own team team own  -    all  all
attachment               | view            | own  team team  all  all  all  all
attachment               | add             | own  team team  all  -    all  all
attachment               | change delete   | own  team team  own  -    all  all
complaint                | view            | own  team team  all  all  all  all
complaint                | add change      | own  team team  all  -    all  all
complaint                | delete          | -    team team  -    -    all  all
score                    | view            | own  team team  all  all  all  all
tier_override            | view            | own  team team  all  all  all  all
tier_override            | change          | -    -    team  -    -    all  all
warning                  | view            | own  team team  all  all  all  all
warning                  | change          | own  team team  own  -    all  all
qualification            | view            | own  team team  all  all  all  all
qualification            | change          | own  team team  own  -    all  all
cost                     | view            | own  team team  -    all  all  all
cost                     | change          | own  team team  -    -    all  all
dashboard                | view            | own  team team  own  all  all  all
segment                  | view            | all  all  all   all  all  all  all
segment                  | add change      | own  team team  own  -    all  all
saved_view               | view            | all  all  all   all  all  all  all
saved_view               | add change      | own  team team  own  own  all  all
target                   | view            | own  team team  own  all  all  all
target                   | add change delete | -  -    team  -    -    all  all
duty                     | view            | own  team team  own  all  all  all
duty                     | change          | -    -    all   -    -    all  all
appraisal                | view            | own  team team  own  all  all  all
appraisal                | add change      | -    team team  -    -    all  all
appraisal                | reward          | -    -    team  -    -    all  all
system_review            | view            | -    all  all   -    all  all  all
system_review            | change          | -    -    all   -    -    all  all
tier_rule plan_rule      | view            | all  all  all   all  all  all  all
tier_rule plan_rule      | change          | -    -    all   -    -    all  all
product tag channel catalogue | view       | all  all  all   all  all  all  all
product                  | add change      | -    -    all   -    -    all  all
tag channel catalogue    | add change delete | -  -    all   -    -    all  all
customer                 | merge           | -    team team  -    -    all  all
customer                 | assign          | -    team team  -    -    all  all
customer                 | claim           | all  all  all   all  -    all  all
customer                 | purge           | -    -    -     -    -    all  all
customer                 | receive         | own  -    -     -    -    -    -
complaint                | handle          | -    -    -     own  -    -    -
dashboard                | appear          | own  own  -     -    -    -    -
device                   | remember        | own  -    -     -    -    -    -
import                   | add             | own  team team  -    -    all  all
import                   | view            | own  own  own   -    -    all  all
customer order follow_up complaint warning tier_override attachment original qualification cost need
                         | export          | -    team team  -    -    all  all
product                  | export          | -    all  all   -    -    all  all
audit                    | view            | -    -    -     -    all  all  all
audit                    | export          | -    -    -     -    all  -    -
customer                 | reveal          | -    -    -     -    -    all  all
customer                 | disclose        | -    -    -     -    -    all  all
user team                | view            | team team team  all  all  all  all
user team                | add change      | -  -    -     -    -    all  all
role                     | view            | -    -    all   -    all  all  all
setting                  | view            | -    -    team  -    all  all  all
role setting             | change          | -    -    -     -    -    all  all
setting                  | delete          | -    -    -     -    -    all  all
role                     | govern          | -    -    -     -    -    -    all
health                   | view            | -    -    all   -    all  all  all
health                   | change          | -  -    -     -    -    all  all
notification             | view change     | own  own  own   own  own  own  own
"""

# Field masking: role -> how phone, e-mail and address of own / team / other customers are read.
MASKS = {
    "rep": ("full", "full", "mask"),
    "team_lead": ("full", "full", "mask"),
    "manager": ("full", "full", "mask"),
    "service_agent": ("full", "mask", "mask"),
    "auditor": ("mask", "mask", "mask"),
    "administrator": ("mask", "mask", "mask"),
    "owner": ("full", "full", "full"),
}


def _lines() -> list[str]:
    """One line per row: a row whose resources fill a line of their own goes on in the next one."""
    joined = TABLE.replace("\n                         |", " |")
    return [line for line in joined.splitlines() if line.strip()]


def grants() -> dict[str, dict[str, str]]:
    """{role: {permission: scope}} as the table says."""
    table: dict[str, dict[str, str]] = {role: {} for role in ROLES}
    for line in _lines():
        resources, actions, scopes = (part.split() for part in line.split("|"))
        for role, scope in zip(ROLES, scopes, strict=True):
            if scope != "-":
                table[role] |= {f"{resource}.{action}": scope for resource in resources for action in actions}
    return table


GRANTS = grants()
