#include "cli/filing_case.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/case_entry.h"
#include "cli/org_folder.h"
#include "cli/paper_output.h"
#include "cli/privilege_rows.h"
#include "cli/record_fields.h"
#include "cli/record_kind.h"
#include "cli/runbook_values.h"
#include "core/digest.h"
#include "core/durable_file.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "reports/embedded_policies.h"
#include "reports/filing/draft_json.h"
#include "vault/privacy/pii.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;
using workflow::CaseState;
using workflow::Record;

constexpr std::size_t kProfileBytesMax = std::size_t{64} << 10U;
constexpr std::string_view kProfilePrefix = "org.";

std::int64_t number_of(const Record& record, std::string_view field) {
  const auto found = record.fields().find(field);
  const auto* number =
      found == record.fields().end() ? nullptr : std::get_if<std::int64_t>(&found->second);
  return number == nullptr ? 0 : *number;
}

/// Entries of one kind, in the order of the ledger.
std::vector<const Record*> records_of(const CaseState& state, std::string_view kind) {
  std::vector<const Record*> records;
  if (const auto found = state.records_of.find(kind); found != state.records_of.end()) {
    for (const std::size_t at : found->second) records.push_back(&state.records[at]);
  }
  return records;
}

// What may not leave: entries that rest on labelled words.

/// Which statements carry a label. What lies outside `general` is denied without being looked at.
class Labels {
 public:
  static Result<Labels> read(CaseSession& session) {
    Labels labels(session.runbook());
    auto general = session.compartment("general");
    if (!general) return std::move(general).error();
    auto states = privilege_states(session, **general);
    if (!states) return std::move(states).error();
    for (const auto& [target, state] : *states) {
      if (!state.label) continue;
      auto id = vault::ItemId::parse(target);
      if (!id) return std::move(id).error();
      auto records = (*general)->records_of_item(*id);
      if (!records) return std::move(records).error();
      for (const auto& record : *records) {
        if (!record.seq) continue;
        auto entry = entry_at(**general, *record.seq);
        if (entry) labels.privileged_.insert(entry->statement.id.text());
      }
    }
    return labels;
  }
  [[nodiscard]] bool is_labelled(const std::string& statement) const {
    const auto id = StatementId::parse(statement);
    if (!id) return false;
    return privileged_.contains(statement) || !state_->people.statements.contains(*id);
  }

 private:
  explicit Labels(const CaseState& state) : state_(&state) {}
  const CaseState* state_;
  std::set<std::string> privileged_;
};

std::string names_of(CaseSession& session, const std::vector<PersonId>& persons) {
  std::string names;
  for (const PersonId& id : persons) names += (names.empty() ? "" : ", ") + session.name_of(id);
  return names;
}

/// The register of answers as statements, and the labelled ones they rest on.
Result<std::vector<filing::SourcedStatement>> statements_of(CaseSession& session,
                                                            const Labels& labels) {
  std::vector<filing::SourcedStatement> statements;
  std::set<std::string> sources;
  for (const Record* record : records_of(session.runbook(), "answer")) {
    if (!record->text) continue;
    const std::string answers = word_of(*record, "answers");
    if (answers.starts_with(kProfilePrefix)) continue;
    filing::SourcedStatement statement;
    statement.id = "answer-" + std::to_string(record->number);
    statement.text = session.text_of(*record->text);
    if (statement.text.empty()) continue;  // Erased.
    statement.answers = {answers};
    statement.author = names_of(session, record->authors());
    statement.time = record->versions.back().at;
    auto confidence = filing::parse_confidence(word_of(*record, "confidence"));
    if (!confidence) return std::move(confidence).error();
    statement.confidence = *confidence;
    auto label = filing::parse_label(word_of(*record, "label"));
    if (!label) return std::move(label).error();
    statement.label = *label;
    if (const auto audience = record->fields().find("audience");
        audience != record->fields().end()) {
      if (const auto* words = std::get_if<std::vector<std::string>>(&audience->second)) {
        for (const std::string& word : *words) {
          auto reader = filing::parse_audience(word);
          if (!reader) return std::move(reader).error();
          statement.audience.insert(*reader);
        }
      }
    }
    if (const std::string source = word_of(*record, "source"); !source.empty()) {
      statement.sources = {source};
      if (labels.is_labelled(source) && sources.insert(source).second) {
        filing::SourcedStatement behind;
        behind.id = source;
        behind.text = "labelled";
        behind.label = filing::Label::privileged;
        statements.push_back(std::move(behind));
      }
    }
    statements.push_back(std::move(statement));
  }
  return statements;
}

filing::FactEntries facts_of(CaseSession& session, const reports::Facts& facts,
                             const Labels& labels) {
  filing::FactEntries entries;
  const CaseState& state = session.runbook();
  for (const auto& [name, fact] : facts.all()) {
    filing::FactEntry entry{fact, {}, filing::Label::none};
    if (const workflow::FactSaid* said = state.fact(name); said != nullptr) {
      entry.statements = {"entry-" + std::to_string(said->seq)};
      const bool rests_on_labelled =
          !said->evidence.empty() &&
          std::ranges::all_of(said->evidence,
                              [&](const StatementId& id) { return labels.is_labelled(id.text()); });
      if (rests_on_labelled) entry.label = filing::Label::privileged;
    }
    entries.emplace(name, std::move(entry));
  }
  return entries;
}

/// Entries of the organisation: report-profile.json beside its roster, then what the case says.
Result<std::map<std::string, std::string, std::less<>>> profile_of(CaseSession& session) {
  std::map<std::string, std::string, std::less<>> profile;
  Runtime& runtime = session.runtime();
  std::error_code ignored;
  fs::path file = "report-profile.json";
  if (const auto org = chosen_org(runtime); org && fs::is_regular_file(*org / file, ignored)) {
    file = *org / file;
  }
  if (fs::is_regular_file(file, ignored)) {
    auto bytes = read_file(file, kProfileBytesMax);
    if (!bytes) return std::move(bytes).error();
    auto json = parse_json(as_text(*bytes));
    if (!json || !json->is_object()) {
      return Error{ErrorCode::invalid_input, printable(file.string()) + " is no object of texts",
                   "casebook report profile prints one to fill"};
    }
    for (const auto& [name, value] : json->items()) {
      if (value.is_string() && !value.get<std::string>().empty()) {
        profile[name] = value.get<std::string>();
      }
    }
  }
  if (const auto roster = known_roster(runtime); roster && *roster && !profile.contains("name")) {
    profile["name"] = (*roster)->roster.organisation;
  }
  for (const Record* record : records_of(session.runbook(), "answer")) {
    const std::string answers = word_of(*record, "answers");
    if (!answers.starts_with(kProfilePrefix) || !record->text) continue;
    const std::string words = session.text_of(*record->text);
    if (!words.empty()) profile[answers.substr(kProfilePrefix.size())] = words;
  }
  return profile;
}

std::string law_digest(const std::string& regime) {
  const std::string name = "regimes/" + regime + ".json";
  for (const reports::EmbeddedFile& file : reports::embedded_policies()) {
    if (file.name != name) continue;
    const auto digest = sha256(as_bytes(file.text));
    check(bool(digest), "SHA-256 of a built-in file");
    return to_hex(*digest);
  }
  return {};
}

/// What was sent last in the matter of this law, before the stage in hand.
struct Before {
  std::optional<StoredFiling> filing;
  std::string receipt;
};
Before before_of(CaseSession& session, const FilingKind& kind) {
  Before before;
  const CaseState& state = session.runbook();
  const filing::Audience reader =
      filing::FilingMap::built_in().audience(*kind.regime, kind.stage->id);
  for (const Record* sent : records_of(state, "submission")) {
    if (word_of(*sent, "regime") != kind.regime->id) continue;
    const Record* release =
        state.record_by_number(static_cast<std::uint64_t>(number_of(*sent, "release")));
    const Record* record =
        release == nullptr
            ? nullptr
            : state.record_by_number(static_cast<std::uint64_t>(number_of(*release, "filing")));
    if (record == nullptr) continue;
    auto stored = filing_of(session, *record);
    if (!stored || stored->draft.audience != reader) continue;  // Others were told other things.
    before.filing = std::move(stored);
    before.receipt = word_of(*sent, "reference");
  }
  return before;
}

std::vector<filing::PersonalDataHit> personal_data_in(const filing::Draft& draft) {
  std::vector<filing::PersonalDataHit> hits;
  for (const filing::DraftField& field : draft.fields) {
    std::map<std::string, int> counts;
    for (const privacy::PiiHit& hit : privacy::find_pii(field.text())) {
      ++counts[std::string(privacy::to_string(hit.kind))];
    }
    for (const auto& [kind, count] : counts) hits.push_back({field.id, kind, count});
  }
  return hits;
}

}  // namespace

const std::map<std::string, std::string, std::less<>>& filing_words() {
  static const std::map<std::string, std::string, std::less<>> kWords = {
      {"customer", "eu-gdpr/processor_to_controller"},
      {"dora-final", "eu-dora/final"},
      {"dora-initial", "eu-dora/initial"},
      {"dora-intermediate", "eu-dora/intermediate"},
      {"gdpr-authority", "eu-gdpr/sa_initial"},
      {"gdpr-followup", "eu-gdpr/sa_followup"},
      {"gdpr-people", "eu-gdpr/data_subjects"},
      {"nis2-early-warning", "eu-nis2/early_warning"},
      {"nis2-final", "eu-nis2/final"},
      {"nis2-notification", "eu-nis2/notification"},
      {"uk-gdpr-authority", "uk-gdpr/ico"},
  };
  return kWords;
}

Result<FilingKind> find_filing_kind(const CaseSession& session, const reports::PolicySet& policies,
                                    const std::string& name) {
  std::string wanted = name;
  if (const auto word = filing_words().find(name); word != filing_words().end()) {
    wanted = word->second;
  } else if (name.starts_with('#')) {
    const auto number = read_number(name);
    const Record* duty = number ? session.runbook().record_by_number(*number) : nullptr;
    if (duty == nullptr || duty->kind != "duty") {
      return Error{ErrorCode::not_found, printable(name) + ": no duty has that number",
                   "casebook report list shows them"};
    }
    wanted = word_of(*duty, "regime") + "/" + word_of(*duty, "stage");
    if (wanted.starts_with("contract/")) wanted = filing_words().at("customer");
  }
  const std::size_t slash = wanted.find('/');
  const reports::Regime* regime = policies.find(wanted.substr(0, slash));
  if (regime != nullptr && slash == std::string::npos && regime->stages.size() == 1) {
    return FilingKind{regime, &regime->stages.front()};
  }
  if (regime != nullptr && slash != std::string::npos) {
    if (const reports::Stage* stage = regime->find_stage(wanted.substr(slash + 1))) {
      return FilingKind{regime, stage};
    }
  }
  std::vector<std::string> known;
  for (const auto& [word, meaning] : filing_words()) known.push_back(word);
  for (const reports::Regime& one : policies.regimes) {
    for (const reports::Stage& stage : one.stages) known.push_back(one.id + "/" + stage.id);
  }
  const std::string near = nearest(name, known);
  return Error{
      ErrorCode::not_found, printable(name) + ": no such report",
      near.empty() ? "casebook report list --all shows them" : "did you mean " + near + "?"};
}

std::optional<StoredFiling> filing_of(CaseSession& session, const Record& record) {
  if (!record.text) return {};
  auto draft = filing::parse_draft(session.text_of(*record.text));
  if (!draft) return {};
  return StoredFiling{&record, *std::move(draft)};
}

std::optional<StoredFiling> last_filing(CaseSession& session, const FilingKind& kind) {
  std::optional<StoredFiling> last;
  for (const Record* record : records_of(session.runbook(), "filing")) {
    if (word_of(*record, "regime") != kind.regime->id) continue;
    if (word_of(*record, "stage") != kind.stage->id) continue;
    if (auto stored = filing_of(session, *record)) last = std::move(stored);
  }
  return last;
}

const Record* release_of(const CaseState& state, const Record& filing) {
  const Record* last = nullptr;
  for (const Record* release : records_of(state, "release")) {
    if (number_of(*release, "filing") == static_cast<std::int64_t>(filing.number)) last = release;
  }
  return last;
}

const Record* submission_of(const CaseState& state, const Record& release) {
  const Record* last = nullptr;
  for (const Record* sent : records_of(state, "submission")) {
    if (number_of(*sent, "release") == static_cast<std::int64_t>(release.number)) last = sent;
  }
  return last;
}

std::vector<const Record*> open_duties(const CaseState& state, const FilingKind& kind) {
  std::vector<const Record*> duties;
  for (const Record* duty : records_of(state, "duty")) {
    if (duty->is_settled() || word_of(*duty, "regime") != kind.regime->id) continue;
    if (word_of(*duty, "stage") == kind.stage->id) duties.push_back(duty);
  }
  return duties;
}

std::vector<filing::DraftFinding> CurrentDraft::findings(UtcSeconds now) const {
  return filing::check_draft(draft, {.now = now, .personal_data = personal_data, .facts = &facts});
}

Result<CurrentDraft> draft_of_case(CaseSession& session, CaseLaw& law, const FilingKind& kind,
                                   const DraftWanted& wanted) {
  auto labels = Labels::read(session);
  if (!labels) return std::move(labels).error();
  auto statements = statements_of(session, *labels);
  if (!statements) return std::move(statements).error();
  auto profile = profile_of(session);
  if (!profile) return std::move(profile).error();
  const Before before = before_of(session, kind);
  CurrentDraft current;
  current.facts = facts_of(session, law.facts, *labels);
  filing::DraftInput input;
  input.regime = kind.regime;
  input.stage = kind.stage->id;
  input.catalog = &law.policies.catalog;
  input.kind = wanted.kind;
  input.facts = current.facts;
  input.statements = *std::move(statements);
  input.profile = *std::move(profile);
  for (const reports::RegimeVerdict& regime : law.evaluation.regimes) {
    if (regime.regime->id != kind.regime->id) continue;
    for (const reports::StageVerdict& stage : regime.stages) {
      if (stage.stage->id != kind.stage->id) continue;
      input.deciding = stage.deciding;
      if (stage.deadline) input.deadline = filing::snapshot(*stage.deadline, zone_of(law));
    }
  }
  if (before.filing) input.previous = &before.filing->draft;
  input.receipt = before.receipt;
  input.zone = &zone_of(law);
  input.language = wanted.language;
  input.case_name = session.state().file.code_name;
  input.reference = session.state().file.code_name;
  input.tool = tool_name();
  input.head = wanted.head;
  input.law_digest = law_digest(kind.regime->id);
  input.now = wanted.made_at;
  auto draft = filing::make_draft(input);
  if (!draft) return std::move(draft).error();
  current.draft = *std::move(draft);
  current.personal_data = personal_data_in(current.draft);
  return current;
}

std::string filing_state(const CaseState& state, const std::string& regime,
                         const std::string& stage) {
  const Record* last = nullptr;
  for (const Record* record : records_of(state, "filing")) {
    if (word_of(*record, "regime") == regime && word_of(*record, "stage") == stage) last = record;
  }
  if (last == nullptr) return {};
  const Record* release = release_of(state, *last);
  if (release != nullptr)
    return submission_of(state, *release) != nullptr ? "submitted" : "released";
  const std::int64_t asked = number_of(*last, "asked"), missing = number_of(*last, "missing");
  return "draft " + std::to_string(asked - missing) + " of " + std::to_string(asked);
}

}  // namespace casebook::cli
