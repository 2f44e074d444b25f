// What `casebook verify` says about a bag.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/bag_judgement.h"
#include "cli/text.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kFindingsShown = 20;

/// "2026-11-21 02:11:26 UTC".
std::string spoken_time(UtcSeconds time) {
  std::string text = format_utc(time);
  text[10] = ' ';
  text.pop_back();
  return text + " UTC";
}

/// What the run said about itself; members that are missing stay empty.
struct ClaimedContext {
  std::string host;
  std::string profile;
  std::string state;
  std::uint64_t exceptions = 0;
};

ClaimedContext read_context(const BagReport& report) {
  ClaimedContext claimed;
  if (!report.contents) return claimed;
  const auto context = parse_json(report.contents->context_json);
  if (!context || !context->is_object()) return claimed;
  if (const auto host = context->find("host"); host != context->end() && host->is_object()) {
    if (auto name = json_text_member(*host, "name")) claimed.host = *name;
  }
  if (auto profile = json_text_member(*context, "profile")) claimed.profile = *profile;
  if (auto state = json_text_member(*context, "state")) claimed.state = *state;
  if (const auto list = context->find("exceptions"); list != context->end() && list->is_object()) {
    for (const auto& [code, unused] : list->items()) {
      if (auto count = json_integer_member(*list, code)) {
        claimed.exceptions += static_cast<std::uint64_t>(std::max<std::int64_t>(0, *count));
      } else if (auto text = json_decimal_member(*list, code)) {
        claimed.exceptions += *text;
      }
    }
  }
  return claimed;
}

std::string title(const BagJudgement& judgement, const KnownBag& bag,
                  const ClaimedContext& claimed) {
  std::string text = bag.name();
  std::string between = "  ";
  for (const std::string& part : {claimed.host, claimed.profile}) {
    if (part.empty()) continue;
    text += between + printable(part);
    between = ", ";
  }
  if (judgement.report.seal) text += between + spoken_time(judgement.report.seal->sealed_at);
  return text;
}

std::string contents_text(const BagReport& report) {
  if (!report.contents) return "not opened";
  const BagContents& contents = *report.contents;
  const std::uint64_t lines = contents.index.entries;
  std::string text = with_thousands(contents.matched) + " of " + with_thousands(contents.members) +
                     " match, " + counted(lines, "line", "lines");
  return contents.whole ? text : text + ", not read to the end";
}

std::string seal_text_of(const BagJudgement& judgement) {
  if (!judgement.report.seal) return "none";
  std::string text = judgement.report.signature_good ? "good" : "BROKEN";
  if (!judgement.maker.empty()) return text + ", " + printable(judgement.maker);
  if (judgement.ticket_signature) {
    return text + ", ticket of " + printable(judgement.ticket_signature->fingerprint) +
           " (not known here)";
  }
  if (judgement.ratification) {
    return text + ", ratified by " + printable(judgement.ratification->key) + " (not known here)";
  }
  return text + ", by a key made on the spot: casebook ticket ratify";
}

std::string time_text(const BagJudgement& judgement) {
  if (!judgement.time) return "not stamped: host clock only";
  if (!judgement.time->time) return "unknown: " + printable(judgement.time->reason);
  const TrustedTime& time = *judgement.time->time;
  return spoken_time(std::chrono::floor<std::chrono::seconds>(time.at)) + " by " +
         printable(time.authority);
}

std::string custody_text(const BagJudgement& judgement) {
  if (!judgement.custody) return "no log opened";
  const CustodyLog& log = *judgement.custody;
  std::string text = counted(log.events.size(), "event", "events");
  if (!log.events.empty()) {
    const CustodyStatement& last = log.events.back().statement;
    text += ", last: " + std::string(to_string(last.kind)) + ' ' + spoken_time(last.time);
  }
  return judgement.custody_report->forked() ? text + ", FORKED" : text;
}

std::string complete_text(const ClaimedContext& claimed) {
  if (claimed.state.empty()) return "not stated";
  if (claimed.state != "complete")
    return printable(claimed.state) + ": see context.json for what was cut";
  return claimed.exceptions == 0
             ? "yes"
             : "yes, with " + counted(claimed.exceptions, "named exception", "named exceptions");
}

std::string_view spoken(Verdict verdict) {
  return verdict == Verdict::intact              ? "INTACT"
         : verdict == Verdict::not_fully_checked ? "NOT FULLY CHECKED"
                                                 : "TAMPERED";
}

std::string closing(const BagJudgement& judgement, const KnownBag& bag, const Terminal& terminal) {
  const int width = std::min(terminal.width_columns, kTextColumnsMax);
  const Verdict verdict = judgement.verdict();
  std::string text;
  for (std::size_t i = 0; i < std::min(judgement.findings.size(), kFindingsShown); ++i) {
    const BagFinding& found = judgement.findings[i];
    text +=
        wrap_behind("  wrong     ", printable(found.where) + ": " + printable(found.what), width);
  }
  if (judgement.findings.size() > kFindingsShown) {
    text += "  wrong     and " +
            counted(judgement.findings.size() - kFindingsShown, "more\n", "more\n");
  }
  for (const std::string& sentence : judgement.unchecked) {
    text += wrap_behind("  unchecked ", printable(sentence), width);
  }
  const Ink ink = verdict == Verdict::intact     ? Ink::good
                  : verdict == Verdict::tampered ? Ink::bad
                                                 : Ink::caution;
  text += inked(terminal, ink, spoken(verdict)) + '.';
  if (verdict == Verdict::tampered)
    return text + " It is not what was sealed; keep it, and find another copy.\n";
  return text + " Without Casebook: scripts/verify-with-stock-tools " + bag.name() + '\n';
}

}  // namespace

std::string judgement_text(const BagJudgement& judgement, const KnownBag& bag,
                           const Terminal& terminal) {
  const int width = std::min(terminal.width_columns, kTextColumnsMax);
  const ClaimedContext claimed = read_context(judgement.report);
  std::string text = wrap_behind("", title(judgement, bag, claimed), width);
  const auto line = [&](std::string_view label, const std::string& what) {
    std::string first = "  " + std::string(label);
    first.resize(12, ' ');
    text += wrap_behind(first, what, width);
  };
  if (!judgement.report.seal_code.empty()) {
    line("seal code", judgement.report.seal_code +
                          (judgement.is_code_right.value_or(false) ? ", as you gave it" : ""));
  }
  line("contents", contents_text(judgement.report));
  line("custody", custody_text(judgement));
  line("seal", seal_text_of(judgement));
  line("time", time_text(judgement));
  line("complete", complete_text(claimed));
  return text + closing(judgement, bag, terminal);
}

Json judgement_json(const BagJudgement& judgement, const KnownBag& bag) {
  Json findings = Json::array();
  for (const BagFinding& found : judgement.findings) {
    findings.push_back(
        {{"code", found.code}, {"what", printable(found.what)}, {"where", printable(found.where)}});
  }
  Json unchecked = Json::array();
  for (const std::string& sentence : judgement.unchecked) unchecked.push_back(printable(sentence));
  Json object = {{"bag", printable(bag.id)},
                 {"contested", judgement.contest.contested},
                 {"findings", findings},
                 {"format", "casebook-verification/1"},
                 {"maker", printable(judgement.maker)},
                 {"name", bag.name()},
                 {"seal_code", judgement.report.seal_code},
                 {"unchecked", unchecked},
                 {"verdict", std::string(spoken(judgement.verdict()))}};
  if (judgement.time && judgement.time->time) {
    object["time"] = format_utc(std::chrono::floor<std::chrono::seconds>(judgement.time->time->at));
  }
  if (judgement.report.contents) {
    object["matched"] = std::to_string(judgement.report.contents->matched);
    object["members"] = std::to_string(judgement.report.contents->members);
  }
  if (judgement.custody) {
    object["custody_events"] = static_cast<std::int64_t>(judgement.custody->events.size());
  }
  return object;
}

}  // namespace casebook::cli
