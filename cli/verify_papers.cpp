#include "cli/verify_papers.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/disclosure.h"
#include "cli/exhibit.h"
#include "cli/text.h"
#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPaperBytesMax = std::size_t{4} << 20U;

std::string known_as(const std::string& fingerprint, const OutsideFacts& outside) {
  const auto found = outside.names.find(fingerprint);
  return found == outside.names.end() ? fingerprint : printable(found->second);
}

bool is_anchored(const std::string& fingerprint, const OutsideFacts& outside) {
  return std::ranges::find(outside.anchors, fingerprint) != outside.anchors.end();
}

Result<CheckedPaper> check_receipt_file(std::string_view text, const OutsideFacts& outside) {
  auto receipt = parse_receipt(text);
  if (!receipt) return std::move(receipt).error();
  auto check = check_receipt(*receipt);
  if (!check) return std::move(check).error();
  CheckedPaper paper{.kind = "receipt",
                     .title = "receipt for bag " + receipt->statement.bag.text().substr(0, 8)};
  paper.lines.emplace_back("given by", known_as(check->giver, outside));
  if (!check->receiver.empty())
    paper.lines.emplace_back("received by", known_as(check->receiver, outside));
  paper.lines.emplace_back("claimed", format_utc(receipt->statement.time));
  if (!receipt->receiver_signature) {
    paper.because = "an offer: nobody has signed for it yet";
  } else if (!check->good) {
    paper.verdict = Verdict::tampered;
    paper.because = printable(check->reason);
  } else if (is_anchored(check->giver, outside) || is_anchored(check->receiver, outside)) {
    paper.verdict = Verdict::intact;
  } else {
    paper.because = "both signatures are good; neither person is known here (--anchor)";
  }
  return paper;
}

Result<CheckedPaper> check_ticket_file(const fs::path& path, std::string_view text,
                                       const OutsideFacts& outside) {
  auto ticket = parse_ticket(text);
  if (!ticket) return std::move(ticket).error();
  auto signature = read_file(path.string() + ".sig", kArmoredBytesMax);
  if (!signature) return std::move(signature).error();
  auto trust = verify_ticket(text, as_text(*signature), outside.anchors);
  if (!trust) return std::move(trust).error();
  CheckedPaper paper{.kind = "ticket", .title = "ticket " + ticket->id.text().substr(0, 8)};
  paper.lines.emplace_back("made by", known_as(trust->fingerprint, outside));
  paper.lines.emplace_back("profile", printable(ticket->profile_name));
  paper.lines.emplace_back("until", format_utc(ticket->not_after));
  paper.because = printable(trust->reason);
  paper.verdict = trust->trust == TicketTrust::anchored        ? Verdict::intact
                  : trust->trust == TicketTrust::bad_signature ? Verdict::tampered
                                                               : Verdict::not_fully_checked;
  return paper;
}

}  // namespace

Result<CheckedPaper> verify_paper(const fs::path& path, const OutsideFacts& outside) {
  auto bytes = read_file(path, kPaperBytesMax);
  if (!bytes) return std::move(bytes).error();
  const std::string_view text = as_text(*bytes);
  const auto json = parse_json(text);
  const auto format = json && json->is_object() ? json_text_member(*json, "format")
                                                : Result<std::string>(std::string());
  if (format && *format == kExhibitFormat) return verify_exhibit(path, text, outside);
  if (format && *format == kDisclosureFormat) return verify_disclosure(text, outside);
  if (format && *format == "casebook-receipt/1") return check_receipt_file(text, outside);
  if (format && *format == "casebook-ticket/1") return check_ticket_file(path, text, outside);
  return Error{ErrorCode::invalid_input,
               printable(path.string()) + ": nothing that can be verified",
               "a bag's folder, a .proof file, one statement, a receipt or a ticket.json"};
}

void print_paper(Runtime& runtime, const CheckedPaper& paper) {
  const std::string verdict = paper.verdict == Verdict::intact     ? "INTACT"
                              : paper.verdict == Verdict::tampered ? "TAMPERED"
                                                                   : "NOT FULLY CHECKED";
  if (runtime.common.is_json) {
    Json lines = Json::object();
    for (const auto& [label, text] : paper.lines) lines[label] = text;
    print_json(runtime, {{"because", paper.because},
                         {"format", "casebook-verification/1"},
                         {"kind", paper.kind},
                         {"lines", lines},
                         {"verdict", verdict}});
    return;
  }
  const int width = std::min(runtime.terminal.width_columns, kTextColumnsMax);
  runtime.out << wrap_behind("", paper.title, width);
  for (const auto& [label, text] : paper.lines) {
    std::string first = "  " + label;
    first.resize(15, ' ');
    runtime.out << wrap_behind(first, text, width);
  }
  const Ink ink = paper.verdict == Verdict::intact     ? Ink::good
                  : paper.verdict == Verdict::tampered ? Ink::bad
                                                       : Ink::caution;
  runtime.out << inked(runtime.terminal, ink, verdict)
              << (paper.because.empty() ? "" : ": " + paper.because) << '\n';
}

}  // namespace casebook::cli
