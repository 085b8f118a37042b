"""What an app gives to pages and jobs that belong to nobody, as data.

Each app says it once, in `<app>/contributes.py` as `CONTRIBUTION = Contribution(...)`; crm/wiring.py lists the apps and
installs them when the project starts. A page that shows things of many apps reads one family of the registry
(`registry().acts`) and never names who is in it: a further entity is its own folder and no change elsewhere.

What is to be read (`read`, `rows`) is put into SQL once per person and kept: core/composed.py says what it may use.

Modules named `contributes` load at every start. They import models, services and selectors; views and API classes
are named by their path, so that a worker or a command need not load them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol, TypeVar

Words = object  # a text, or one that is translated when it is shown
Rows = Any  # a queryset; nothing here knows Django

T = TypeVar("T")


@dataclass(frozen=True)
class Resource:
    """Something that permissions are about: `<code>.<action>`.

    `grants` says with what the built-in roles begin: role -> scope -> actions, written "view add change". The owner's
    role isn't named: it has what administrators and managers have (accounts/policy.py).
    `opens` tells of each action in a sentence what it opens; an action comes with the page or call that asks for it.
    """

    code: str
    word: Words  # in the plural, as the table of rights calls it
    grants: Mapping[str, Mapping[str, str]]
    order: int = 500  # its place in the table of rights
    opens: Mapping[str, Words] = field(default_factory=dict)

    def of_role(self, role: str) -> dict[str, str]:
        """{permission: scope} of one role."""
        given = self.grants.get(role, {})
        return {f"{self.code}.{action}": scope for scope, actions in given.items() for action in actions.split()}


@dataclass(frozen=True)
class CustomerAction:
    """Something to begin from a customer's page; the page gets `?customer=` with the id.

    The first one is the page's main button. `on_phone` says whether it stands there as a button; else in the menu.
    """

    label: Words
    page: str
    icon: str
    permission: str  # asked of this customer
    order: int = 50
    on_phone: bool = False
    key: str = ""  # shown beside the label
    action: str = ""  # the name under which the keyboard finds it


@dataclass(frozen=True)
class Folded:
    """The one line that is left of a card while it is folded: its heading, and its count or main figure."""

    title: Words
    brief: str = ""


@dataclass(frozen=True)
class CustomerPanel:
    """Something that a customer's page shows, in one `place` of it (PANEL_PLACES), by a template of its app.

    What it finds comes from `read(user)`, an expression on the customer's row that the page takes into its one query
    (composed once for a person, see core/composed.py: it looks nothing up itself), or from `load(user, customer)`,
    which asks for itself; both see only what `user` may, and panels that name the same function share what it found. A
    panel with both draws from the pair, what it loaded first.
    The page masks the customer, and the rows in a list that `load` gives.
    The template gets `customer` and `panel`: what `draw(user, customer, found)` returns, where that is None the page
    leaves the panel out. Without `draw` it is what was found, if anything.
    "question" stands above the figures, for what a person has to decide.
    The line of figures has room for six: those that `give_way` leave first.
    A card at the side that says how it is `folded(customer, panel)` stands folded on a phone.
    """

    key: str
    place: str
    template: str
    order: int = 50
    permission: str = ""  # without it nothing is read; the customer itself has been asked for already
    read: Callable[[Any], Any] | None = None
    load: Callable[[Any, Any], Any] | None = None
    draw: Callable[[Any, Any, Any], Any] | None = None
    gives_way: bool = False
    folded: Callable[[Any, Any], Folded] | None = None


PANEL_PLACES = ("tags", "question", "figures", "left", "middle", "right")


@dataclass(frozen=True)
class CustomerList:
    """A list that leads to customers: `place(request, customer, query)` says at which place of the list that `query`
    describes the customer stands, and of how many; None where that isn't known."""

    place: Callable[[Any, Any, str], tuple[str, str] | None]


@dataclass(frozen=True)
class TodayRow:
    """Something of one customer that waits for a person: `lead` is drawn before the text, the button leads to `url`."""

    customer: Any  # with its facts
    lead: Words
    text: str
    url: str
    label: Words
    spoken: str  # what the button says besides, to those who hear it: a number


@dataclass(frozen=True)
class TodaySection:
    """A part of a person's Today, between the planned contacts and the customers without a plan.

    `find(user, most)` gives the first rows and how many there are in all, in one query. `nothing` and `all_label` greet
    those who hold `works` when nothing waits and they have no customers of their own. Those who lead others see what
    waits for whom: `by_person(user)` counts it for the people in reach, in one query, under the heading `short`; the
    list narrows itself to a person by `owner`.
    """

    key: str
    title: Words
    css: str  # the colour of its rows in the bar: "fill-danger"
    page: str  # the list behind it
    query: str  # what that list is asked for: "tab=mine"
    find: Callable[[Any, int], tuple[Sequence[TodayRow], int]]
    works: str
    nothing: Words
    all_label: Words
    icon: str
    short: Words
    by_person: Callable[[Any], Iterable[tuple[int, str, int]]]  # id, name, how many
    order: int = 50


@dataclass(frozen=True)
class TodayCard:
    """A card beside a person's Today, by a template of its app.

    `read(user)` is an expression on the person's own row: what all cards read is one query, composed once for a person
    (core/composed.py). The template gets `card`, which is what `draw(user, found)` returns; where that is None the card
    is left out. `strip` is a template of a line that stands on top of the page as well, in the progress of the day.
    """

    key: str
    title: Words
    template: str
    order: int = 50
    permission: str = ""
    _: KW_ONLY
    read: Callable[[Any], Any]
    draw: Callable[[Any, Any], Any]
    strip: str = ""


@dataclass(frozen=True)
class TeamColumn:
    """A column at the end of the board of a team, by a template of its app.

    `figures(people, month)` gives the `figure` of each person for the template, for the ids of people whose figures the
    reader may see and the first of a month, in one query; who isn't in it has none.
    """

    key: str
    head: Words
    template: str
    figures: Callable[[Sequence[int], date], Mapping[int, Any]]
    order: int = 50


@dataclass(frozen=True)
class TierWork:
    """How much work a tier makes, for who thinks of other tiers.

    `every(scheme, kinds)` says of customers of these kinds, each (stage, tier, class of frequency, class of amount),
    after how many days one is contacted as a rule; a kind that nobody is to contact is left out. `own` is the way from
    a customer to the days that were set for that customer alone, which come before those of the kind.
    """

    every: Callable[[str, Iterable[tuple[str, str, str, str]]], Mapping[tuple[str, str, str, str], int]]
    own: str


@dataclass(frozen=True)
class TierFigure:
    """What an app above the scores counts of customers in a month, for the question whether tiering works.

    `fill(cursor, first, last)` writes (customer_id, code, n, hits) of these days into the table night_effect_given: so
    many things of a customer, and how many of them count. The figure is hits / n; `of_customers`: customers with one of
    them / all customers. `behind(first, last)` are the customers with at least one, and `listed` says that in words;
    `permission`: who may know. `compared_as`: for the comparison with a control, "complained" where things are
    complaints, "answered" where they are answers of which the satisfied count.
    """

    code: str
    label: Words
    note: Words
    listed: Words
    permission: str
    fill: Callable[[Any, date, date], None]
    behind: Callable[[date, date], Any]
    order: int = 50
    of_customers: bool = False
    compared_as: str = ""


@dataclass(frozen=True)
class ExportColumn:
    """A column of a list that goes out as a file (ui/exports.py).

    `value` gives text, a number, a day, a moment, yes or no, or None, of what the sheet drew, which is masked for its
    reader. `field`: the masked field that it shows; where the reader sees it of nobody the column is left out. `money`:
    the value is in minor units of the company's currency, which the head names.

    `key`: the column of the list that shows it; where columns of the list are chosen the file holds those, and what is
    `kept` all the same.
    """

    head: Words
    value: Callable[[Any], object]
    field: str = ""
    money: bool = False
    key: str = ""
    kept: bool = False


@dataclass(frozen=True)
class ExportPart:
    """Columns that an app adds to the file of a list below it or beside it.

    `load(user, rows)` finds by id, for up to 1,000 masked rows at once and in as many queries however many there are,
    what `columns` read; cells of a row that it doesn't name stay empty. `columns_of(user)` gives them instead where
    they aren't known before somebody asks.
    """

    export: str  # "customers"
    columns: tuple[ExportColumn, ...]
    load: Callable[[Any, Sequence[Any]], Mapping[int, Any]]
    permission: str = ""
    order: int = 50
    columns_of: Callable[[Any], tuple[ExportColumn, ...]] | None = None


@dataclass(frozen=True)
class SegmentEvents:
    """Something that happens with customers, so that segments can ask how often it did in so many days (docs/adr/0035).

    `rows()` gives the rows unscoped, without the recycle bin; `at` is their moment, `customer` their way to the
    customer. Who lacks `permission` on a customer doesn't count that one.
    """

    code: str
    word: Words  # what is counted: "number of complaints"
    permission: str
    rows: Callable[[], Rows]
    at: str
    customer: str = "customer"


@dataclass(frozen=True)
class CustomerFilter:
    """A parameter by which an app above narrows customers, in their collection of the API.

    `read(user, text)` makes of its text what `narrow(user, rows, value)` takes; ValueError says what is wrong with it.
    With a `label` lists of rows at customers have it too; `choices(user)` are offered there, and a value has `words`.
    """

    name: str
    words: str  # in the description of the API
    read: Callable[[Any, str], Any]
    narrow: Callable[[Any, Rows, Any], Rows]
    label: Words = ""
    choices: Callable[[Any], Sequence[tuple[str, Words]]] | None = None


@dataclass(frozen=True)
class Hit:
    """One thing that a search found, ready for its line.

    `exact`: just this was asked for, a number that was typed as a whole; its kind comes first.
    """

    url: str
    name: str
    small: Sequence[Words] = ()  # what stands below the name
    mark: Words = ""  # drawn before it: an avatar or an icon
    tag: Words = ""  # drawn at the end
    exact: bool = False


@dataclass(frozen=True)
class SearchSource:
    """A kind of things that the search knows (Ctrl+K, the search of every page).

    `find(user, text, most)` gives the first rows that `user` may see, the most exact ones first, in one query, and
    none without a query where the text can be no such thing. It looks by nothing that the person may not read. The page
    masks the rows before `draw(user, row, text)` makes their lines. Where there is more than a group shows, it leads to
    the list `page` with `?q=`, for who holds `page_right`. `begin(user, row)`: what may be begun with the first one.
    """

    key: str
    title: Words  # in the plural: "Orders"
    by: Words  # what may be typed to find one: "number"
    permission: str
    _: KW_ONLY
    find: Callable[[Any, str, int], Sequence[Any]]
    draw: Callable[[Any, Any, str], Hit]
    page: str = ""
    page_right: str = ""  # without it the permission of the source
    begin: Callable[[Any, Any], Sequence[Started]] | None = None
    order: int = 50


@dataclass(frozen=True)
class Started:
    """An act that the search offers with what it found: "Log activity", and whom with."""

    label: Words
    url: str
    icon: str
    name: str


@dataclass(frozen=True)
class MenuEntry:
    """One line of the menu. `badge` names a figure; `phone` = place 1-3 in the bottom bar of the phone.

    `also`: routes of further pages that belong to it, though their addresses don't begin with its own.
    """

    label: Words
    page: str  # the name of its route
    icon: str
    permission: str = ""
    group: str = "work"  # ui.nav.GROUPS
    order: int = 50
    badge: str = ""
    urgent: bool = False
    phone: int = 0
    phone_label: Words = ""
    key: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Begin:
    """Something to begin from anywhere: the "New" menu, the palette, the + of the phone (`primary`)."""

    label: Words
    page: str
    icon: str
    permission: str = ""
    order: int = 50
    key: str = ""
    primary: bool = False


class ImportKind(Protocol):
    """A kind of file that may be brought in (intake.kinds.Kind)."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> Words: ...


@dataclass(frozen=True)
class SharedCustomers:
    """Customers of others that a person works on as on their own: `find(user_id)` gives their ids."""

    find: Callable[[int], Iterable[int]]


@dataclass(frozen=True)
class HandledCustomers:
    """Customers of others whose case is in the hands of a person who holds the permission: read like own ones.

    `rule` says so in a sentence, on the page of masking.
    """

    permission: str
    find: Callable[[int], Iterable[int]]
    rule: Words


@dataclass(frozen=True)
class Holding:
    """What a person has in their hands, asked for when they are switched off.

    `count(reader, person)` is what the reader may hand over; `left(person)` is all of it, also out of that reach.
    `hand_over(person, heirs, by)` gives it to the heirs in turn, each its next; without heirs to nobody in particular.
    It is asked for in the order of the apps, in one transaction. `loads(ids)` says how many these people hold now.
    """

    name: str
    word: Words
    permission: str
    count: Callable[[Any, Any], int]
    left: Callable[[Any], int]
    hand_over: Callable[[Any, Sequence[Any], Any], object]
    loads: Callable[[Sequence[int]], Mapping[int, int]]


@dataclass(frozen=True)
class Badge:
    """A figure of the menu: how many rows wait for this person. All figures are counted in one query a page.

    The name "inbox" feeds the bell.
    """

    name: str
    rows: Callable[[Any], Rows]


@dataclass(frozen=True)
class SettingsCard:
    """A card of the page of settings: where it leads, what for, and who sees it.

    Its order also says in which section it stands (workbench/settings/views.py).
    """

    page: str
    title: Words
    text: Words
    icon: str
    permission: str
    order: int = 50


@dataclass(frozen=True)
class FirstStep:
    """A line of the list by which a new company begins: what to do, on which page, and whether it was done.

    Nobody ticks it off: `done()` gives an expression on the company's row that is true once the rows of the app show it
    (one query for all steps). `found()` says what is there, in words, once it is done.
    """

    key: str
    title: Words
    hint: Words
    page: str  # the name of the route where it is done
    action: Words  # what the button says
    icon: str
    permission: str
    _: KW_ONLY
    done: Callable[[], Any]
    found: Callable[[], str]
    query: str = ""  # of that page: "kind=orders"
    press: bool = False  # the page is a button
    progress: Callable[[], Any] | None = None  # `done` and `of` of what is at work just now, None when nothing is
    order: int = 50


@dataclass(frozen=True)
class Act:
    """Something that `accounts.audit.record` writes down, and what the audit log calls it."""

    code: str
    word: Words
    tone: str = ""  # "warn" or "danger": what a review of security looks at first


class AuditLine(Protocol):
    """What a reader of details may look at besides the value."""

    act: str
    object_type: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Detail:
    """A name in the details of audit lines, and how its value is read.

    Two apps may use one name: the lines of an app's own acts are read by its own words. Without more the value is
    shown as it is; else it is a code with words, the id of a row, or whatever `read` makes of it.
    """

    name: str
    word: Words = ""
    codes: Callable[[], Mapping[Any, Words]] | None = None
    row: str = ""  # app_label.model: the value is an id, or a list of ids
    read: Callable[[AuditLine, Any], str] | None = None
    before_after: bool = False  # the value may be a pair of these
    pairs: Callable[[str, Any, Any], tuple[str, str, str]] | None = None  # of {key: [before, after]}, in words
    internal: bool = False  # a mark of the machine's own progress, or said by another word of the line


@dataclass(frozen=True)
class Named:
    """What a row of a model is called and where it stands, for pages that speak of rows of any model.

    Rows are read within the reach of the person who looks, and masked, before `name` sees them.
    """

    model: str  # app_label.model
    word: Words  # in the singular: "order"
    name: Callable[[Any], str] | None = None  # None: the word says it all
    page: str = ""  # the name of its route, which takes an id
    of: str = "pk"  # whose id: "customer_id" for rows that stand on the customer's page
    query: Callable[[Any], str] | None = None  # of a page without an id: "role=rep"
    right: str = ""  # what the page asks for besides seeing the row
    related: tuple[str, ...] = ()
    before: tuple[str, ...] = ()  # what the model was called when older lines of the audit log were written


@dataclass
class TimelineEntry:
    """One thing that happened, ready for the template of its part."""

    kind: str
    at: datetime
    row: int
    data: dict[str, Any]
    template: str = ""
    month: date | None = None  # of the first entry of a month: its heading
    icon: str = ""
    tone: str = ""


@dataclass(frozen=True)
class TimelineTab:
    """A choice above a customer's history."""

    code: str
    label: Words
    order: int = 50


@dataclass(frozen=True)
class TimelinePart:
    """One kind of entries in a customer's history.

    All parts that a person may see are read in one query, a union: `fields` names what an entry reads of its row, as
    {name: path or expression}. `rows(user, customer_id)` gives the rows in reach; it is asked once for all customers,
    so the id goes into a filter and nowhere else (core/composed.py).
    `describe(customer, entry)` gives the entry icon and tone, and puts codes in words.
    """

    kind: str
    tab: str
    permission: str
    rows: Callable[[Any, int], Rows]
    at: Any  # when it happened: an expression
    fields: Mapping[str, Any]
    template: str
    describe: Callable[[Any, TimelineEntry], None]


@dataclass(frozen=True)
class Told:
    """Rows of another app's part of the history that entries of this app tell already, so that nothing stands twice.

    `rows()` gives them as a condition on that part's rows. Who lacks `permission` sees them where they come from.
    """

    kind: str  # of the part
    permission: str
    rows: Callable[[], Any]


@dataclass(frozen=True)
class NightlyJob:
    """`run(business_date)` does the work of one night, may be repeated, and returns counts for the record.

    It runs in one transaction. A job that is to lock little at a time yields counts instead, after each of its own
    transactions those so far; killed in between, it is run anew.

    `after` names the jobs that must have been tried before it; when one of them fails it waits for the next round.
    `counts` has words for those figures that say something to a person.
    """

    name: str
    run: Callable[[date], dict[str, Any] | Iterator[dict[str, Any]]]
    title: Words = ""  # for people
    after: tuple[str, ...] = ()
    counts: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Number:
    """A number that the company sets itself, under Settings with its history; the code asks `core.numbers` for it.

    `default` is what holds while nobody has set it; it goes from `least` to `most`, and isn't above the number
    `not_above`. `text` says what hangs on it, in a sentence.
    """

    key: str
    group: str  # of workbench/settings/numbers/groups.py
    title: Words
    text: Words
    default: int
    least: int
    most: int
    unit: Words
    not_above: str = ""


@dataclass(frozen=True)
class Keep:
    """How long rows are kept: those whose `field` is more than `days` ago go with the night.

    `days` may be the key of a `Number`. With `clears` the row stays, and only these columns of it are emptied.
    """

    model: str  # app_label.Model
    field: str
    days: int | str
    clears: tuple[str, ...] = ()


@dataclass(frozen=True)
class Owed:
    """Something that rounds of the dispatcher make when its time has come: `oldest` is when the first of those was due
    that isn't made yet. Health tells how late they are."""

    name: str
    oldest: Callable[[], datetime | None]


@dataclass(frozen=True)
class FileHolder:
    """A kind of rows at customers that files hang on (customers.models.Attachment).

    Who sees such a row (`permission`) and may see files sees its files. `rows()` gives the rows outside of the recycle
    bin, unscoped; `customer` is their way to the customer, "pk" for the customer itself. `page(row, customer)` is where
    one stands, by the two ids.
    """

    code: str
    word: Words  # in the singular: "log entry"
    permission: str
    rows: Callable[[], Rows]
    page: Callable[[int, int], str]
    customer: str = "customer"


@dataclass(frozen=True)
class CustomerTouch:
    """Rows at a customer that people made: one of them, and an import that brought the customer can't be taken back.

    `rows()` gives them unscoped, those in the recycle bin too; `customer` is their way to the customer, `by` and `at`
    say who made them and when; rows between two customers have `also` another way. Of rows that imports make as well,
    those of the same import don't count: `part` is what they are recorded as, `version` whether their version tells
    that nobody has changed them since.
    """

    model: str  # app_label.Model
    words: Words  # what the customer has
    rows: Callable[[], Rows]
    customer: str = "customer"
    by: str = ""
    at: str = ""
    part: str = ""
    version: bool = False
    also: tuple[str, ...] = ()

    def way(self, field: str) -> str:
        """By which way a customer is looked for at a foreign key of the model."""
        return field if field in self.also else self.customer


@dataclass(frozen=True)
class Mail:
    """A kind of mail. `wanted` is asked before it goes; `text` and `subject` make what must not lie in the table: a
    secret, or what its reader may have lost the right to by then. `waits` says until when it isn't to go yet; `link`
    where it leads, for channels other than mail; `headers` are a mail's own ones, such as Reply-To. `calendar` gives
    the calendar file that goes along as (method, content).

    `still()` is a condition on rows of the outbox, asked in the very statement by which a dispatcher begins to hand the
    mail over: what was refused before that moment doesn't go.
    """

    kind: str
    wanted: Callable[[Any], bool] | None = None
    text: Callable[[Any], str] | None = None
    subject: Callable[[Any], str] | None = None
    waits: Callable[[Any], datetime | None] | None = None
    link: Callable[[Any], str] | None = None
    headers: Callable[[Any], Mapping[str, str]] | None = None
    calendar: Callable[[Any], tuple[str, bytes]] | None = None
    still: Callable[[], Any] | None = None


@dataclass(frozen=True)
class NoticeKind:
    """A kind of news for a person (core.notices.tell): in the app for everybody, by mail for who wishes it.

    `say(numbers)` is its sentence with its reason, of what the notice carries, in the language and zone in force. It
    names no customer: the page and the letter add the name while the reader may see that customer.
    News are shown while their reader reaches their customer; with `rows(user)`, while `source_id` is one of these rows;
    with `stays`, always: about something that was taken away.
    `mail`: whether it comes by mail to who has chosen nothing. `always`: nobody can switch it off among their notices:
    they asked for it themselves, or something is lost that only they can stop. Who lacks `permission` never gets any
    and isn't asked.
    What leaves for a person waits for the end of their quiet hours, and for the morning's one message where they want
    only that: but not with `own_minute` (they chose the minute themselves), and `prompt` waits for no morning.
    """

    code: str
    word: Words  # what a person's profile calls it
    say: Callable[[Mapping[str, Any]], str]
    order: int = 50
    rows: Callable[[Any], Rows] | None = None
    stays: bool = False
    mail: bool = False
    always: bool = False
    permission: str = ""
    own_minute: bool = False
    prompt: bool = False


@dataclass(frozen=True)
class Event:
    """What an app publishes (core/events.py), and the keywords that come with it."""

    name: str
    payload: tuple[str, ...]


@dataclass(frozen=True)
class Handler:
    """What an app does in the transaction of another app's event."""

    event: str
    call: Callable[..., object]


@dataclass(frozen=True)
class Collection:
    """A collection of the REST API: `/api/v1/<prefix>/`, the path of its view set, and the stem of its route names."""

    prefix: str
    view: str
    name: str


@dataclass(frozen=True)
class ChoiceName:
    """What the description of the API calls a set of choices: needed where two fields have one name, as `state`."""

    name: str
    choices: Any  # a class of choices, or a function that lists them


@dataclass(frozen=True)
class Contribution:
    """All that one app gives."""

    app: str
    _: KW_ONLY
    urls: tuple[str, ...] = ()  # modules with the addresses of its pages
    resources: tuple[Resource, ...] = ()
    menu: tuple[MenuEntry, ...] = ()
    begin: tuple[Begin, ...] = ()
    badges: tuple[Badge, ...] = ()
    search: tuple[SearchSource, ...] = ()
    settings_cards: tuple[SettingsCard, ...] = ()
    first_steps: tuple[FirstStep, ...] = ()
    customer_actions: tuple[CustomerAction, ...] = ()
    customer_panels: tuple[CustomerPanel, ...] = ()
    customer_lists: tuple[CustomerList, ...] = ()
    today: tuple[TodaySection, ...] = ()
    today_cards: tuple[TodayCard, ...] = ()
    team_columns: tuple[TeamColumn, ...] = ()
    tier_work: tuple[TierWork, ...] = ()
    tier_figures: tuple[TierFigure, ...] = ()
    export_parts: tuple[ExportPart, ...] = ()
    segment_events: tuple[SegmentEvents, ...] = ()
    customer_filters: tuple[CustomerFilter, ...] = ()
    acts: tuple[Act, ...] = ()
    details: tuple[Detail, ...] = ()
    named: tuple[Named, ...] = ()
    timeline_tabs: tuple[TimelineTab, ...] = ()
    timeline: tuple[TimelinePart, ...] = ()
    told: tuple[Told, ...] = ()
    nightly_jobs: tuple[NightlyJob, ...] = ()
    numbers: tuple[Number, ...] = ()
    keeps: tuple[Keep, ...] = ()
    owed: tuple[Owed, ...] = ()
    mails: tuple[Mail, ...] = ()
    notice_kinds: tuple[NoticeKind, ...] = ()
    events: tuple[Event, ...] = ()
    handlers: tuple[Handler, ...] = ()
    collections: tuple[Collection, ...] = ()
    choice_names: tuple[ChoiceName, ...] = ()
    import_kinds: tuple[ImportKind, ...] = ()
    shared_customers: tuple[SharedCustomers, ...] = ()
    handled_customers: tuple[HandledCustomers, ...] = ()
    holdings: tuple[Holding, ...] = ()
    file_holders: tuple[FileHolder, ...] = ()
    customer_touches: tuple[CustomerTouch, ...] = ()
    customer_traces: tuple[str, ...] = ()  # models whose rows at a customer nobody makes by hand: they go with it
    # When two customers become one (customers/duplicates/children.py): models whose rows go along, but for those whose
    # like is there already; models whose rows stay with the file that goes, as a night makes them anew; and models
    # whose rows the handlers of `customers_merged` write, so that an undo knows what they were.
    merge_moves: tuple[str, ...] = ()
    merge_keeps: tuple[str, ...] = ()
    merge_rewrites: tuple[str, ...] = ()


class DoubleContributionError(ValueError):
    """Two apps say the same thing."""


class Registry:
    """The contributions of all apps, by family."""

    def __init__(self, parts: Iterable[Contribution]) -> None:
        self.parts = tuple(parts)

    def every(self, family: Callable[[Contribution], Iterable[T]]) -> list[T]:
        """One family of all apps, in the order of the apps."""
        return [item for part in self.parts for item in family(part)]

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """By code, in the order of the table of rights."""
        placed = sorted(self.every(lambda part: part.resources), key=lambda item: item.order)
        return _by("resource", lambda item: item.code, placed)

    @cached_property
    def permissions(self) -> frozenset[str]:
        """Every permission that exists: some built-in role begins with it."""
        roles = {role for resource in self.resources.values() for role in resource.grants}
        return frozenset(name for role in roles for name in self.grants_of(role))

    def grants_of(self, role: str) -> dict[str, str]:
        """{permission: scope} that the apps name for a built-in role; accounts.policy.first_grants knows all of it."""
        found: dict[str, str] = {}
        for resource in self.resources.values():
            found |= resource.of_role(role)
        return found

    @cached_property
    def menu(self) -> dict[str, MenuEntry]:
        """By page, in order."""
        placed = sorted(self.every(lambda part: part.menu), key=lambda entry: entry.order)
        return _by("menu entry", lambda entry: entry.page, placed)

    @cached_property
    def begin(self) -> dict[str, Begin]:
        """By page, in order."""
        placed = sorted(self.every(lambda part: part.begin), key=lambda action: action.order)
        return _by("thing to begin", lambda action: action.page, placed)

    @cached_property
    def badges(self) -> dict[str, Badge]:
        """By name."""
        return _by("badge", lambda badge: badge.name, self.every(lambda part: part.badges))

    @cached_property
    def search(self) -> dict[str, SearchSource]:
        """By key, in order."""
        placed = sorted(self.every(lambda part: part.search), key=lambda source: source.order)
        return _by("search source", lambda source: source.key, placed)

    @cached_property
    def settings_cards(self) -> list[SettingsCard]:
        """In order."""
        return sorted(self.every(lambda part: part.settings_cards), key=lambda card: card.order)

    @cached_property
    def numbers(self) -> dict[str, Number]:
        """By key, as the apps name them."""
        return _by("number", lambda number: number.key, self.every(lambda part: part.numbers))

    @cached_property
    def first_steps(self) -> dict[str, FirstStep]:
        """By key, in order."""
        placed = sorted(self.every(lambda part: part.first_steps), key=lambda step: step.order)
        return _by("first step", lambda step: step.key, placed)

    @cached_property
    def customer_actions(self) -> list[CustomerAction]:
        """In order."""
        return sorted(self.every(lambda part: part.customer_actions), key=lambda action: action.order)

    @cached_property
    def customer_panels(self) -> dict[str, CustomerPanel]:
        """By key, in order."""
        placed = sorted(self.every(lambda part: part.customer_panels), key=lambda panel: panel.order)
        return _by("panel", lambda panel: panel.key, placed)

    @cached_property
    def today(self) -> list[TodaySection]:
        """In order."""
        return sorted(self.every(lambda part: part.today), key=lambda section: section.order)

    @cached_property
    def today_cards(self) -> dict[str, TodayCard]:
        """By key, in order."""
        placed = sorted(self.every(lambda part: part.today_cards), key=lambda card: card.order)
        return _by("card of Today", lambda card: card.key, placed)

    @cached_property
    def team_columns(self) -> dict[str, TeamColumn]:
        """By key, in order."""
        placed = sorted(self.every(lambda part: part.team_columns), key=lambda column: column.order)
        return _by("column of the team", lambda column: column.key, placed)

    @cached_property
    def tier_work(self) -> TierWork | None:
        """Of the first app that plans contacts."""
        return next(iter(self.every(lambda part: part.tier_work)), None)

    @cached_property
    def tier_figures(self) -> dict[str, TierFigure]:
        """By code, in order."""
        placed = sorted(self.every(lambda part: part.tier_figures), key=lambda figure: figure.order)
        return _by("figure of tiers", lambda figure: figure.code, placed)

    def parts_of(self, export: str) -> list[ExportPart]:
        """What apps add to the file of one list, in order."""
        parts = [part for part in self.every(lambda given: given.export_parts) if part.export == export]
        return sorted(parts, key=lambda part: part.order)

    @cached_property
    def acts(self) -> dict[str, Act]:
        """By code."""
        return _by("act", lambda act: act.code, self.every(lambda part: part.acts))

    def detail(self, name: str, act: str) -> Detail | None:
        """How a detail of an act is read: by the app that the act belongs to, else by the first that knows the name."""
        owner = self._act_owners.get(act)
        return self._details.get((owner, name)) or self._details.get(("", name))

    @cached_property
    def _act_owners(self) -> dict[str, str]:
        return {act.code: part.app for part in self.parts for act in part.acts}

    @cached_property
    def _details(self) -> dict[tuple[str | None, str], Detail]:
        found: dict[tuple[str | None, str], Detail] = {}
        for part in self.parts:
            for detail in part.details:
                found[part.app, detail.name] = detail
                found.setdefault(("", detail.name), detail)
        return found

    @cached_property
    def named(self) -> dict[str, Named]:
        """By model."""
        return _by("name of rows of", lambda item: item.model, self.every(lambda part: part.named))

    @cached_property
    def named_in_lines(self) -> dict[str, Named]:
        """By what the model is called in lines of the audit log, which can't be changed when it moves."""
        return self.named | {label: item for item in self.named.values() for label in item.before}

    @cached_property
    def timeline(self) -> dict[str, TimelinePart]:
        """By kind."""
        return _by("kind of entries", lambda part: part.kind, self.every(lambda part: part.timeline))

    def told(self, kind: str) -> list[Told]:
        """What other apps tell of one part of the history."""
        return [told for told in self.every(lambda part: part.told) if told.kind == kind]

    @cached_property
    def timeline_tabs(self) -> dict[str, TimelineTab]:
        """By code, in order."""
        placed = sorted(self.every(lambda part: part.timeline_tabs), key=lambda tab: tab.order)
        return _by("tab of the history", lambda tab: tab.code, placed)

    @cached_property
    def nightly_jobs(self) -> list[NightlyJob]:
        """In the order in which a night runs them: each behind those it names, else as the apps stand."""
        waiting = _by("nightly job", lambda job: job.name, self.every(lambda part: part.nightly_jobs))
        ordered: dict[str, NightlyJob] = {}
        while waiting:
            ready = [name for name, job in waiting.items() if all(other in ordered for other in job.after)]
            if not ready:
                raise ValueError(f"nightly jobs wait for each other or for one that doesn't exist: {sorted(waiting)}")
            ordered[ready[0]] = waiting.pop(ready[0])
        return list(ordered.values())

    @cached_property
    def mails(self) -> dict[str, Mail]:
        """By kind."""
        return _by("mail kind", lambda mail: mail.kind, self.every(lambda part: part.mails))

    @cached_property
    def notice_kinds(self) -> dict[str, NoticeKind]:
        """By code, in order."""
        placed = sorted(self.every(lambda part: part.notice_kinds), key=lambda kind: kind.order)
        return _by("kind of notice", lambda kind: kind.code, placed)

    @cached_property
    def handlers(self) -> dict[str, list[Callable[..., object]]]:
        """By event, in the order of the apps."""
        known = _by("event", lambda event: event.name, self.every(lambda part: part.events))
        found: dict[str, list[Callable[..., object]]] = {name: [] for name in known}
        for handler in self.every(lambda part: part.handlers):
            found[handler.event].append(handler.call)
        return found

    @cached_property
    def collections(self) -> dict[str, Collection]:
        """By prefix."""
        return _by("collection", lambda item: item.prefix, self.every(lambda part: part.collections))

    @cached_property
    def choice_names(self) -> dict[str, Any]:
        """Name -> choices."""
        named = _by("name of choices", lambda item: item.name, self.every(lambda part: part.choice_names))
        return {name: item.choices for name, item in named.items()}

    @cached_property
    def import_kinds(self) -> dict[str, ImportKind]:
        """By code, in the order of the apps."""
        return _by("kind of files", lambda kind: kind.code, self.every(lambda part: part.import_kinds))

    @cached_property
    def shared_customers(self) -> list[SharedCustomers]:
        """Of all apps."""
        return self.every(lambda part: part.shared_customers)

    @cached_property
    def handled_customers(self) -> list[HandledCustomers]:
        """Of all apps."""
        return self.every(lambda part: part.handled_customers)

    @cached_property
    def file_holders(self) -> dict[str, FileHolder]:
        """By code."""
        return _by("kind of rows with files", lambda item: item.code, self.every(lambda part: part.file_holders))

    @cached_property
    def segment_events(self) -> list[SegmentEvents]:
        """Of all apps."""
        return list(_by("event of segments", lambda item: item.code, self.every(lambda p: p.segment_events)).values())

    @cached_property
    def customer_filters(self) -> dict[str, CustomerFilter]:
        """By the parameter's name."""
        return _by("filter of customers", lambda item: item.name, self.every(lambda part: part.customer_filters))

    @cached_property
    def customer_touches(self) -> dict[str, CustomerTouch]:
        """By model."""
        return _by("touch of customers", lambda touch: touch.model, self.every(lambda part: part.customer_touches))

    @cached_property
    def holdings(self) -> dict[str, Holding]:
        """By name."""
        return _by("holding", lambda holding: holding.name, self.every(lambda part: part.holdings))


def _by(family: str, key: Callable[[T], str], items: Iterable[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for item in items:
        if key(item) in found:
            raise DoubleContributionError(f"{family} {key(item)!r} is contributed twice")
        found[key(item)] = item
    return found


_registry: Registry | None = None


def install(parts: Iterable[Contribution]) -> None:
    """Called once, by crm/wiring.py, when the models of all apps are ready."""
    global _registry
    _registry = Registry(parts)


def registry() -> Registry:
    """What is installed."""
    if _registry is None:
        raise RuntimeError("No contributions yet: crm/wiring.py installs them when the project starts.")
    return _registry
