"""The one table of the apps: what each gives to the whole stands in its `contributes.py`."""

from importlib import import_module

from core.contributions import install

# In this order menus are equal, jobs run where they name no other, and handlers are called.
APPS = (
    "core",
    "accounts",
    "intake",
    "customers",
    "sales",
    "segmentation",
    "followups",
    "feedback",
    "responsibility",
    "workbench",
)


def connect() -> None:
    """Called once when the project starts and the models of all apps are ready."""
    install(import_module(f"{app}.contributes").CONTRIBUTION for app in APPS)
