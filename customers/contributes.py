"""What this app gives to the pages and jobs of the whole: customers, their contacts and log, and files with them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.policy import ALL, OWN, TEAM
from core.contributions import (
    Act,
    Begin,
    ChoiceName,
    Collection,
    Contribution,
    CustomerAction,
    CustomerTouch,
    Detail,
    Event,
    Handler,
    Holding,
    MenuEntry,
    Named,
    NightlyJob,
    NoticeKind,
    Resource,
    SettingsCard,
    SharedCustomers,
    TimelineTab,
)
from customers.first_step import FIRST_STEP
from customers.found import CONTACTS
from customers.imports.customer_file import CUSTOMERS
from customers.mentions import mention_said
from customers.models import (
    Contact,
    Customer,
    CustomerShare,
    Interaction,
    InteractionKind,
    Kind,
    Level,
    Lifecycle,
    Stage,
    Warn,
)
from customers.panels import PANELS
from customers.required import LABELS
from customers.selectors import owned_by, owned_count, shared_with
from customers.services import customers_follow_team, customers_pass_on, end_pauses, note_mentions
from customers.services.comments import MENTION
from customers.timeline import INTERACTIONS, OWNERS, STAGES
from customers.today import CARDS
from ui import formatting

# Rows that are called like their customer and stand on that page.
OF_CUSTOMER: dict[str, Any] = {"page": "customer", "of": "customer_id", "related": ("customer",)}

RESOURCES = (
    Resource(
        "customer",
        _("customers"),
        order=10,
        opens={
            "view": _("The list of customers, each customer's page and what search finds."),
            "add": _("Enter a new customer."),
            "change": _("Edit a customer, tag it, share it with a colleague and mend what data quality finds."),
            "delete": _("Move a customer into the recycle bin, and bring it back from there."),
            "purge": _("Remove a customer that lies in the recycle bin for good."),
            "assign": _("Hand customers over to a colleague or into the pool, one or many at once."),
            "export": _("Take the list of customers out as CSV or XLSX, with a reason."),
            "reveal": _(
                "Read masked phone numbers, addresses and e-mail of a customer in full, with a reason, on record."
            ),
            "claim": _("Take a customer without an owner out of the pool."),
            "receive": _("Get new customers when a file is shared out in a team."),
        },
        grants={
            "rep": {OWN: "view add change delete receive", ALL: "claim"},
            "team_lead": {TEAM: "view add change delete assign export", ALL: "claim"},
            "manager": {TEAM: "view add change delete assign export", ALL: "claim"},
            "service_agent": {ALL: "view claim", OWN: "add change delete"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete purge assign export reveal claim"},
        },
    ),
    Resource(
        "contact",
        _("contacts"),
        order=20,
        opens={
            "view": _("The contact persons on a customer's page."),
            "add": _("Enter a contact person of a customer."),
            "change": _("Edit a contact person."),
            "delete": _("Move a contact person into the recycle bin, and bring them back."),
        },
        grants={
            "rep": {OWN: "view add change delete"},
            "team_lead": {TEAM: "view add change delete"},
            "manager": {TEAM: "view add change delete"},
            "service_agent": {ALL: "view", OWN: "add change delete"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
    Resource(
        "interaction",
        _("interaction log"),
        order=30,
        opens={
            "view": _("The visits, calls and messages in a customer's history."),
            "add": _("Log activity: a visit, a call, a message or a note; correct one's own entries, comment on all."),
            "change": _("Correct log entries of others."),
            "delete": _("Take back an entry that one has just logged."),
        },
        grants={
            "rep": {OWN: "view add delete"},
            "team_lead": {TEAM: "view add change delete"},
            "manager": {TEAM: "view add change delete"},
            "service_agent": {ALL: "view add", OWN: "delete"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
    Resource(
        "tag",
        _("tags"),
        order=170,
        opens={
            "view": _("The list of tags in Settings, for who may look at Settings."),
            "add": _("Make a new tag."),
            "change": _("Rename tags, take them out of use and back into it."),
            "delete": _("Merge one tag into another."),
        },
        grants={
            "rep": {ALL: "view"},
            "team_lead": {ALL: "view"},
            "manager": {ALL: "view add change delete"},
            "service_agent": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
    Resource(
        "channel",
        _("channels"),
        order=180,
        opens={
            "view": _("The list of channels in Settings, for who may look at Settings."),
            "add": _("Make a new channel."),
            "change": _("Rename and sort channels, take them out of use and back into it."),
            "delete": _("Merge one channel into another."),
        },
        grants={
            "rep": {ALL: "view"},
            "team_lead": {ALL: "view"},
            "manager": {ALL: "view add change delete"},
            "service_agent": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
)

CONTRIBUTION = Contribution(
    app="customers",
    urls=("customers.urls", "customers.comments.urls"),
    resources=RESOURCES,
    menu=(
        MenuEntry(
            _("Customers"), "customer_list", "users", "customer.view", order=20, badge="customers", phone=2, key="c"
        ),
        MenuEntry(_("Data quality"), "data_quality", "circle-alert", "customer.change", group="manage", order=60),
    ),
    settings_cards=(
        SettingsCard(
            "channel_list",
            _("Channels"),
            _("Where customers and orders come from: names, order, and what is in use"),
            "route",
            "setting.view",
            order=42,
        ),
        SettingsCard(
            "tag_list",
            _("Tags"),
            _("What customers are marked with: names, and which are in use"),
            "tag",
            "setting.view",
            order=44,
        ),
        SettingsCard(
            "required_fields",
            _("Required fields"),
            _("What the files of persons and companies must hold, and what makes them complete"),
            "clipboard-check",
            "setting.view",
            order=46,
        ),
    ),
    begin=(
        Begin(_("Log activity"), "interaction_new", "plus", "interaction.add", order=10, key="l", primary=True),
        Begin(_("New customer"), "customer_new", "user-plus", "customer.add", order=20, key="n"),
    ),
    search=(CONTACTS,),
    today_cards=CARDS,
    first_steps=(FIRST_STEP,),
    import_kinds=(CUSTOMERS,),
    shared_customers=(SharedCustomers(shared_with),),
    holdings=(
        Holding(
            "customers",
            _("customers"),
            "customer.assign",
            count=owned_count,
            left=lambda person: owned_by([person.pk]).get(person.pk, 0),
            hand_over=customers_pass_on,
            loads=owned_by,
        ),
    ),
    customer_touches=(
        CustomerTouch(
            "customers.Interaction",
            _("has entries in the log"),
            lambda: Interaction.all_objects.filter(automatic=False),
            by="user",
            at="received_at",
        ),
        CustomerTouch(
            "customers.Contact",
            _("has contact persons that were added or changed since"),
            lambda: Contact.all_objects.all(),
            by="updated_by",
            at="updated_at",
            part="contact",
            version=True,
        ),
        CustomerTouch("customers.CustomerShare", _("is shared"), lambda: CustomerShare.objects.all()),
        CustomerTouch(
            "customers.Customer_tags",
            _("has tags that were added since"),
            lambda: Customer.tags.through.objects.all(),
            part="tag_link",
        ),
        CustomerTouch(
            "customers.Customer",
            _("has referred others"),
            lambda: Customer.all_objects.all(),
            customer="referred_by",
        ),
    ),
    customer_traces=(
        *("customers.CustomerFacts", "customers.OwnerChange", "customers.StageMove"),
        "customers.ImportedCustomer",
    ),
    timeline_tabs=(
        TimelineTab("log", _("Follow-up"), order=10),
        TimelineTab("changes", _("Changes"), order=90),
    ),
    timeline=(INTERACTIONS, OWNERS, STAGES),
    customer_panels=PANELS,
    customer_actions=(
        CustomerAction(
            _("Log activity"),
            "interaction_new",
            "pencil",
            "interaction.add",
            order=10,
            on_phone=True,
            key="L",
            action="log",
        ),
    ),
    acts=(
        Act("customer.create", _("new customer")),
        Act("customer.change", _("changed a customer")),
        Act("customer.delete", _("deleted a customer")),
        Act("customer.restore", _("restored a customer")),
        Act("customer.purge", _("deleted a customer for good"), tone="danger"),
        Act("customer.assign", _("handed over a customer")),
        Act("customer.stage", _("moved a customer's stage")),
        Act("customer.share", _("shared a customer")),
        Act("customer.unshare", _("ended a share")),
        Act("customer.kinds", _("set the kind of customers"), tone="warn"),
        Act("customer.tag", _("tagged a customer")),
        Act("customer.export", _("exported customers"), tone="warn"),
        Act("customer.reveal", _("revealed masked values")),
        Act("customer.claim", _("took a customer out of the pool")),
        Act("customer.number_search", _("searched for a whole phone number")),
        Act("customer.duplicate_hint", _("was told who has this customer")),
        Act("tag.create", _("new tag")),
        Act("tag.change", _("renamed a tag"), tone="warn"),
        Act("tag.retire", _("retired a tag"), tone="warn"),
        Act("tag.restore", _("put a tag into use again")),
        Act("tag.merge", _("merged a tag into another"), tone="warn"),
        Act("channel.create", _("new channel")),
        Act("channel.change", _("renamed a channel"), tone="warn"),
        Act("channel.move", _("moved a channel in the lists")),
        Act("channel.retire", _("retired a channel"), tone="warn"),
        Act("channel.restore", _("put a channel into use again")),
        Act("channel.merge", _("merged a channel into another"), tone="warn"),
        Act("required_fields.change", _("changed the required fields"), tone="warn"),
        Act("contact.create", _("new contact")),
        Act("contact.change", _("changed a contact")),
        Act("contact.delete", _("deleted a contact")),
        Act("contact.restore", _("restored a contact")),
        Act("interaction.create", _("logged an activity")),
        Act("interaction.correct", _("corrected a log entry")),
        Act("comment.create", _("commented on a log entry")),
        Act("interaction.undo", _("took a log entry back")),
    ),
    details=(
        Detail("customer", _("customer"), row="customers.customer"),
        Detail("customers", _("customers"), row="customers.customer"),
        Detail("tags", _("tags"), row="customers.tag"),
        Detail("moved_above", _("moved above"), row="customers.channel"),
        Detail("moved_below", _("moved below"), row="customers.channel"),
        Detail("into_channel", _("merged into"), row="customers.channel"),
        Detail("into_tag", _("merged into"), row="customers.tag"),
        Detail("tag_name", _("name"), before_after=True),
        Detail("name_en", _("name (English)"), before_after=True),
        Detail("name_zh", _("name (Chinese)"), before_after=True),
        Detail("customer_stage", _("stage"), codes=lambda: dict(Stage.choices), before_after=True),
        Detail("paused_until", _("paused until"), read=lambda line, value: formatting.written_day(value)),
        Detail("number", _("number")),
        Detail("reason", _("reason")),
        Detail("referred_by", _("referred by")),
        Detail("customers_changed", _("customers changed")),
        Detail("kind", _("kind"), codes=lambda: dict(Kind.choices)),
        Detail("customers_created", _("new customers")),
        *(
            Detail(f"asks_{name}", word, codes=lambda: dict(Level.choices), before_after=True)
            for name, word in LABELS.items()
        ),
    ),
    named=(
        Named("customers.customer", _("customer"), lambda row: row.name, page="customer"),
        Named(
            "customers.contact",
            _("contact"),
            lambda row: row.name,
            page="customer",
            of="customer_id",
            related=("customer",),
        ),
        Named("customers.interaction", _("log entry"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("customers.comment", _("comment")),
        Named("customers.tag", _("tag"), lambda row: row.name),
        Named("customers.channel", _("channel"), lambda row: row.name),
    ),
    events=(
        Event("customer_created", ("customer", "by")),  # by hand or over the API; files are planned by their night
        Event("customer_deleting", ("customer", "by")),  # may be refused: customers.services.CustomerNeededError
        Event("customer_restored", ("customer", "by")),
        Event("customers_transferred", ("changes", "by")),  # those of one statement: OwnerChange rows
        Event("customers_handed_over", ("changes", "by")),  # after it, once for all that went in one act
        Event("customer_shared", ("share", "by")),
        # By hand, into a pause or out of it, by an order; the night moves others without it.
        Event("stage_moved", ("customer_ids", "by")),
        Event("contact_wish_changed", ("customer_ids", "by")),  # "do not contact" was set or taken away
        # next_step: choice of the log form or None; the next three: when on that day, what for, and who
        Event(
            "interaction_logged",
            ("interaction", "by", "next_step", "next_time", "next_purpose", "next_assignee", "routine"),
        ),
        Event("interaction_corrected", ("interaction", "by")),  # later, by its author or a lead
        Event("interaction_undone", ("interaction", "by")),  # taken back within 10 minutes
    ),
    handlers=(
        Handler("user_moved", customers_follow_team),
        Handler("interaction_logged", note_mentions),
        Handler("interaction_corrected", note_mentions),
    ),
    notice_kinds=(
        NoticeKind(
            MENTION,
            _("Notes and comments that name you, or answer you"),
            mention_said,
            order=55,
            always=True,
            permission="interaction.view",
        ),
    ),
    # Before the plans, which go by the stage.
    nightly_jobs=(NightlyJob("pauses", end_pauses, _("Pauses that end")),),
    choice_names=(
        ChoiceName("CustomerKindEnum", Kind),
        ChoiceName("StageEnum", Stage),
        ChoiceName("LifecycleEnum", Lifecycle),
        ChoiceName("WarningLevelEnum", Warn),
        ChoiceName("MethodEnum", InteractionKind),
    ),
    collections=(
        Collection("customers", "customers.api.CustomerViewSet", "customer"),
        Collection("contacts", "customers.api.ContactViewSet", "contact"),
        Collection("interactions", "customers.api.InteractionViewSet", "interaction"),
    ),
)
