"""The pages a tour opens, by the person who opens them. `{customer}` and `{complaint}` are rows of that person."""

from tests.browser.visitor import PHONE

REP, MANAGER, ADMIN = "lin@demo.keben.example", "manager@demo.keben.example", "admin@demo.keben.example"

TOUR: dict[str, tuple[str, ...]] = {
    REP: (
        "/",
        "/inbox/",
        "/customers/",
        "/customers/new/",
        "/customers/bin/",
        "/customers/leaving/",
        "/data-quality/",
        "/data-quality/files/?tab=missing",
        "/data-quality/files/?tab=mails",
        "/data-quality/verification/",
        "/data-quality/verification/{customer}/",
        "/data-quality/verification/{customer}/region/?how=visit",
        "/registrations/",
        "/customers/{customer}/",
        "/customers/{customer}/briefing/",
        "/customers/{customer}/edit/",
        "/customers/{customer}/origins/",
        "/customers/{customer}/field/region/",
        "/interactions/new/?customer={customer}",
        "/interactions/new/",
        "/orders/new/?customer={customer}",
        "/orders/",
        "/needs/",
        "/needs/new/?customer={customer}",
        "/products/",
        "/imports/",
        "/imports/new/",
        "/imports/columns/",
        "/follow-ups/",
        "/follow-ups/calendar/",
        "/follow-ups/calendar/?view=month",
        "/follow-ups/calendar/?view=agenda",
        "/follow-ups/new/?customer={customer}",
        "/attachments/",
        "/attachments/bin/",
        "/attachments/new/?on=customer&row={customer}",
        "/customers/duplicates/",
        "/originals/",
        "/originals/new/?customer={customer}",
        "/customers/{customer}/relations/new/",
        "/feedback/complaints/",
        "/feedback/complaints/new/?customer={customer}",
        "/feedback/complaints/{complaint}/",
        "/segmentation/",
        "/segmentation/warnings/",
        "/segmentation/warnings/board/",
        "/segmentation/second-purchase/",
        "/follow-ups/effect/",
        "/team/",
        "/profile/",
        "/phone/",
        "/help/",
        "/help/sales/",
        "/styleguide/",
        "/nowhere/",
    ),
    MANAGER: (
        "/assign/",
        "/duties/",
        "/duties/new/",
        "/appraisals/",
        "/appraisals/new/",
        "/reviews/",
        "/reviews/new/",
        "/customers/merges/",
        "/customers/export/",
        "/incoming/",
        "/orders/export/",
        "/",
        "/customers/?view=all",
        "/data-quality/",
        "/data-quality/reviews/",
        "/settings/plans/calendar/",
        "/settings/plans/numbers/",
        "/settings/numbers/sign-in/",
        "/settings/numbers/limits/",
        "/settings/numbers/kept/",
        "/settings/numbers/work/",
        "/settings/questions/",
        "/settings/questions/new/",
        "/segmentation/",
        "/segmentation/?span=quarter",
        "/segmentation/purchases/",
        "/segmentation/purchases/?grain=month",
        "/segmentation/preferences/",
        "/segmentation/channels/",
        "/segmentation/channels/?span=own",
        "/segmentation/channels/customers/",
        "/segmentation/costs/",
        "/segmentation/costs/customers/",
        "/segmentation/costs/entries/",
        "/segmentation/costs/entries/new/?of=channel",
        "/segmentation/costs/settings/",
        "/segmentation/effect/",
        "/segmentation/effect/?figure=complained",
        "/segmentation/effect/customers/",
        "/segmentation/warnings/",
        "/segmentation/warnings/board/?column=lost",
        "/segmentation/warnings/results/",
        "/segmentation/may-become/",
        "/segmentation/retention/",
        "/segmentation/rules/b2c/preview/?version=1",
        "/segmentation/rules/preview/customers/?scheme=b2c&version=1&tab=all",
        "/segmentation/rules/",
        "/segmentation/rules/causes/",
        "/segmentation/rules/causes/new/",
        "/segmentation/rules/b2b/edit/",
        "/segmentation/rules/b2b/policies/?tier=A",
        "/segmentation/rules/b2b/policies/new/offer/",
        "/follow-ups/effect/?span=3",
        "/follow-ups/effect/activities/?month=2026-09:2026-11",
        "/team/",
        "/settings/health/",
    ),
    ADMIN: (
        "/",
        "/first-run/",
        "/settings/",
        "/settings/company/",
        "/settings/company/kinds/",
        "/settings/channels/",
        "/settings/incoming/",
        "/settings/incoming/new/",
        "/settings/verification/",
        "/settings/verification/stewards/new/",
        "/settings/channels/new/",
        "/settings/channels/1/edit/",
        "/settings/channels/1/merge/",
        "/settings/industries/",
        "/settings/company-sizes/",
        "/settings/market-standings/",
        "/settings/income-bands/",
        "/settings/decision-styles/",
        "/settings/relations/",
        "/settings/catalogues/relation_kind/new/",
        "/settings/catalogues/industry/new/",
        "/settings/catalogues/company_size/1/edit/",
        "/settings/catalogues/market_standing/1/merge/",
        "/settings/forms/",
        "/settings/forms/new/",
        "/settings/own-fields/",
        "/settings/own-fields/new/",
        "/settings/own-fields/new/?kind=choice",
        "/settings/tags/",
        "/settings/tags/new/",
        "/settings/tags/1/edit/",
        "/settings/tags/1/merge/",
        "/settings/required-fields/",
        "/settings/pool/",
        "/settings/allocation/",
        "/settings/allocation/new/",
        "/settings/required-fields/company/",
        "/settings/complaints/",
        "/settings/files/",
        "/settings/complaints/high/",
        "/settings/calendar/?year=2027",
        "/settings/calendar/week/",
        "/settings/calendar/import/",
        "/settings/calendar/2026-12-24/",
        "/settings/users/",
        "/settings/users/add/",
        "/settings/roles/",
        "/settings/masking/",
        "/settings/audit/",
        "/settings/health/",
        "/settings/backup/",
        "/settings/start-over/",
    ),
}
EXPECTED = {"/nowhere/": 404}


def rows_of(site: object) -> dict[str, str]:
    """Ids of a customer with history and of an open complaint of the touring rep."""
    code = (
        "from customers.models import Customer; from feedback.models import Complaint; "
        f"mine = Customer.objects.filter(owner__email='{REP}', kind='company'); "
        "c = mine.order_by('-facts__touches', 'pk')[0]; "
        f"p = Complaint.objects.filter(customer__owner__email='{REP}').order_by('pk').first(); "
        "print('ROWS', c.pk, p.pk if p else 0)"
    )
    words = site.manage("shell", "-v0", "-c", code).split("ROWS", 1)[1].split()
    return {"customer": words[0], "complaint": words[1]}


def fault_of(visitor: object, path: str, accessible: bool = True) -> list[str]:
    """What is wrong with one page as it stands; `accessible`: axe looks too, which takes as long as all the rest."""
    faults = []
    wanted = EXPECTED.get(path, 200)
    status = visitor.open(path)
    if status != wanted:
        faults.append(f"status {status}")
    if visitor.overflow() > 0:
        faults.append(f"{visitor.overflow()} px wider than {visitor.width}")
    if visitor.width == PHONE and path != "/styleguide/":  # it shows the parts for every screen
        faults += visitor.small_targets()[:3]
    if accessible:
        faults += visitor.axe()
    heads = visitor.page.locator("h1").count()
    if heads != 1:
        faults.append(f"{heads} h1")
    return [f"{path} {visitor.language} {visitor.theme} {visitor.width}: {fault}" for fault in faults]


def tour(visitor: object, paths: tuple[str, ...], rows: dict[str, str], turn: int | None = None) -> list[str]:
    """All faults of `paths` for one visitor, console errors included (a 404 page reports itself).

    `turn`, 0 or 1: axe looks at every other page, at those in between in the other turn.
    """
    found: list[str] = []
    for n, path in enumerate(paths):
        if "{complaint}" in path and rows["complaint"] == "0":
            continue
        found += fault_of(visitor, path.format(**rows), accessible=turn in (None, n % 2))
    found += [fault for fault in visitor.faults if "/nowhere/" not in fault]
    visitor.faults.clear()
    return found
