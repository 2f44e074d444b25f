#pragma once
/// Reports to authorities, people and customers out of a case: what a stage of a law asks for, what
/// the case answers, which drafts and releases it holds. The rules are those of reports/filing.
/// Specification: docs/spec/filing.md; in a case docs/spec/duties.md 4.

#include "cli/case_law.h"
#include "reports/filing/draft.h"
#include "reports/filing/draft_check.h"
#include "reports/filing/release.h"

namespace casebook::workflow {
struct Record;
}

namespace casebook::cli {

/// One stage of one law.
struct FilingKind {
  const reports::Regime* regime = nullptr;
  const reports::Stage* stage = nullptr;
  [[nodiscard]] std::string name() const { return regime->id + "/" + stage->id; }
};
/// `eu-gdpr/sa_initial`, a shorter word for some (`gdpr-authority`), or `#31`, a duty of the case.
/// @return `not_found` with what is near.
Result<FilingKind> find_filing_kind(const CaseSession& session, const reports::PolicySet& policies,
                                    const std::string& name);
/// The shorter words and what they mean.
const std::map<std::string, std::string, std::less<>>& filing_words();

/// What was drafted, as it is kept.
struct StoredFiling {
  const workflow::Record* record = nullptr;
  filing::Draft draft;
};
/// The last draft of a stage; none, or one whose words are erased: nothing.
std::optional<StoredFiling> last_filing(CaseSession& session, const FilingKind& kind);
std::optional<StoredFiling> filing_of(CaseSession& session, const workflow::Record& record);
/// The release of a draft; null when it was not released.
const workflow::Record* release_of(const workflow::CaseState& state,
                                   const workflow::Record& filing);
const workflow::Record* submission_of(const workflow::CaseState& state,
                                      const workflow::Record& release);
/// Open duties that a stage answers.
std::vector<const workflow::Record*> open_duties(const workflow::CaseState& state,
                                                 const FilingKind& kind);

struct DraftWanted {
  filing::DraftKind kind = filing::DraftKind::notice;
  documents::Language language = documents::Language::en;
  UtcSeconds made_at;
  std::string head = {};  ///< Of the ledger, when the draft was made.
};
/// A draft as the case stands, and what stands in its way.
struct CurrentDraft {
  filing::Draft draft;
  filing::FactEntries facts;
  std::vector<filing::PersonalDataHit> personal_data;
  [[nodiscard]] std::vector<filing::DraftFinding> findings(UtcSeconds now) const;
};
Result<CurrentDraft> draft_of_case(CaseSession& session, CaseLaw& law, const FilingKind& kind,
                                   const DraftWanted& wanted);

/// "draft 6 of 9", "released", "submitted"; empty when nothing was drafted.
std::string filing_state(const workflow::CaseState& state, const std::string& regime,
                         const std::string& stage);

}  // namespace casebook::cli
