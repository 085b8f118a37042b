"""The one table of the apps: what each gives to the whole stands in its `contributes.py`.

In this order menus are equal, jobs run where they name no other, and handlers are called.
"""

from accounts.contributes import CONTRIBUTION as ACCOUNTS
from core.contributes import CONTRIBUTION as CORE
from core.contributions import install
from customers.contributes import CONTRIBUTION as CUSTOMERS
from feedback.contributes import CONTRIBUTION as FEEDBACK
from followups.contributes import CONTRIBUTION as FOLLOWUPS
from intake.contributes import CONTRIBUTION as INTAKE
from sales.contributes import CONTRIBUTION as SALES
from segmentation.contributes import CONTRIBUTION as SEGMENTATION
from workbench.contributes import CONTRIBUTION as WORKBENCH

CONTRIBUTIONS = (CORE, ACCOUNTS, INTAKE, CUSTOMERS, SALES, SEGMENTATION, FOLLOWUPS, FEEDBACK, WORKBENCH)


def connect() -> None:
    """Called once when the project starts."""
    install(CONTRIBUTIONS)
