#include "cli/witness.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/case_entry.h"
#include "cli/runbook_values.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

Result<std::uint64_t> read_number(const std::string& text) {
  const std::string digits = text.starts_with('#') ? text.substr(1) : text;
  std::uint64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) {
    return Error{ErrorCode::invalid_input, printable(text) + ": not a number",
                 "#12 is a thing of the board, 140 an entry of the ledger"};
  }
  return number;
}

struct Witnessed {
  std::uint64_t seq = 0;
  UtcSeconds received_at;
};

/// The entry that is meant, and when it was received.
Result<Witnessed> find_entry(CaseSession& session, const std::string& text) {
  auto number = read_number(text);
  if (!number) return std::move(number).error();
  const workflow::CaseState& state = session.runbook();
  if (text.starts_with('#')) {
    const workflow::Record* record = state.record_by_number(*number);
    if (record == nullptr) {
      return Error{ErrorCode::not_found, "#" + std::to_string(*number) + ": no entry of a register",
                   "casebook record list shows them; 140 without # is an entry of the ledger"};
    }
    return Witnessed{record->versions.front().seq, record->versions.front().at};
  }
  auto general = session.compartment("general");
  if (!general) return std::move(general).error();
  auto entry = entry_at(**general, *number);
  if (!entry) {
    return Error{ErrorCode::not_found, std::to_string(*number) + ": no entry of general",
                 "casebook timeline shows them"};
  }
  return Witnessed{*number, entry->received_at};
}

}  // namespace

ExitStatus witness_time(Runtime& runtime, const WitnessOptions& options) {
  Witnessed entry;
  UtcSeconds time;
  Saying saying{.purpose = "saying when it was", .attempt = "time"};
  saying.body = [&](CaseSession& session) -> Result<workflow::RunbookBody> {
    auto found = find_entry(session, options.entry);
    if (!found) return std::move(found).error();
    entry = *found;
    time = entry.received_at;
    if (!options.at.empty()) {
      auto moment = read_moment(options.at, session.now());
      if (!moment) return std::move(moment).error().context("--at");
      time = *moment;
    }
    return workflow::RunbookBody(workflow::TimeAttest{entry.seq, time});
  };
  return say_in_case(runtime, {}, saying, [&](CaseSession& session, const vault::Appended& at) {
    if (runtime.common.is_json) {
      print_json(runtime, {{"entry", at.seq},
                           {"format", "casebook-witnessed/1"},
                           {"of", entry.seq},
                           {"time", format_utc(time)}});
      return;
    }
    runtime.out << "entry " << entry.seq << " was there at " << format_utc(time) << ", says "
                << printable(session.name_of(session.me())) << ", entry " << at.seq << '\n';
  });
}

ExitStatus acknowledge_clock(Runtime& runtime, const std::string& number) {
  Saying saying{.purpose = "acknowledging a call", .attempt = "acknowledge"};
  saying.body = [&](CaseSession&) -> Result<workflow::RunbookBody> {
    auto thing = read_number(number);
    if (!thing) return std::move(thing).error();
    return workflow::RunbookBody(workflow::Acknowledge{*thing});
  };
  return say_in_case(runtime, {}, saying, [&](CaseSession& session, const vault::Appended& at) {
    if (runtime.common.is_json) {
      print_json(
          runtime,
          {{"acknowledged", number}, {"entry", at.seq}, {"format", "casebook-acknowledged/1"}});
      return;
    }
    runtime.out << printable(session.name_of(session.me())) << " has it; nobody else is called for "
                << printable(number.starts_with('#') ? number : "#" + number) << "\n";
  });
}

}  // namespace casebook::cli
