"""Addresses of the tier dashboard, the tiers set by hand and the churn warnings."""

from django.urls import path

from intake.export import export_page
from segmentation.buying import views as buying
from segmentation.buying.listing import RISING, SECOND
from segmentation.by_hand import views as by_hand
from segmentation.by_hand.listing import OVERRIDES
from segmentation.cases import board, cause_pages, results
from segmentation.cases import views as cases
from segmentation.channels import views as channels
from segmentation.channels.listing import CHANNEL_CUSTOMERS
from segmentation.cohorts.views import purchases
from segmentation.control import views as control
from segmentation.costs import views as costs
from segmentation.costs.entries import COSTS
from segmentation.costs.listing import ECONOMICS_LIST
from segmentation.effect import views as effect
from segmentation.effect.listing import EFFECT_CUSTOMERS
from segmentation.now import views as now
from segmentation.pages import tier_dashboard, warnings
from segmentation.pages.listing import WARNINGS
from segmentation.policies import views as policies
from segmentation.preferences.views import preferences
from segmentation.proof import views as proof
from segmentation.proof.listing import forecast_export, forecast_list
from segmentation.qualification import views as qualification
from segmentation.qualification.listing import PROSPECTS
from segmentation.retention.listing import retention_list

urlpatterns = [
    path("segmentation/", tier_dashboard.tier_dashboard, name="segmentation"),
    path("segmentation/purchases/", purchases, name="purchases"),
    path("segmentation/preferences/", preferences, name="preferences"),
    path("segmentation/channels/", channels.channel_quality, name="channel_quality"),
    path("segmentation/channels/customers/", channels.channel_customers, name="channel_customers"),
    path("segmentation/channels/customers/export/", export_page(CHANNEL_CUSTOMERS), name="channel_customers_export"),
    path("segmentation/effect/", effect.tier_effect, name="tier_effect"),
    path("segmentation/effect/customers/", effect.tier_effect_customers, name="tier_effect_customers"),
    path("segmentation/effect/customers/export/", export_page(EFFECT_CUSTOMERS), name="tier_effect_customers_export"),
    path("segmentation/effect/control/", control.tier_control, name="tier_control"),
    path("segmentation/effect/control/customers/", control.control_customers, name="control_customers"),
    path("segmentation/effect/control/hold-outs/new/", control.hold_out_new, name="hold_out_new"),
    path("segmentation/effect/control/hold-outs/<int:pk>/", control.hold_out, name="hold_out"),
    path("segmentation/effect/control/hold-outs/<int:pk>/end/", control.hold_out_end, name="hold_out_end"),
    path("segmentation/effect/control/hold-outs/<int:pk>/resume/", control.hold_out_resume, name="hold_out_resume"),
    path(
        "segmentation/effect/control/hold-outs/<int:pk>/withdraw/", control.hold_out_withdraw, name="hold_out_withdraw"
    ),
    path("segmentation/effect/control/hold-outs/<int:pk>/restore/", control.hold_out_restore, name="hold_out_restore"),
    path("segmentation/effect/control/customers/<int:pk>/take-in/", control.take_in, name="hold_out_take_in"),
    path("segmentation/effect/control/customers/<int:pk>/leave-out/", control.leave_out, name="hold_out_leave_out"),
    path("segmentation/costs/", costs.costs, name="costs"),
    path("segmentation/costs/customers/", costs.economics_list, name="economics_list"),
    path("segmentation/costs/customers/export/", export_page(ECONOMICS_LIST), name="economics_export"),
    path("segmentation/costs/customers/<int:pk>/", costs.customer_costs, name="customer_costs"),
    path("segmentation/costs/entries/", costs.cost_list, name="cost_list"),
    path("segmentation/costs/entries/export/", export_page(COSTS), name="cost_export"),
    path("segmentation/costs/entries/new/", costs.cost_new, name="cost_new"),
    path("segmentation/costs/entries/<int:pk>/", costs.cost_entry, name="cost_entry"),
    path("segmentation/costs/entries/<int:pk>/remove/", costs.cost_remove, name="cost_remove"),
    path("segmentation/costs/entries/<int:pk>/restore/", costs.cost_restore, name="cost_restore"),
    path("segmentation/costs/settings/", costs.cost_settings, name="cost_settings"),
    path("segmentation/by-hand/", by_hand.tiers_by_hand, name="tiers_by_hand"),
    path("segmentation/by-hand/export/", export_page(OVERRIDES), name="tiers_by_hand_export"),
    path("segmentation/by-hand/set/", by_hand.tier_by_hand, name="tier_by_hand"),
    path("segmentation/by-hand/<int:pk>/end/", by_hand.tier_by_hand_end, name="tier_by_hand_end"),
    path("segmentation/by-hand/<int:pk>/undo/", by_hand.tier_by_hand_undo, name="tier_by_hand_undo"),
    path("segmentation/now/<int:pk>/", now.score_now_page, name="score_now"),
    path("segmentation/warnings/", warnings.warning_list, name="warning_list"),
    path("segmentation/warnings/results/", results.warning_results, name="warning_results"),
    path("segmentation/warnings/board/", board.warning_board, name="warning_board"),
    path("segmentation/warnings/export/", export_page(WARNINGS), name="warning_export"),
    path("segmentation/warnings/give/", warnings.warnings_give, name="warnings_give"),
    path("segmentation/warnings/given/<uuid:batch>/undo/", cases.warnings_given_undo, name="warnings_given_undo"),
    path("segmentation/warnings/actions/<int:pk>/remove/", cases.case_action_remove, name="case_action_remove"),
    path("segmentation/warnings/actions/<int:pk>/restore/", cases.case_action_restore, name="case_action_restore"),
    path("segmentation/warnings/<int:pk>/", cases.warning, name="warning"),
    path("segmentation/warnings/<int:pk>/give/", warnings.warning_give, name="warning_give"),
    path("segmentation/warnings/<int:pk>/change/", warnings.warning_change, name="warning_change"),
    path("segmentation/warnings/<int:pk>/reopen/", cases.warning_reopen, name="warning_reopen"),
    path("segmentation/warnings/<int:pk>/undo/", cases.warning_undo, name="warning_undo"),
    path("segmentation/churn-model/", proof.churn_model, name="churn_model"),
    path("segmentation/churn-model/replay/", proof.replay_new, name="replay_new"),
    path("segmentation/churn-model/limit/", proof.limit_use, name="limit_use"),
    path("segmentation/churn-model/limit/undo/", proof.limit_undo, name="limit_undo"),
    path("segmentation/churn-model/<int:pk>/customers/", forecast_list, name="forecast_list"),
    path("segmentation/churn-model/<int:pk>/customers/export/", forecast_export, name="forecast_export"),
    path("segmentation/churn-model/<int:pk>/remove/", proof.replay_remove, name="replay_remove"),
    path("segmentation/retention/", retention_list, name="retention"),
    path("segmentation/second-purchase/", buying.second_purchase_list, name="second_purchase"),
    path("segmentation/second-purchase/export/", export_page(SECOND), name="second_purchase_export"),
    path("segmentation/may-become/", buying.rising_list, name="rising"),
    path("segmentation/may-become/export/", export_page(RISING), name="rising_export"),
    path("segmentation/rules/causes/", cause_pages.cause_list, name="cause_list"),
    path("segmentation/rules/causes/new/", cause_pages.cause_new, name="cause_new"),
    path("segmentation/rules/causes/<int:pk>/edit/", cause_pages.cause_edit, name="cause_edit"),
    path("segmentation/rules/causes/<int:pk>/retire/", cause_pages.cause_retire, name="cause_retire"),
    path("segmentation/rules/causes/<int:pk>/restore/", cause_pages.cause_restore, name="cause_restore"),
    path("segmentation/rules/<slug:scheme>/policies/new/<slug:kind>/", policies.policy_new, name="tier_policy_new"),
    path("segmentation/rules/policies/<int:pk>/edit/", policies.policy_edit, name="tier_policy_edit"),
    path("segmentation/rules/policies/<int:pk>/move/<slug:way>/", policies.policy_move, name="tier_policy_move"),
    path("segmentation/rules/policies/<int:pk>/remove/", policies.policy_remove, name="tier_policy_remove"),
    path("segmentation/rules/policies/<int:pk>/restore/", policies.policy_restore, name="tier_policy_restore"),
    path("segmentation/prospects/", qualification.prospect_list, name="prospect_list"),
    path("segmentation/prospects/export/", export_page(PROSPECTS), name="prospect_export"),
    path("segmentation/prospects/<int:pk>/", qualification.qualification, name="qualification"),
    path("segmentation/prospects/<int:pk>/answer/", qualification.qualification_answer, name="qualification_answer"),
]
