// `casebook report custody [BAG]...`: the custody statement. Exit status: 0, 1 when a bag cannot be
// described, 4 when it is not what was sealed.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/bag_access.h"
#include "cli/bag_judgement.h"
#include "cli/case_entry.h"
#include "cli/org_folder.h"
#include "cli/outside_facts.h"
#include "cli/report_command.h"
#include "core/printable.h"
#include "reports/paper/custody_statement.h"

namespace casebook::cli {
namespace {

struct CustodyOptions {
  std::vector<std::string> bags;
  std::filesystem::path identity;
  OutsideOptions outside;
  std::string organisation, declarant, declarant_role;
  bool lists_files = false;
  PaperOptions paper;
};

std::string digest_text(std::string_view bytes) {
  const auto digest = sha256(as_bytes(bytes));
  check(bool(digest), "SHA-256 of a small file");
  return to_hex(*digest);
}

/// What the run says of itself.
struct Claimed {
  std::string host, state;
  std::vector<std::string> exceptions;
};
Claimed claimed_by(const BagReport& report) {
  Claimed claimed;
  const auto context = parse_json(report.contents->context_json);
  if (!context || !context->is_object()) return claimed;
  if (const auto host = context->find("host"); host != context->end() && host->is_object()) {
    if (auto name = json_text_member(*host, "name")) claimed.host = printable(*name);
  }
  if (auto state = json_text_member(*context, "state")) claimed.state = *state;
  const auto list = context->find("exceptions");
  if (list == context->end() || !list->is_object()) return claimed;
  for (const auto& [code, count] : list->items()) {
    const std::string number = count.is_string() ? count.get<std::string>() : count.dump();
    if (number != "0") claimed.exceptions.push_back(printable(code) + ": " + printable(number));
  }
  return claimed;
}

/// The case around the evidence, when there is one: who holds which key, and what its ledger fixed.
class Surroundings {
 public:
  Surroundings(Runtime& runtime, OutsideFacts outside) : outside_(std::move(outside)) {
    if (!runtime.chosen_case()) return;
    auto session = CaseSession::open(runtime, SessionKind::reads, "reading custody");
    if (session) session_ = *std::move(session);
  }
  [[nodiscard]] const OutsideFacts& outside() const { return outside_; }
  [[nodiscard]] std::string code_name() const {
    return session_ == nullptr ? "" : session_->state().file.code_name;
  }
  [[nodiscard]] std::string name_of(const std::string& fingerprint) const {
    const workflow::BoundPerson* person =
        session_ == nullptr ? nullptr : session_->people().owner_of(fingerprint);
    if (person != nullptr) return session_->name_of(person->id);
    const auto known = outside_.names.find(fingerprint);
    return known == outside_.names.end() ? "" : known->second;
  }
  /// The entry of the ledger that holds the seal code of a bag.
  std::optional<papers::PaperAnchor> recorded(const KnownBag& bag) {
    if (session_ == nullptr) return {};
    for (const std::string& name : session_->held()) {
      auto compartment = session_->compartment(name);
      if (!compartment) continue;
      auto hits = (*compartment)->search({.words = "", .kinds = {"bag"}, .count_max = kBagsMax});
      if (!hits) continue;
      for (const vault::SearchHit& hit : *hits) {
        auto item = (*compartment)->item(hit.id);
        if (!item || !*item || !(*item)->text.title.starts_with(bag.name() + " ")) continue;
        auto entry = entry_at(**compartment, hit.seq);
        if (!entry) continue;
        const workflow::BoundPerson* by = session_->people().owner_of(entry->signers.front());
        return papers::PaperAnchor{
            entry->received_at,
            "seal code of " + bag.name() + ", entry " + std::to_string(hit.seq) + " of the ledger",
            by == nullptr ? code_name() : session_->name_of(by->id) + ", " + code_name()};
      }
    }
    return {};
  }

 private:
  static constexpr std::size_t kBagsMax = 10'000;
  OutsideFacts outside_;
  std::unique_ptr<CaseSession> session_;
};

class Statement {
 public:
  Statement(Runtime& runtime, const CustodyOptions& options, Surroundings& around)
      : runtime_(runtime), options_(options), around_(around) {}

  [[nodiscard]] papers::CustodyStatementInput& input() { return input_; }
  [[nodiscard]] ExitStatus status() const { return status_; }

  /// @return what stands against saying anything of this bag.
  Status add(const KnownBag& bag) {
    BagAccess access(runtime_, options_.identity);
    auto unlock = access.unlock_for(bag);
    if (!unlock) return std::move(unlock).error();
    auto judged = judge_bag(bag, bags_in(bag.folder.parent_path()), around_.outside(), *unlock);
    if (!judged) return std::move(judged).error();
    if (judged->verdict() == Verdict::tampered) {
      status_ = ExitStatus::tampered;
      return Error{ErrorCode::corrupt, bag.name() + " is not what was sealed: nothing is stated",
                   "casebook verify " + bag.name() + " says what is wrong"};
    }
    if (!judged->report.seal || !judged->report.contents) {
      return Error{ErrorCode::locked, bag.name() + " cannot be opened here, or has no seal",
                   "--identity FILE names what opens it"};
    }
    papers::PaperBag paper = paper_of(bag, *judged);
    if (options_.lists_files) {
      auto listed = list_files(bag, *unlock, paper);
      if (!listed) return listed;
    }
    note_anchors(bag, *judged);
    latest_ = std::max(latest_, judged->report.seal->sealed_at);
    for (const papers::PaperCustodyEvent& event : paper.custody) {
      latest_ = std::max(latest_, event.time);
    }
    input_.bags.push_back(std::move(paper));
    return ok();
  }
  [[nodiscard]] UtcSeconds latest() const { return latest_; }

 private:
  papers::PaperBag paper_of(const KnownBag& bag, const BagJudgement& judged) {
    const BagReport& report = judged.report;
    const Seal& seal = *report.seal;
    const Claimed claimed = claimed_by(report);
    papers::PaperBag paper;
    paper.name = bag.name();
    paper.bag_id = bag.id;
    paper.host = claimed.host;
    paper.collected_by = printable(report.contents->index.software);
    paper.started_at = seal.started_at;
    paper.sealed_at = seal.sealed_at;
    paper.entries = report.contents->index.entries;
    paper.exceptions = claimed.exceptions;
    if (claimed.state != "complete" && !claimed.state.empty()) {
      paper.exceptions.insert(paper.exceptions.begin(), "the run is " + printable(claimed.state));
    }
    paper.ticket = authorised_by(judged);
    paper.seal_key = seal.seal_key;
    paper.seal_code = report.seal_code;
    paper.encrypted = seal.file_name.ends_with(".age");
    paper.archive_sha256 = to_hex(seal.file_sha256);
    paper.seal_sha256 = digest_text(report.papers.seal_json);
    paper.signature_sha256 = digest_text(report.papers.seal_signature);
    if (judged.time && judged.time->time) {
      paper.time_token =
          format_utc(std::chrono::floor<std::chrono::seconds>(judged.time->time->at)) + ", " +
          printable(judged.time->time->authority);
    }
    if (judged.custody) {
      for (const CustodyEvent& event : judged.custody->events) {
        const CustodyStatement& said = event.statement;
        const bool is_signed = !event.signatures.empty();
        paper.custody.push_back({said.time, std::string(to_string(said.kind)),
                                 is_signed ? printable(around_.name_of(said.key)) : "",
                                 is_signed ? said.key : "", printable(said.place),
                                 printable(said.reason)});
      }
    }
    return paper;
  }

  std::string authorised_by(const BagJudgement& judged) const {
    const auto person = [&](const std::string& key) {
      const std::string name = around_.name_of(key);
      return printable(name.empty() ? key : name + ", " + key);
    };
    if (judged.ticket_signature) return person(judged.ticket_signature->fingerprint);
    return {};
  }

  Status list_files(const KnownBag& bag, const AgeUnlock& unlock, papers::PaperBag& paper) {
    auto again = verify_bag(
        bag.folder,
        {.unlock = unlock, .on_line = [&](const CatalogLine& line) {
           if (line.stored.empty()) return;
           paper.exhibits.push_back({printable(line.stored), line.stored_size_bytes, line.sha256});
         }});
    if (!again) return std::move(again).error();
    return ok();
  }

  void note_anchors(const KnownBag& bag, const BagJudgement& judged) {
    if (auto recorded = around_.recorded(bag)) input_.anchors.push_back(*recorded);
    if (judged.time && judged.time->time) {
      input_.anchors.push_back({std::chrono::floor<std::chrono::seconds>(judged.time->time->at),
                                "trusted time over the signature of the seal of " + bag.name(),
                                printable(judged.time->time->authority)});
    }
    if (!judged.custody) return;
    for (const CustodyEvent& event : judged.custody->events) {
      if (event.statement.kind != CustodyKind::received || event.signatures.empty()) continue;
      const std::string name = around_.name_of(event.statement.key);
      input_.anchors.push_back({event.statement.time, bag.name() + " received and signed for",
                                printable(name.empty() ? event.statement.key : name)});
    }
  }

  Runtime& runtime_;
  const CustodyOptions& options_;
  Surroundings& around_;
  papers::CustodyStatementInput input_;
  UtcSeconds latest_{};
  ExitStatus status_ = ExitStatus::failed;
};

ExitStatus state_custody(Runtime& runtime, const CustodyOptions& options) {
  auto language = paper_language(runtime, options.paper);
  if (!language) return refuse_usage(runtime, language.error());
  auto outside = gather_outside_facts(runtime, options.outside);
  if (!outside) return fail(runtime, outside.error());
  Surroundings around(runtime, *std::move(outside));
  std::vector<std::string> wanted = options.bags;
  if (wanted.empty()) wanted.emplace_back();
  Statement statement(runtime, options, around);
  std::string stem = "custody";
  for (const std::string& one : wanted) {
    auto bag = choose_bag(runtime.evidence_folder(), one);
    if (!bag) return fail(runtime, bag.error());
    if (auto added = statement.add(*bag); !added) {
      const ExitStatus failed = fail(runtime, added.error());
      return statement.status() == ExitStatus::tampered ? ExitStatus::tampered : failed;
    }
    if (wanted.size() == 1) stem += "-" + bag->name();
  }
  papers::CustodyStatementInput& input = statement.input();
  input.head.language = *language;
  input.head.code_name = around.code_name();
  input.head.made_at = statement.latest();
  input.head.tool = tool_name();
  input.head.draft = false;
  input.organisation = options.organisation;
  if (const auto roster = known_roster(runtime); input.organisation.empty() && roster && *roster) {
    input.organisation = (*roster)->roster.organisation;
  }
  input.declarant = options.declarant;
  input.declarant_role = options.declarant_role;
  std::ranges::sort(input.anchors, {}, &papers::PaperAnchor::time);
  return deliver_paper(runtime, papers::custody_statement(input), stem, options.paper);
}

}  // namespace

void add_report_custody(Command& report) {
  auto options = std::make_shared<CustodyOptions>();
  Command& command = report.add("custody", "What was taken, who had it, how anybody checks it");
  command.arguments("BAG", options->bags, "B-7, a path or an id; else the newest", Count::any);
  add_identity_option(command, options->identity);
  add_outside_options(command, options->outside);
  command.flag("--files", options->lists_files, "list every file with its digest")
      .option("--organisation", "NAME", options->organisation, "whose evidence it is")
      .option("--declarant", "NAME", options->declarant, "who would sign the certification")
      .option("--position", "TEXT", options->declarant_role, "their position and qualification");
  add_paper_options(command, options->paper);
  command
      .example("casebook report custody B-7 --out shown", "the printed page is enough to check it")
      .example("casebook report custody B-1 B-2 --files --lang nl --out shown", "")
      .run([options](Runtime& runtime) { return state_custody(runtime, *options); });
}

}  // namespace casebook::cli
