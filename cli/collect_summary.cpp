#include "cli/collect_summary.h"

#include <algorithm>

#include "cli/text.h"
#include "core/digest.h"
#include "core/printable.h"
#include "core/seal_code.h"

namespace casebook::cli {
namespace {

constexpr int kLabelColumns = 16;

/// How people say a finding code or the name of an errno.
std::string spoken(const std::string& code) {
  static const std::map<std::string, std::string> kWords = {
      {"EACCES", "not permitted"},
      {"EPERM", "not permitted"},
      {"ENOENT", "vanished before it was opened"},
      {"EIO", "read error of the disk"},
      {"ESRCH", "of a process that had ended"},
      {"EXDEV", "on another mount"},
      {"changed_while_read", "changed while read"},
      {"cut_at_limit", "cut at the size limit"},
      {"grew", "grew while read"},
      {"read_error", "could not be read to the end"},
      {"shrank", "shrank while read"},
      {"timed_out", "ran out of time"},
      {"vanished", "vanished while read"},
  };
  const auto found = kWords.find(code);
  if (found != kWords.end()) return found->second;
  std::string words = printable(code);
  std::ranges::replace(words, '_', ' ');
  return words;
}

std::string exceptions_text(const CollectionReport& report) {
  std::map<std::string, std::uint64_t> by_words;  // EACCES and EPERM are one to people.
  for (const auto& [code, count] : report.exceptions) by_words[spoken(code)] += count;
  std::vector<std::pair<std::uint64_t, std::string>> kinds;
  for (const auto& [words, count] : by_words) kinds.emplace_back(count, words);
  std::ranges::sort(kinds, [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  constexpr std::size_t kKindsShown = 4;
  for (std::size_t i = 0; i < kinds.size() && i < kKindsShown; ++i) {
    text += (i > 0 ? ", " : "") + with_thousands(kinds[i].first) + ' ' + kinds[i].second;
  }
  if (kinds.size() > kKindsShown) {
    text += " and " + counted(kinds.size() - kKindsShown, "more kind", "more kinds");
  }
  return text;
}

std::uint64_t exception_count(const CollectionReport& report) {
  std::uint64_t count = 0;
  for (const auto& [code, entries] : report.exceptions) count += entries;
  return count;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : std::string(between)) + part;
  return text;
}

/// "  label         text", or two lines on a narrow terminal.
std::string labelled_line(std::string_view label, std::string_view text, const Terminal& terminal) {
  const int width = std::min(terminal.width_columns, kTextColumnsMax);
  if (terminal.width_columns < kTableColumnsMin) {
    return "  " + std::string(label) + '\n' + wrap_behind("    ", text, width);
  }
  std::string first = "  " + std::string(label);
  first.resize(kLabelColumns, ' ');
  return wrap_behind(first, text, width);
}

}  // namespace

std::string seal_code_text(std::string_view seal_signature) {
  const auto digest = sha256(as_bytes(seal_signature));
  return digest ? SealCode::of(*digest).text() : std::string();
}

ExitStatus status_of(const CollectionReport& report) {
  return report.state == CollectionState::complete ? ExitStatus::done : ExitStatus::incomplete;
}

std::string collection_text(const CollectionReport& report, const CollectionPlace& place,
                            const Terminal& terminal) {
  const bool is_complete = report.state == CollectionState::complete;
  std::uint64_t file_bytes = 0;
  for (const SealedBag& bag : report.bags) file_bytes += bag.file_bytes;
  const std::string names = joined(place.bag_names, ", ");
  std::string facts = names + "  " + counted(report.entries, "entry", "entries") + ", " +
                      human_size(report.bytes_read) + " -> " + human_size(file_bytes) + ", " +
                      human_duration(report.duration);
  const std::uint64_t exceptions = exception_count(report);
  if (exceptions > 0) facts += ", " + counted(exceptions, "exception", "exceptions");
  std::string text = inked(terminal, is_complete ? Ink::good : Ink::caution,
                           is_complete ? "COMPLETE" : "PARTIAL") +
                     "  ";
  const std::string head(is_complete ? 10 : 9, ' ');
  text += wrap_behind(head, facts, std::min(terminal.width_columns, kTextColumnsMax))
              .substr(head.size());

  for (const std::string& reason : report.partial_because) {
    text += labelled_line("cut short", printable(reason), terminal);
  }
  if (exceptions > 0) {
    text += labelled_line(
        "exceptions",
        exceptions_text(report) + ": casebook ls " + place.bag_names.front() + " --lost", terminal);
  }
  if (report.left_alone > 0) {
    text += labelled_line("left alone",
                          counted(report.left_alone, "secret", "secrets") +
                              " listed, not copied (private keys, shadow)",
                          terminal);
  }
  if (report.unsupported.rules > 0) {
    text +=
        labelled_line("not yet",
                      counted(report.unsupported.rules, "rule", "rules") + " of " +
                          counted(report.unsupported.artifacts.size(), "artifact", "artifacts") +
                          ": casebook artifact list --not-yet",
                      terminal);
  }
  if (place.is_live) {
    text +=
        labelled_line("touched here",
                      "0 files written outside the bag, " +
                          counted(report.commands_run, "host command", "host commands") + " run",
                      terminal);
  }
  if (!place.has_ticket) {
    text +=
        labelled_line("no ticket",
                      "sealed with a key made " +
                          (place.sealed_on.empty() ? "here" : "on " + printable(place.sealed_on)) +
                          ": casebook ticket ratify " + place.bag_names.front(),
                      terminal);
  }
  for (const SealedBag& bag : report.bags) {
    text += labelled_line("seal code",
                          seal_code_text(bag.seal_signature) + "   read it to a second person",
                          terminal);
  }
  return text;
}

std::string estimate_text(const CollectEstimate& estimate, const Terminal& terminal) {
  const int width = terminal.width_columns;
  std::string text = wrap_behind(
      "would take ",
      counted(estimate.entries, "entry", "entries") + ", about " + human_size(estimate.bytes) +
          "; " + counted(estimate.kernel_readings, "reading", "readings") + " of the kernel, " +
          counted(estimate.commands, "host command", "host commands"),
      std::min(width, kTextColumnsMax));
  if (estimate.unsupported.rules > 0) {
    text += wrap_behind("",
                        counted(estimate.unsupported.rules, "rule", "rules") +
                            " not supported yet: casebook artifact list --not-yet",
                        std::min(width, kTextColumnsMax));
  }
  return text + "Nothing was opened, nothing was written.\n";
}

}  // namespace casebook::cli
