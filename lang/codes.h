// The diagnostics of the language, by code. A code never changes its meaning and is never used
// again.
#pragma once

namespace sop::lang::code {

// The text itself.
inline constexpr const char* invalid_utf8 = "SOP0001";
inline constexpr const char* bidi_control = "SOP0002";
inline constexpr const char* unexpected_character = "SOP0003";
inline constexpr const char* string_not_closed = "SOP0004";
inline constexpr const char* hole_not_closed = "SOP0005";
inline constexpr const char* bracket_not_closed = "SOP0006";
inline constexpr const char* stray_closer = "SOP0007";
inline constexpr const char* file_too_large = "SOP0008";
inline constexpr const char* nested_too_deep = "SOP0009";
inline constexpr const char* text_too_long = "SOP0010";
inline constexpr const char* full_width_punctuation = "SOP0012";

// Words and the shape of statements.
inline constexpr const char* edition_missing = "SOP0100";
inline constexpr const char* edition_unknown = "SOP0101";
inline constexpr const char* unknown_declaration = "SOP0102";
inline constexpr const char* unknown_setting = "SOP0103";
inline constexpr const char* unknown_weekday = "SOP0104";
inline constexpr const char* unknown_step = "SOP0105";
inline constexpr const char* unknown_action = "SOP0106";
inline constexpr const char* syntax = "SOP0107";
inline constexpr const char* rule_without_steps = "SOP0109";
inline constexpr const char* declared_twice = "SOP0110";
inline constexpr const char* set_twice = "SOP0111";
inline constexpr const char* rule_outside_playbook = "SOP0112";
inline constexpr const char* unknown_dialect = "SOP0113";
inline constexpr const char* cannot_be_converted = "SOP0114";
inline constexpr const char* unknown_branch = "SOP0115";
inline constexpr const char* hole_not_opened = "SOP0116";
inline constexpr const char* other_dialect = "SOP0120";

// Time.
inline constexpr const char* no_timezone = "SOP0201";
inline constexpr const char* unknown_timezone = "SOP0202";
inline constexpr const char* malformed_time = "SOP0203";
inline constexpr const char* impossible_date = "SOP0204";
inline constexpr const char* unknown_unit = "SOP0205";
inline constexpr const char* time_after_elapsed = "SOP0206";
inline constexpr const char* impossible_month_day = "SOP0207";
inline constexpr const char* month_day_skipped = "SOP0208";
inline constexpr const char* zero_duration = "SOP0209";
inline constexpr const char* duration_too_long = "SOP0210";
inline constexpr const char* number_out_of_range = "SOP0211";
inline constexpr const char* never_fires = "SOP0212";
inline constexpr const char* gap_rejected = "SOP0213";
inline constexpr const char* overlap_rejected = "SOP0214";
inline constexpr const char* time_skipped = "SOP0215";
inline constexpr const char* time_repeated = "SOP0216";
inline constexpr const char* starting_missing = "SOP0217";
inline constexpr const char* bounds_contradict = "SOP0218";
inline constexpr const char* unknown_solar_term = "SOP0219";
inline constexpr const char* interval_without_bounds = "SOP0220";
inline constexpr const char* calendar_year_unknown = "SOP0221";
inline constexpr const char* lunar_date_disputed = "SOP0222";
inline constexpr const char* workday_without_calendar = "SOP0223";
inline constexpr const char* days_not_fixed = "SOP0224";
inline constexpr const char* unknown_month = "SOP0225";

// Steps and windows.
inline constexpr const char* steps_out_of_order = "SOP0301";
inline constexpr const char* end_without_window = "SOP0302";
inline constexpr const char* before_the_event = "SOP0303";
inline constexpr const char* split_not_whole = "SOP0304";
inline constexpr const char* rule_runs_itself = "SOP0305";
inline constexpr const char* too_many_steps = "SOP0306";
inline constexpr const char* rules_start_each_other = "SOP0307";
inline constexpr const char* always_quiet = "SOP0308";

// Names and types.
inline constexpr const char* unknown_tag = "SOP0401";
inline constexpr const char* unknown_content = "SOP0402";
inline constexpr const char* unknown_event = "SOP0403";
inline constexpr const char* unknown_channel = "SOP0404";
inline constexpr const char* unknown_field = "SOP0405";
inline constexpr const char* not_visible_here = "SOP0406";
inline constexpr const char* unknown_type = "SOP0407";
inline constexpr const char* wrong_default = "SOP0408";
inline constexpr const char* wrong_event_argument = "SOP0409";
inline constexpr const char* unknown_channel_kind = "SOP0410";
inline constexpr const char* unknown_calendar = "SOP0411";
inline constexpr const char* unknown_calendar_days = "SOP0412";
inline constexpr const char* unknown_import = "SOP0413";
inline constexpr const char* wrong_type = "SOP0414";
inline constexpr const char* unknown_table = "SOP0415";
inline constexpr const char* unknown_metric = "SOP0416";
inline constexpr const char* unknown_words = "SOP0417";
inline constexpr const char* unknown_audience = "SOP0418";
inline constexpr const char* unknown_role = "SOP0419";
inline constexpr const char* unknown_pool = "SOP0420";
inline constexpr const char* unknown_rule = "SOP0421";
inline constexpr const char* names_look_alike = "SOP0430";
inline constexpr const char* name_mixes_scripts = "SOP0431";
inline constexpr const char* name_not_composed = "SOP0432";

// Tables.
inline constexpr const char* table_unreadable = "SOP0440";
inline constexpr const char* table_column_missing = "SOP0441";
inline constexpr const char* wrong_table_row = "SOP0442";
inline constexpr const char* wrong_table_value = "SOP0443";
inline constexpr const char* table_key_twice = "SOP0444";
inline constexpr const char* table_row_missing = "SOP0445";

// How texts show values.
inline constexpr const char* unknown_locale = "SOP0460";
inline constexpr const char* wrong_hole_format = "SOP0461";

// Templates.
inline constexpr const char* unknown_template = "SOP0450";
inline constexpr const char* wrong_argument = "SOP0451";
inline constexpr const char* template_in_itself = "SOP0452";
inline constexpr const char* too_many_rules = "SOP0453";

// Who, and by which way.
inline constexpr const char* no_audience = "SOP0501";
inline constexpr const char* no_channel = "SOP0502";
inline constexpr const char* post_to_members = "SOP0503";
inline constexpr const char* send_to_groups = "SOP0504";
inline constexpr const char* nothing_to_answer = "SOP0505";
inline constexpr const char* no_member_here = "SOP0506";
inline constexpr const char* no_window = "SOP0507";

// Tests.
inline constexpr const char* test_without_start = "SOP0601";
inline constexpr const char* test_expects_nothing = "SOP0602";
inline constexpr const char* unknown_in_test = "SOP0603";
inline constexpr const char* event_field_missing = "SOP0604";

// What cannot go as it is planned.
inline constexpr const char* in_quiet_hours = "SOP0730";
inline constexpr const char* messages_clash = "SOP0731";
inline constexpr const char* over_limit = "SOP0732";
inline constexpr const char* over_capacity = "SOP0733";
inline constexpr const char* over_quota = "SOP0734";
inline constexpr const char* crowded_minutes = "SOP0735";
inline constexpr const char* for_nobody = "SOP0736";

// Findings that the author lets stand.
inline constexpr const char* allowance_wrong = "SOP0801";
inline constexpr const char* allowance_unused = "SOP0802";

// Questions to `sop next -`.
inline constexpr const char* malformed_question = "SOP0901";

}  // namespace sop::lang::code
