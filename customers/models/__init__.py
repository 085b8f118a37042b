"""Tables of customers: one file a subject."""

from customers.models.attachment import Attachment, AttachmentQuerySet
from customers.models.base import CUSTOMER_OWNERS
from customers.models.capture import ASKABLE, WAYS, Asked, CaptureForm, Registration
from customers.models.catalogue import (
    CATALOGUES,
    CatalogueRow,
    Channel,
    CompanySize,
    DecisionStyle,
    IncomeBand,
    Industry,
    MarketStanding,
    Named,
    Pointed,
    Tag,
)
from customers.models.consent import Basis, Consent, ConsentChannel, Topic
from customers.models.contact import Contact
from customers.models.customer import Customer, Gender, Kind, PriceSensitivity, Reason, Stage
from customers.models.duplicate import Alike, DuplicatePair, MatchKey, Strength, ToMatch
from customers.models.entry import EntryTemplate, FirstOwner, LastTemplate
from customers.models.facts import (
    ACTIVE,
    UNRATED,
    UNRATED_RANK,
    CustomerFacts,
    Lifecycle,
    Loyalty,
    Satisfaction,
    Warn,
    facts_of,
)
from customers.models.history import OwnerChange, StageMove
from customers.models.imported import ImportedCustomer
from customers.models.interaction import CheckInState, Comment, Interaction, InteractionKind, InteractionResult, Mention
from customers.models.levels import Level
from customers.models.merge import CustomerMerge
from customers.models.original import OriginalMove, PaperOriginal
from customers.models.own import CHOOSING, Option, OwnField, OwnFor, OwnKind, OwnReaders, own_fields, own_texts
from customers.models.people import CustomerShare, Follower
from customers.models.pool import PoolRules
from customers.models.quality import QualitySum, ReviewSheet
from customers.models.reached import DeadAddress, Handle, Network
from customers.models.relation import Relation, RelationKind
from customers.models.required import RequiredFields
from customers.models.rules import ContactRules
from customers.models.together import ManyChange, ManyChangeRow
from customers.models.verification import NEVER, DataSteward, How, Verification, VerificationRules
from customers.models.wording import ConsentText, ConsentWording

__all__ = [
    "ACTIVE",
    "ASKABLE",
    "CATALOGUES",
    "CHOOSING",
    "CUSTOMER_OWNERS",
    "NEVER",
    "UNRATED",
    "UNRATED_RANK",
    "WAYS",
    "Alike",
    "Asked",
    "Attachment",
    "AttachmentQuerySet",
    "Basis",
    "CaptureForm",
    "CatalogueRow",
    "Channel",
    "CheckInState",
    "Comment",
    "CompanySize",
    "Consent",
    "ConsentChannel",
    "ConsentText",
    "ConsentWording",
    "Contact",
    "ContactRules",
    "Customer",
    "CustomerFacts",
    "CustomerMerge",
    "CustomerShare",
    "DataSteward",
    "DeadAddress",
    "DecisionStyle",
    "DuplicatePair",
    "EntryTemplate",
    "FirstOwner",
    "Follower",
    "Gender",
    "Handle",
    "How",
    "ImportedCustomer",
    "IncomeBand",
    "Industry",
    "Interaction",
    "InteractionKind",
    "InteractionResult",
    "Kind",
    "LastTemplate",
    "Level",
    "Lifecycle",
    "Loyalty",
    "ManyChange",
    "ManyChangeRow",
    "MarketStanding",
    "MatchKey",
    "Mention",
    "Named",
    "Network",
    "Option",
    "OriginalMove",
    "OwnField",
    "OwnFor",
    "OwnKind",
    "OwnReaders",
    "OwnerChange",
    "PaperOriginal",
    "Pointed",
    "PoolRules",
    "PriceSensitivity",
    "QualitySum",
    "Reason",
    "Registration",
    "Relation",
    "RelationKind",
    "RequiredFields",
    "ReviewSheet",
    "Satisfaction",
    "Stage",
    "StageMove",
    "Strength",
    "Tag",
    "ToMatch",
    "Topic",
    "Verification",
    "VerificationRules",
    "Warn",
    "facts_of",
    "own_fields",
    "own_texts",
]
