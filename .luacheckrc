std = "lua51"
read_globals = { "redis" }
globals = { "KEYS", "ARGV" }
max_line_length = 160
-- Defined in Scripts/shared and put in place of an include line when a script is loaded.
local shared = {
  "server_now", "integer", "list_of", "is_line", "queue_of", "line_of_record", "pick_idle", "wake",
  "tell_waiters", "holder_status", "APPLIED", "plan_hand_back", "hand_back", "read_marks", "clear_marks", "earliest_in", "announce_earlier", "scan_running",
  "next_cursor", "is_watched", "tell_listeners", "new_statistics", "count_minute", "count_handler", "check_statistics", "write_statistics",
  "fingerprint_in", "fingerprint_of", "group_ids", "check_groups", "dead_letters_of", "leave_groups", "any_crashes", "line_to_wait_in",
  "add_timed", "new_endings", "end_dead", "end_cancelled", "check_endings", "write_endings",
  "read_attached", "discard_jobs", "referenced_ids",
  "place_of", "leave_place", "count_taken", "taken_in_a_minute",
  "new_page", "page_is_full", "add_to_page",
  "progress_of", "to_send", "MAX_RECORD",
  "due_key", "read_recurring", "write_recurring", "set_due",
  "try", "type_of", "count_in", "read_record", "places_of",
}
files["**/Scripts/*.lua"] = { read_globals = shared }
files["**/Scripts/shared/*.lua"] = { read_globals = shared, ignore = { "211", "431" } }
