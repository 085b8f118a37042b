"""What this app gives to the pages and jobs of the whole: customers, their contacts and log, and files with them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    FileHolder,
    Handler,
    Holding,
    Keep,
    MenuEntry,
    Named,
    NightlyJob,
    NoticeKind,
    Number,
    Resource,
    SettingsCard,
    SharedCustomers,
    TimelineTab,
    registry,
)
from customers.attachments.found import FILES
from customers.attachments.reading import file_holders
from customers.capture.told import registered_said
from customers.consents.shown import CONSENT_PANEL, CONSENTS
from customers.duplicates.merge import late_rows_follow
from customers.duplicates.sweep import sweep
from customers.entry.fields import asked_in_words
from customers.first_step import FIRST_STEP
from customers.following import new_comment_said, new_owner_said
from customers.found import CONTACTS
from customers.imports.activities import ACTIVITIES
from customers.imports.contacts import CONTACTS as CONTACT_FILES
from customers.imports.customer_file import CUSTOMERS
from customers.imports.relations import RELATIONS as RELATION_FILES
from customers.mentions import mention_said
from customers.models import (
    CATALOGUES,
    Attachment,
    CatalogueRow,
    Channel,
    Consent,
    ConsentChannel,
    Contact,
    Customer,
    CustomerMerge,
    CustomerShare,
    FirstOwner,
    Handle,
    How,
    Interaction,
    InteractionKind,
    Kind,
    Level,
    Lifecycle,
    OwnFor,
    OwnReaders,
    PaperOriginal,
    Registration,
    Relation,
    RelationKind,
    ReviewSheet,
    Stage,
    Topic,
    Verification,
    Warn,
)
from customers.originals.found import PAPERS
from customers.origins import DOORS
from customers.own.shown import OWN_COLUMNS, OWN_PANEL
from customers.own.words import own_field_names
from customers.panels import PANELS
from customers.quality.figures import keep_month
from customers.relations import reading as relations
from customers.required import LABELS
from customers.reviews.wording import review_said
from customers.selectors import owned_by, owned_count, shared_with
from customers.services import (
    customers_follow_team,
    customers_pass_on,
    end_pauses,
    merged_verified,
    note_mentions,
    owners_follow,
)
from customers.services.capture import REGISTERED
from customers.services.catalogues import detail
from customers.services.comments import MENTION, NEW_COMMENT
from customers.services.followers import NEW_OWNER
from customers.services.originals import originals_count, originals_left, originals_of, originals_pass_on
from customers.services.reviews import REVIEW, review
from customers.timeline import ATTACHMENTS, INTERACTIONS, OWNERS, STAGES
from customers.today import CARDS
from customers.verification.panel import VERIFICATION_PANEL
from customers.verification.reminding import TO_VERIFY, remind, to_verify_said
from customers.verification.wording import verified_fields
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
            "merge": _("Make one of two customers that are the same, and take that back for 60 days."),
            "assign": _("Hand customers over to a colleague or into the pool, one or many at once."),
            "export": _("Take the list of customers out as CSV or XLSX, with a reason."),
            "reveal": _(
                "Read masked phone numbers, addresses and e-mail of a customer in full, with a reason, on record."
            ),
            "claim": _("Take a customer without an owner out of the pool."),
            "disclose": _("Take out a file of everything that is stored about one person, with a reason, on record."),
            "receive": _("Get new customers when a file is shared out in a team."),
        },
        grants={
            "rep": {OWN: "view add change delete receive", ALL: "claim"},
            "team_lead": {TEAM: "view add change delete assign merge export", ALL: "claim"},
            "manager": {TEAM: "view add change delete assign merge export", ALL: "claim"},
            "service_agent": {ALL: "view claim", OWN: "add change delete"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete purge assign merge export reveal claim disclose"},
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
        "attachment",
        _("files"),
        order=35,
        opens={
            "view": _("The list of files, and files at a customer's page and history."),
            "add": _("Add photos and files to a customer, a log entry or a complaint."),
            "change": _("Say of files of others what they are and who may see them; one's own always."),
            "delete": _("Delete files of others and bring them back; see those meant for the owner and leads."),
            "export": _("Take the list of files out as CSV or XLSX, with a reason."),
        },
        grants={
            "rep": {OWN: "view add change delete"},
            "team_lead": {TEAM: "view add change delete export"},
            "manager": {TEAM: "view add change delete export"},
            "service_agent": {ALL: "view add", OWN: "change delete"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete export"},
        },
    ),
    Resource(
        "consent",
        _("consents"),
        order=25,
        opens={
            "view": _("What a customer said about being written to."),
            "add": _("Record a consent or a refusal."),
        },
        grants={
            "rep": {OWN: "view add"},
            "team_lead": {TEAM: "view add"},
            "manager": {TEAM: "view add"},
            "service_agent": {ALL: "view add"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add"},
        },
    ),
    Resource(
        "relation",
        pgettext_lazy("of companies", "relations"),
        order=24,
        opens={
            "view": _("What companies are to each other, on their pages, where both are in reach."),
            "add": _("Say what one company is to another."),
            "change": _("Change the note of a relation, and since when it is."),
            "delete": _("End a relation, and let it hold again."),
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
        "registration",
        _("registrations"),
        order=26,
        opens={
            "view": _("What people sent by the company's public forms, of customers in reach."),
            "change": _("Say of a registration whom it is of: a customer that is there, a new one, nobody."),
        },
        grants={
            "rep": {OWN: "view change"},
            "team_lead": {TEAM: "view change"},
            "manager": {TEAM: "view change"},
            "service_agent": {ALL: "view", OWN: "change"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view change"},
        },
    ),
    Resource(
        "review",
        _("reviews of data quality"),
        order=27,
        opens={
            "view": _("The monthly sheets of a team's data quality."),
            "change": _("Sign a monthly sheet off, with a note."),
        },
        grants={
            "team_lead": {TEAM: "view change"},
            "manager": {TEAM: "view change"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view change"},
        },
    ),
    Resource(
        "original",
        _("paper originals"),
        order=37,
        opens={
            "view": _("The register of paper originals, and those of a customer on its page."),
            "add": _("Enter a paper that exists only once: where it lies and who has it."),
            "change": _("Say where a paper went, and see where it has been."),
            "delete": _("Delete an entry of the register, and bring it back."),
            "export": _("Take the register out as CSV or XLSX, with a reason."),
        },
        grants={
            "rep": {OWN: "view add change delete"},
            "team_lead": {TEAM: "view add change delete export"},
            "manager": {TEAM: "view add change delete export"},
            "service_agent": {ALL: "view", OWN: "add change delete"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete export"},
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
    Resource(
        "catalogue",
        _("industries, sizes and other lists of customers' files"),
        order=185,
        opens={
            "view": _("The lists of industries, company sizes and market standings in Settings."),
            "add": _("Make a new industry, company size or market standing; files may then bring new ones."),
            "change": _("Rename and sort them, give them points, take them out of use and back into it."),
            "delete": _("Merge one of them into another."),
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


def _held_by(code: str) -> str:
    """What a file hangs on, in words."""
    holder = registry().file_holders.get(code)
    return str(holder.word) if holder else code


LISTS: tuple[type[CatalogueRow], ...] = (*CATALOGUES.values(), RelationKind)

CONTRIBUTION = Contribution(
    app="customers",
    urls=(
        "customers.urls",
        "customers.duplicates.urls",
        "customers.comments.urls",
        "customers.attachments.urls",
        "customers.consents.urls",
        "customers.originals.urls",
        "customers.own.urls",
        "customers.entry.urls",
        "customers.wordings.urls",
        "customers.disclosure.urls",
        "customers.onefield.urls",
        "customers.relations.urls",
        "customers.verification.urls",
        "customers.reviews.urls",
    ),
    resources=RESOURCES,
    menu=(
        MenuEntry(
            _("Customers"), "customer_list", "users", "customer.view", order=20, badge="customers", phone=2, key="c"
        ),
        MenuEntry(_("Files"), "attachment_list", "paperclip", "attachment.view", group="manage", order=57),
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
            "capture_form_list",
            _("Forms for new customers"),
            _("Public pages for registering: what they ask, their texts, to whom new customers go"),
            "clipboard-list",
            "setting.view",
            order=42,
        ),
        SettingsCard(
            "consent_text_list",
            _("Consent texts"),
            _("The words that people agree to, in versions: what forms show and consents refer to"),
            "shield-check",
            "setting.view",
            order=47,
        ),
        SettingsCard(
            "entry_template_list",
            _("Entry templates"),
            _("Forms by which people enter customers: what they ask, in which order, and what they begin with"),
            "notebook-pen",
            "setting.view",
            order=42,
        ),
        SettingsCard(
            "industry_list",
            _("Industries"),
            _("What customers do for a living: names, order, points for the potential score"),
            "factory",
            "setting.view",
            order=43,
        ),
        SettingsCard(
            "company_size_list",
            _("Company sizes"),
            _("How large companies are: names, number of employees, points for the potential score"),
            "building-2",
            "setting.view",
            order=43,
        ),
        SettingsCard(
            "market_standing_list",
            _("Market standings"),
            _("Where customers stand among their competitors: names and order"),
            "trophy",
            "setting.view",
            order=43,
        ),
        SettingsCard(
            "income_band_list",
            _("Income bands"),
            _("What persons earn, in bands: names and order"),
            "wallet",
            "setting.view",
            order=43,
        ),
        SettingsCard(
            "decision_style_list",
            _("Decision styles"),
            _("How customers come to a decision: names and order"),
            "scale",
            "setting.view",
            order=43,
        ),
        SettingsCard(
            "relation_kind_list",
            _("Kinds of relations"),
            _("What companies are to each other: partner, supplier, parent company and others"),
            "network",
            "setting.view",
            order=43,
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
        SettingsCard(
            "verification_settings",
            _("Verification"),
            _("How often files are verified, which fields, and who does it for others"),
            "badge-check",
            "setting.view",
            order=46,
        ),
        SettingsCard(
            "own_field_list",
            _("Own fields"),
            _("What your company adds to its customers' files: fields, options, and who reads them"),
            "list-plus",
            "setting.view",
            order=45,
        ),
    ),
    begin=(
        Begin(_("Log activity"), "interaction_new", "plus", "interaction.add", order=10, key="l", primary=True),
        Begin(_("New customer"), "customer_new", "user-plus", "customer.add", order=20, key="n"),
    ),
    search=(CONTACTS, FILES, PAPERS),
    today_cards=CARDS,
    first_steps=(FIRST_STEP,),
    import_kinds=(CUSTOMERS, CONTACT_FILES, RELATION_FILES, ACTIVITIES),
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
        Holding(
            "originals",
            _("paper originals"),
            "original.change",
            count=originals_count,
            left=originals_left,
            hand_over=originals_pass_on,
            loads=originals_of,
        ),
    ),
    file_holders=(
        FileHolder(
            "customer",
            _("customer"),
            "customer.view",
            Customer.objects.all,
            lambda row, customer: reverse("customer", args=[customer]),
            customer="pk",
        ),
        FileHolder(
            "interaction",
            _("log entry"),
            "interaction.view",
            Interaction.objects.all,
            lambda row, customer: f"{reverse('customer', args=[customer])}#entry-{row}",
        ),
    ),
    numbers=(
        Number(
            "reveals_a_day",
            "limits",
            _("Files that a person may reveal in a day"),
            _("A reveal shows phone, e-mail and address in full where they are masked, with a reason, on record."),
            *(50, 0, 1000),
            _("files"),
        ),
        Number(
            "phone_searches_an_hour",
            "limits",
            _("Whole phone numbers that a person may search for in an hour"),
            _("Of people who read phone numbers masked: who tries many numbers could complete them."),
            *(30, 1, 1000),
            _("searches"),
        ),
        Number(
            "hints_a_day",
            "limits",
            _("Times a day that a person is told whom to ask about a duplicate"),
            _("Of customers out of reach. Beyond it no name is told any more."),
            *(20, 0, 500),
            _("hints"),
        ),
        Number(
            "merge_undo_days",
            "kept",
            _("Days that a merge can be taken back"),
            _("So long what both files were is kept; then the merge is final."),
            *(60, 1, 365),
            _("days"),
        ),
        Number(
            "deleted_file_days",
            "kept",
            _("Days that deleted files stay in the recycle bin"),
            _("Attachments of customers; after that they are removed for good, also those that were deleted before."),
            *(90, 1, 1095),
            _("days"),
        ),
    ),
    keeps=(
        Keep("customers.Attachment", "deleted_at", days="deleted_file_days"),
        Keep("customers.ManyChange", "at", days=1),
        Keep("customers.CustomerMerge", "at", days="merge_undo_days", clears=("snapshot",)),
    ),
    customer_touches=(
        CustomerTouch(
            "customers.PaperOriginal",
            _("has paper originals"),
            lambda: PaperOriginal.all_objects.all(),
            by="updated_by",
            at="updated_at",
        ),
        CustomerTouch(
            "customers.Attachment",
            _("has files"),
            lambda: Attachment.all_objects.all(),
            by="created_by",
            at="created_at",
        ),
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
        CustomerTouch(
            "customers.Consent",
            _("has consents or refusals"),
            lambda: Consent.objects.all(),
            by="user",
            at="at",
            part="consent",
        ),
        CustomerTouch(
            "customers.Registration",
            _("has registrations by a form"),
            lambda: Registration.all_objects.all(),
            by="decided_by",
            at="at",
        ),
        CustomerTouch(
            "customers.Handle",
            _("has senders that somebody has recognised"),
            lambda: Handle.objects.all(),
            by="by",
            at="at",
        ),
        CustomerTouch(
            "customers.Relation",
            _("has relations to other companies"),
            lambda: Relation.all_objects.all(),
            customer="first",
            also=("second",),
            by="created_by",
            at="created_at",
        ),
        CustomerTouch(
            "customers.Verification",
            _("has fields that somebody has verified"),
            lambda: Verification.objects.all(),
            by="by",
            at="at",
        ),
        CustomerTouch("customers.CustomerShare", _("is shared"), lambda: CustomerShare.objects.all()),
        CustomerTouch(
            "customers.Customer_tags",
            _("has tags that were added since"),
            lambda: Customer.tags.through.objects.all(),
            part="tag_link",
        ),
        CustomerTouch(
            "customers.CustomerMerge",
            _("was merged with another customer"),
            lambda: CustomerMerge.objects.all(),
            customer="survivor",
            by="by",
            at="at",
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
        *("customers.ImportedCustomer", "customers.Follower", "customers.DuplicatePair", "customers.DeadAddress"),
        "customers.ManyChangeRow",
    ),
    merge_moves=(
        *("customers.Contact", "customers.Interaction", "customers.Consent", "customers.Attachment"),
        *("customers.PaperOriginal", "customers.CustomerShare", "customers.Follower", "customers.OwnerChange"),
        *("customers.Handle", "customers.DeadAddress", "customers.Registration", "customers.Relation"),
        "customers.Verification",
        *("customers.Customer_tags", "customers.Customer"),  # whom it has referred
    ),
    merge_keeps=(
        *("customers.CustomerFacts", "customers.StageMove"),  # of the stage of that file alone
        *("customers.ImportedCustomer", "customers.DuplicatePair", "customers.ManyChangeRow"),
        "customers.CustomerMerge",  # old links lead from file to file
    ),
    merge_rewrites=("customers.CustomerFacts", "customers.Contact", "customers.Consent"),
    timeline_tabs=(
        TimelineTab("log", _("Follow-up"), order=10),
        TimelineTab("changes", _("Changes"), order=90),
    ),
    timeline=(INTERACTIONS, ATTACHMENTS, OWNERS, STAGES, CONSENTS, relations.BEGUN, relations.ENDED),
    customer_panels=(*PANELS, CONSENT_PANEL, OWN_PANEL, relations.PANEL, VERIFICATION_PANEL),
    export_parts=(OWN_COLUMNS, relations.COLUMNS),
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
        CustomerAction(_("File for the person"), "customer_disclose", "file-text", "customer.disclose", order=96),
        CustomerAction(_("Merge with…"), "customers_merge", "merge", "customer.merge", order=95),
    ),
    acts=(
        Act("customer.create", _("new customer")),
        Act("customer.change", _("changed a customer")),
        Act("customer.delete", _("deleted a customer")),
        Act("customer.restore", _("restored a customer")),
        Act("customer.merge", _("merged two customers"), tone="warn"),
        Act("customer.part", _("took a merge back"), tone="warn"),
        Act("customer.same_again", _("opened a pair of customers again")),
        Act("customer.different", _("said that two customers are not the same")),
        Act("customer.verify", _("verified fields of a customer")),
        Act("customer.purge", _("deleted a customer for good"), tone="danger"),
        Act("customer.assign", _("handed over a customer")),
        Act("customer.stage", _("moved a customer's stage")),
        Act("customer.share", _("shared a customer")),
        Act("customer.unshare", _("ended a share")),
        Act("customer.follow", _("followed a customer")),
        Act("customer.unfollow", _("stopped following a customer")),
        Act("customer.kinds", _("set the kind of customers"), tone="warn"),
        Act("customer.tag", _("tagged a customer")),
        Act("customer.untag", _("took a tag off customers")),
        Act("customer.put_back", _("took a change of many customers back"), tone="warn"),
        Act("customer.export", _("exported customers"), tone="warn"),
        Act("customer.reveal", _("revealed masked values")),
        Act("customer.disclose", _("took out everything about a person"), tone="warn"),
        Act("consent_text.create", _("new consent text")),
        Act("consent_text.version", _("new version of a consent text"), tone="warn"),
        Act("consent_text.retire", _("retired a consent text"), tone="warn"),
        Act("consent_text.restore", _("put a consent text into use again")),
        Act("customer.claim", _("took a customer out of the pool")),
        Act("customer.pool_look", _("opened a customer of the pool")),
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
        Act("catalogue.create", _("new entry of a list")),
        Act("catalogue.change", _("changed an entry of a list"), tone="warn"),
        Act("catalogue.move", _("moved an entry of a list")),
        Act("catalogue.retire", _("retired an entry of a list"), tone="warn"),
        Act("catalogue.restore", _("put an entry of a list into use again")),
        Act("catalogue.merge", _("merged an entry of a list into another"), tone="warn"),
        Act("required_fields.change", _("changed the required fields"), tone="warn"),
        Act("verification_rules.change", _("changed how files are verified"), tone="warn"),
        Act("data_steward.name", _("named a data steward"), tone="warn"),
        Act("data_steward.remove", _("removed a data steward"), tone="warn"),
        Act("review.sign", _("signed a review of data quality off")),
        Act("own_field.create", _("new own field"), tone="warn"),
        Act("own_field.change", _("changed an own field"), tone="warn"),
        Act("own_field.move", _("moved an own field")),
        Act("own_field.retire", _("retired an own field"), tone="warn"),
        Act("own_field.restore", _("put an own field into use again"), tone="warn"),
        Act("entry_template.create", _("made an entry template")),
        Act("entry_template.change", _("changed an entry template")),
        Act("entry_template.retire", _("retired an entry template")),
        Act("entry_template.restore", _("put an entry template into use again")),
        Act("consent.give", _("recorded a consent")),
        Act("consent.refuse", _("recorded a refusal"), tone="warn"),
        Act("consent.undo", _("the reader took a choice back")),
        Act("relation.create", _("noted a relation of two companies")),
        Act("relation.change", _("changed a relation of two companies")),
        Act("relation.end", _("ended a relation of two companies")),
        Act("relation.restore", _("let a relation of two companies hold again")),
        Act("contact.create", _("new contact")),
        Act("contact.change", _("changed a contact")),
        Act("contact.delete", _("deleted a contact")),
        Act("contact.restore", _("restored a contact")),
        Act("interaction.create", _("logged an activity")),
        Act("interaction.correct", _("corrected a log entry")),
        Act("comment.create", _("commented on a log entry")),
        Act("interaction.undo", _("took a log entry back")),
        Act("capture_form.create", _("made a form for new customers")),
        Act("capture_form.change", _("changed a form for new customers")),
        Act("capture_form.close", _("closed a form for new customers")),
        Act("capture_form.open", _("opened a form for new customers again")),
        Act("registration.arrive", _("received a registration")),
        Act("registration.decide", _("decided about a registration")),
        Act("original.add", _("entered a paper original")),
        Act("original.change", _("changed a paper original")),
        Act("original.move", _("moved a paper original")),
        Act("original.delete", _("deleted a paper original")),
        Act("original.restore", _("restored a paper original")),
        Act("original.export", _("exported the register of paper originals"), tone="warn"),
        Act("attachment.add", _("added a file")),
        Act("attachment.change", _("changed who may see a file, or what it is")),
        Act("attachment.open", _("opened a file that isn't for everybody")),
        Act("attachment.delete", _("deleted a file")),
        Act("attachment.restore", _("restored a file")),
        Act("attachment.export", _("exported the list of files"), tone="warn"),
    ),
    details=(
        Detail("customer", _("customer"), row="customers.customer"),
        Detail("customers", _("customers"), row="customers.customer"),
        Detail("merged", _("merged with"), row="customers.customer"),
        Detail("other", _("the other one"), row="customers.customer"),
        Detail("tags", _("tags"), row="customers.tag"),
        Detail("moved_above", _("moved above"), row="customers.channel"),
        Detail("moved_below", _("moved below"), row="customers.channel"),
        Detail("into_channel", _("merged into"), row="customers.channel"),
        *(
            Detail(detail(name, model), word, row=f"customers.{model._meta.model_name}")
            for model in LISTS
            if model is not Channel
            for name, word in (
                ("moved_above", _("moved above")),
                ("moved_below", _("moved below")),
                ("into", _("merged into")),
            )
        ),
        Detail("own_fields", _("own fields"), read=lambda line, value: own_field_names(value)),
        Detail("own_moved_above", _("moved above"), row="customers.ownfield"),
        Detail("own_moved_below", _("moved below"), row="customers.ownfield"),
        *(
            Detail(f"own_{name}", word, before_after=True)
            for name, word in (
                ("name_en", _("name (English)")),
                ("name_zh", _("name (Chinese)")),
                ("help_en", _("help (English)")),
                ("help_zh", _("help (Chinese)")),
            )
        ),
        Detail("own_of", _("for"), codes=lambda: dict(OwnFor.choices), before_after=True),
        Detail("own_asked", _("asked for"), codes=lambda: dict(Level.choices), before_after=True),
        Detail("own_readers", _("who reads it"), codes=lambda: dict(OwnReaders.choices), before_after=True),
        Detail("own_options", _("options"), before_after=True),
        Detail("disclosed_contact", _("of whom"), row="customers.contact"),
        Detail("wording", _("version")),
        Detail("entry_template", _("entry template"), row="customers.entrytemplate"),
        Detail("entry_name_en", _("name (English)"), before_after=True),
        Detail("entry_name_zh", _("name (Chinese)"), before_after=True),
        Detail("entry_asks", _("fields"), before_after=True, read=lambda line, value: asked_in_words(value)),
        Detail("entry_channel", _("source channel"), before_after=True),
        Detail("entry_industry", _("industry"), before_after=True),
        Detail("entry_tags", _("tags"), before_after=True),
        Detail("entry_owner", _("colleague"), before_after=True),
        Detail("entry_first_owner", _("owner"), codes=lambda: dict(FirstOwner.choices), before_after=True),
        Detail("relation_kind", _("kind"), row="customers.relationkind"),
        Detail("back_en", _("the other way round (English)"), before_after=True),
        Detail("back_zh", _("the other way round (Chinese)"), before_after=True),
        Detail("points", _("points"), before_after=True),
        Detail("least", _("from so many employees"), before_after=True),
        Detail("into_tag", _("merged into"), row="customers.tag"),
        Detail("tag_name", _("name"), before_after=True),
        Detail("name_en", _("name (English)"), before_after=True),
        Detail("name_zh", _("name (Chinese)"), before_after=True),
        Detail("customer_stage", _("stage"), codes=lambda: dict(Stage.choices), before_after=True),
        Detail("paused_until", _("paused until"), read=lambda line, value: formatting.written_day(value)),
        Detail("registration_state", _("state"), codes=lambda: dict(Registration.State.choices)),
        Detail("consent_channel", _("channel"), codes=lambda: dict(ConsentChannel.choices)),
        Detail("number", _("number")),
        Detail("holder", _("who has it"), row="accounts.user", before_after=True),
        Detail("originals", _("paper originals")),
        Detail("attached_to", _("at"), read=lambda line, value: _held_by(value)),
        Detail("seen", _("who may see it"), codes=lambda: dict(Attachment.Seen.choices), before_after=True),
        Detail("reason", _("reason")),
        Detail("referred_by", _("referred by")),
        Detail("customers_changed", _("customers changed")),
        Detail("stay_changed", _("stay as they are")),
        Detail("kind", _("kind"), codes=lambda: dict(Kind.choices)),
        Detail("customers_created", _("new customers")),
        Detail("verified", _("verified"), read=lambda line, value: verified_fields(value)),
        Detail("verified_how", _("how"), codes=lambda: dict(How.choices)),
        Detail("verification_every_days", _("days after which a file is verified again"), before_after=True),
        Detail(
            "verification_asked",
            _("fields that are verified"),
            before_after=True,
            read=lambda line, value: verified_fields(value),
        ),
        Detail("verification_reminds", _("remind of files that are due, each Monday"), before_after=True),
        Detail("review_month", _("month"), read=lambda line, value: formatting.written_month(value)),
        Detail("review_team", _("team"), row="accounts.team"),
        Detail("steward", _("data steward"), row="accounts.user"),
        Detail("steward_team", _("team"), row="accounts.team"),
        Detail("via", _("through"), codes=lambda: DOORS),
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
        Named("customers.manychange", _("change of many customers")),
        Named(
            "customers.paperoriginal",
            _("paper original"),
            lambda row: row.title,
            page="original_edit",
            right="original.change",
        ),
        Named(
            "customers.attachment",
            _("file"),
            lambda row: row.file.name,
            page="attachment_list",
            query=lambda row: f"customer={row.customer_id}",
            related=("file",),
        ),
        Named("customers.handle", _("recognised sender"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("customers.deadaddress", _("address that doesn't work"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named("customers.consent", _("consent"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named(
            "customers.registration",
            _("registration"),
            lambda row: row.customer.name,
            page="registration",
            related=("customer",),
        ),
        Named(
            "customers.relation",
            pgettext_lazy("of companies", "relation"),
            str,
            page="relation_edit",
            right="relation.change",
            related=("first", "second"),
        ),
        Named("customers.relationkind", _("kind of relation"), lambda row: row.name),
        Named("customers.captureform", _("form"), lambda row: row.name),
        Named("customers.verification", _("verification"), lambda row: row.customer.name, **OF_CUSTOMER),
        Named(
            "customers.reviewsheet",
            _("review of data quality"),
            lambda row: row.team.name,
            page="quality_review",
            right="review.view",
            related=("team",),
        ),
        Named("customers.datasteward", _("data steward")),
        Named("customers.tag", _("tag"), lambda row: row.name),
        Named("customers.channel", _("channel"), lambda row: row.name),
        Named("customers.ownfield", _("own field"), lambda row: row.name),
        Named(
            "customers.consenttext", _("consent text"), lambda row: row.name, page="consent_text", right="setting.view"
        ),
        Named("customers.entrytemplate", _("entry template"), lambda row: row.name),
        Named("customers.industry", _("industry"), lambda row: row.name),
        Named("customers.companysize", _("company size"), lambda row: row.name),
        Named("customers.marketstanding", _("market standing"), lambda row: row.name),
        Named("customers.incomeband", _("income band"), lambda row: row.name),
        Named("customers.decisionstyle", _("decision style"), lambda row: row.name),
    ),
    events=(
        Event("customer_created", ("customer", "by")),  # by hand or over the API; files are planned by their night
        Event("customer_deleting", ("customer", "by")),  # may be refused: customers.services.CustomerNeededError
        Event("customer_restored", ("customer", "by")),
        # Rows of a merged customer came to these, or went back: what is reckoned from them is to be made anew.
        Event("customers_merged", ("customer_ids", "by")),
        Event("customers_transferred", ("changes", "by")),  # those of one statement: OwnerChange rows
        Event("customers_handed_over", ("changes", "by")),  # after it, once for all that went in one act
        Event("customer_shared", ("share", "by")),
        # By hand, into a pause or out of it, by an order; the night moves others without it.
        Event("stage_moved", ("customer_ids", "by")),
        Event("contact_refused", ("customer",)),  # somebody refused messages: what waits is called off
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
        Handler("customers_handed_over", owners_follow),
        Handler("customers_merged", merged_verified),
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
        NoticeKind(
            REGISTERED,
            _("Registrations that may be of your customers"),
            registered_said,
            order=57,
            rows=lambda user: Registration.objects.for_user(user),
            permission="registration.change",
        ),
        NoticeKind(
            TO_VERIFY,
            _("Files to verify"),
            to_verify_said,
            order=95,
            stays=True,
            permission="customer.change",
        ),
        NoticeKind(
            REVIEW,
            _("Reviews of data quality to sign off"),
            review_said,
            order=96,
            rows=lambda user: ReviewSheet.objects.for_user(user).filter(signed_at=None),
            permission="review.change",
        ),
        NoticeKind(
            NEW_OWNER, _("Customers you follow: new owners"), new_owner_said, order=90, permission="customer.view"
        ),
        NoticeKind(
            NEW_COMMENT, _("Customers you follow: comments"), new_comment_said, order=89, permission="interaction.view"
        ),
    ),
    # Before the plans, which go by the stage.
    nightly_jobs=(
        NightlyJob("pauses", end_pauses, _("Pauses that end")),
        NightlyJob("merged", lambda day: {"followed": late_rows_follow()}, _("What came late to merged customers")),
        NightlyJob(
            "verification",
            remind,
            _("Files to verify"),
            counts={"reminded": _("%(n)s people reminded")},
        ),
        NightlyJob(
            "quality",
            keep_month,
            _("Data quality of the month"),
            counts={"owners": _("files of %(n)s owners")},
        ),
        NightlyJob(
            "review",
            review,
            _("Reviews of data quality"),
            after=("quality",),
            counts={"sheets": _("%(n)s sheets")},
        ),
        NightlyJob(
            "duplicates",
            sweep,
            _("Suspected duplicates"),
            counts={"compared": _("%(n)s compared"), "pairs": _("%(n)s suspected duplicates")},
        ),
    ),
    choice_names=(
        ChoiceName("CustomerKindEnum", Kind),
        ChoiceName("ConsentSourceEnum", Consent.Source),
        ChoiceName("DecisionRoleEnum", Contact.Authority),
        ChoiceName("TopicEnum", Topic),
        ChoiceName("StageEnum", Stage),
        ChoiceName("LifecycleEnum", Lifecycle),
        ChoiceName("WarningLevelEnum", Warn),
        ChoiceName("MethodEnum", InteractionKind),
        ChoiceName("FileHolderEnum", file_holders),
    ),
    collections=(
        Collection("customers", "customers.api.CustomerViewSet", "customer"),
        Collection("contacts", "customers.api.ContactViewSet", "contact"),
        Collection("consents", "customers.consents.api.ConsentViewSet", "consent"),
        Collection("relations", "customers.relations.api.RelationViewSet", "relation"),
        Collection("interactions", "customers.api.InteractionViewSet", "interaction"),
        Collection("attachments", "customers.attachments.api.AttachmentViewSet", "attachment"),
    ),
)
