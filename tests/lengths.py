"""Which tests are the short form of a long file? What `test` and `test --real` leave to `test --long`.

A file that is not named here is run whole. In one that is, only the tests that are named belong to the shorter level;
all others are what `STEPS` says. A name may end in the parameters of one of its forms; a file whose name ends in such
is only about those forms.
"""

from collections.abc import Mapping

Names = frozenset[str]


def _names(text: str) -> Names:
    return frozenset(text.split())


LONG = "long"  # left out by `test --real`
SWEEP = "sweep"  # left out by `test`

CHANGES = _names(
    """test_a_document_holds_the_new_content_and_nothing_else test_what_is_cancelled_is_what_was_opened
    test_a_change_whose_answer_is_lost_is_in_doubt_and_was_sent_once test_what_somebody_else_is_changing_is_locked
    test_without_leave_nothing_is_changed_and_nothing_is_sent"""
)
ENTRIES = _names(
    """test_a_saved_order_is_stored_once_and_read_back_whole test_a_lost_answer_is_in_doubt_and_stored_once
    test_without_leave_nothing_is_stored test_searching_and_reading_leave_a_filled_form_as_it_is
    test_an_unknown_customer_is_a_fact_about_the_order test_every_target_is_found_by_its_first_locator"""
)
FIRST_ENTRIES = _names(
    """test_a_saved_order_is_stored_once_and_read_back_whole test_a_lost_answer_is_in_doubt_and_stored_once
    test_without_leave_nothing_is_stored"""
)
KEPT_BY_REAL: Mapping[str, Names] = {
    "chaos/test_bad_orders.py": _names("test_what_harbour_keeps_exactly_is_posted"),
    "chaos/test_changes.py": _names(
        """test_a_change_and_a_cancellation_in_the_crm_reach_the_erps_own_tables[forms]
        test_a_change_whose_answer_is_lost_is_settled_by_reading[forms-cut_after-posted]
        test_a_cancellation_whose_answer_is_lost_is_settled_by_reading[forms-cut_after-cancelled]
        test_what_somebody_changed_in_the_erp_is_not_typed_over[forms]"""
    ),
    "chaos/test_erpbridge_chaos.py": _names(
        """test_a_sweep_that_is_told_to_end_leaves_nothing_behind
        test_the_sweep_notices_what_keeps_an_order_from_being_entered_twice[probe]"""
    ),
    "chaos/test_faults_at_save.py": _names(
        "test_what_was_stored_is_found_and_posted_once[one test_what_was_not_stored_waits_for_a_person"
    ),
    "chaos/test_faults_before_and_after_save.py": _names(
        """test_the_short_form_has_every_fault_and_every_phase
        test_a_fault_before_or_after_save_costs_only_time[after"""
    ),
    "chaos/test_kills.py": _names(
        """test_the_whole_bridge_may_be_killed_at_any_step[one
        test_a_stop_while_an_order_is_typed_lets_nothing_leave"""
    ),
    "chaos/test_many_hosts.py": _names(
        "test_hosts_share_the_work_and_a_dead_one_is_succeeded test_licences_hold_over_all_hosts"
    ),
    "chaos/test_surroundings.py": _names(
        """test_without_configuration_or_secret_it_says_what_is_missing
        test_while_the_crm_is_down_nothing_is_typed_unasked test_without_space_for_pictures_nothing_is_saved_unproven"""
    ),
    "contracts/test_erp_changes.py[granite": CHANGES,
    "contracts/test_erp_changes.py[juniper": CHANGES,
    "contracts/test_erp_bots.py[juniper": ENTRIES,
    "desktops/test_granite_troubles.py": _names(
        """test_a_text_is_stored_as_it_was_meant test_a_text_that_the_erp_cuts_is_noticed test_a_frozen_program_is_named
        test_a_german_keyboard_types_the_same test_a_keyboard_that_is_changed_in_between_ends_the_attempt
        test_what_moves_the_keyboard_is_never_typed[tab] test_a_window_that_takes_the_keyboard_ends_the_attempt
        test_what_happens_to_the_window_between_two_fields_does_no_harm test_a_killed_program_is_named
        test_a_changed_look_between_two_fields_does_no_harm[scaled] test_a_killed_display_is_named
        test_nobody_claims_a_number_that_was_not_shown[crash_after] test_a_person_at_the_seat_is_obeyed"""
    ),
    "end_to_end/test_three_surfaces.py": _names(
        """test_orders_are_posted_once_in_each_and_every_picture_is_vouched_for
        test_seats_are_looked_on_at_and_nothing_of_them_is_left"""
    ),
    "terminals/test_juniper_troubles.py": _names(
        """test_a_text_is_stored_as_it_was_meant[chinese] test_a_text_that_the_erp_cuts_is_noticed
        test_a_chinese_host_of_the_old_kind_is_worked_in_its_own_encoding[gb18030-zh]
        test_a_line_that_is_lost_is_named[cut_before] test_how_an_answer_comes_does_no_harm[half
        test_how_an_answer_comes_does_no_harm[a test_a_field_that_an_update_renamed_is_not_looked_for_where_it_was
        test_a_message_from_the_system_over_the_form_does_no_harm
        test_nobody_claims_a_number_that_was_not_shown[cut_after]"""
    ),
    "end_to_end/test_decembers.py": _names("test_four_days_of_real_orders_stay_accounted_for"),
    "end_to_end/test_redated_documents.py[browser": _names(
        "test_a_break_stays_open_when_its_document_gets_another_day"
    ),
    "real/test_sql_ledger_amendments.py": _names("test_a_change_and_a_cancellation_reach_the_tables_of_the_erp"),
    "real/test_sql_ledger_changes.py": _names(
        """test_an_order_holds_the_new_content_and_nothing_else[more
        test_a_change_whose_answer_is_lost_is_in_doubt_and_stored_once"""
    ),
    "real/test_sql_ledger_faults.py": _names("test_a_connection_cut_after_save_leaves_one_order"),
    "real/test_sql_ledger_lookups.py": _names("test_what_was_moved_is_read_and_what_was_deleted_is_gone"),
    "real/test_sql_ledger_values.py": _names("test_a_text_that_a_page_tears_apart_is_not_saved"),
    "real/test_tryton_crm.py": _names("test_every_sale_is_in_the_erp_once_as_tryton_has_it"),
    "real/test_tryton_desktop.py": _names(
        """test_an_order_is_stored_once_found_and_read_back_whole test_orders_in_a_row_are_all_right
        test_any_text_arrives_as_it_was_meant
        test_a_program_that_dies_once_the_sale_is_stored_leaves_a_doubt_and_one_sale
        test_a_program_that_is_killed_while_it_is_typed_into_stores_nothing[25]"""
    ),
    "real/test_tryton_web.py": _names(
        """test_a_saved_order_is_stored_once_and_read_back_whole test_a_corrupted_sale_is_not_taken_as_verified
        test_a_lost_answer_is_in_doubt_stored_once_and_found_unfinished test_a_refused_sign_on_says_so"""
    ),
}

KEPT_BY_TEST: Mapping[str, Names] = {
    "chaos/test_changes.py": _names("test_a_change_and_a_cancellation_in_the_crm_reach_the_erps_own_tables[forms]"),
    "contracts/test_erp_bots.py[granite": FIRST_ENTRIES,
    "contracts/test_erp_bots.py[juniper": FIRST_ENTRIES,
    "desktops/test_desktop_updates.py": _names(""),
    "desktops/test_granite_troubles.py": _names(
        """test_a_text_is_stored_as_it_was_meant[chinese] test_a_text_is_stored_as_it_was_meant[signs
        test_a_text_that_the_erp_cuts_is_noticed test_a_window_that_takes_the_keyboard_ends_the_attempt
        test_a_killed_program_is_named test_what_happens_to_the_window_between_two_fields_does_no_harm[moved]
        test_a_person_at_the_seat_is_obeyed"""
    ),
    "end_to_end/test_cut_readings.py": _names(
        """test_a_reading_that_is_cut_short_goes_on_where_it_was[stopped] test_the_reading_of_the_crm_is_cut_short_too
        test_a_status_that_nobody_declared_is_one_break"""
    ),
    "end_to_end/test_demo.py": _names("test_the_toys_of_a_demo_can_be_taken_up_again"),
    "end_to_end/test_redated_documents.py": _names("test_a_list_that_lacks_more_than_is_looked_up_is_incomplete"),
    "end_to_end/test_three_sides.py": _names(
        """test_only_what_changed_is_opened_and_everything_that_changed_is_seen[forms]
        test_a_list_that_never_comes_to_rest_is_incomplete"""
    ),
    "end_to_end/test_three_surfaces.py": _names(""),
    "sandbox/test_granite_changes.py": _names(
        """test_a_changed_order_keeps_its_number test_an_order_is_cancelled_after_a_question
        test_somebody_elses_order_is_locked"""
    ),
    "sandbox/test_granite_desks.py": _names(
        """test_a_desk_ends_when_its_parent_does test_an_unknown_release_is_refused test_every_word_is_used_and_chinese
        test_every_release_describes_the_same_form test_the_update_swaps_access_keys_and_the_order_of_tab"""
    ),
    "sandbox/test_granite_entry.py": _names(
        """test_an_order_is_typed_by_tab_alone test_what_is_too_long_is_cut_without_a_word
        test_keys_that_come_before_a_message_are_for_the_message
        test_an_unknown_customer_is_said_when_the_field_is_left"""
    ),
    "sandbox/test_granite_faults.py": _names(
        """test_crash_after_ends_the_desk_with_the_order_stored test_a_refusal_saves_nothing
        test_every_kind_of_fault_is_proven_here"""
    ),
    "terminals/test_juniper_troubles.py": _names(
        "test_a_text_is_stored_as_it_was_meant[chinese] test_a_line_that_is_lost_is_named[cut_before]"
    ),
    "unit/reports/test_alterations.py": _names(
        """test_what_people_exchange_by_intent_is_taken test_each_cell_of_each_sheet_is_held_against_what_was_issued
        test_comments_a_row_too_low_or_too_high_are_refused test_the_rows_of_any_table_may_be_sorted"""
    ),
    "unit/reports/test_components.py": _names("test_a_part_that_differs_stands_in_its_own_column"),
    "unit/test_entry_changes.py": _names(
        """test_an_order_that_comes_back_to_life_is_not_cancelled test_an_order_known_to_be_cancelled_is_never_amended
        test_a_lost_lease_sends_no_change test_a_faster_host_is_never_disturbed_in_a_change"""
    ),
    "unit/test_entry_machine.py": _names("test_without_one_of_the_promises_an_interleaving_is_found"),
    "unit/test_entry_troubles.py": _names(
        """test_trouble_leaves_the_order_where_the_table_says test_a_lost_lease_never_sends
        test_a_faster_host_is_never_disturbed test_stop_lets_nothing_leave
        test_the_moments_are_those_of_the_nine_steps"""
    ),
}

STEPS: Mapping[str, Mapping[str, Names]] = {LONG: KEPT_BY_REAL, SWEEP: KEPT_BY_TEST}


def left_to(path: str, name: str) -> str | None:
    """The marker of the longer level that a test of that file (below `tests`) is left to; None where to none."""
    for marker, files in STEPS.items():
        for file, kept in files.items():
            about, _, form = file.partition("[")
            if path == about and form in name.partition("[")[2] and not _is_kept(name, kept):
                return marker
    return None


def _is_kept(name: str, kept: Names) -> bool:
    """Whether that test, or this form of it, is named; parameters may be cut at their first blank."""
    return name in kept or name.partition("[")[0] in kept or name.partition(" ")[0] in kept
