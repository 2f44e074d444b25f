#pragma once
/// All that can be said about a bag: what verify_bag() found, who stands behind the seal, what
/// fixes its time, who had it, and what else was sealed under the same ticket.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/bag_choice.h"
#include "cli/terminal.h"
#include "core/age_file.h"
#include "core/bag_verify.h"
#include "core/custody_check.h"
#include "core/json_text.h"
#include "core/ratification.h"
#include "core/ticket_check.h"
#include "core/timestamp.h"

namespace casebook::cli {

/// What came from outside the bag.
struct OutsideFacts {
  std::vector<std::string> anchors;          ///< Fingerprints of known persons.
  std::map<std::string, std::string> names;  ///< Fingerprint -> name, where known.
  std::string authorities_pem;               ///< Time authorities that are believed.
  std::optional<std::string> seal_code;      ///< As somebody wrote it down.
};

enum class Verdict { intact, not_fully_checked, tampered };

struct BagJudgement {
  BagReport report;
  std::optional<Ticket> ticket;
  std::optional<TicketSignature> ticket_signature;
  std::optional<Ratification> ratification;
  std::optional<TimeCheck> time;      ///< None: not stamped.
  std::optional<CustodyLog> custody;  ///< None: no log, or it could not be opened.
  std::optional<CustodyReport> custody_report;
  std::optional<bool> is_code_right;  ///< None: no code was given.
  Contest contest;
  std::optional<Anchoring> anchoring;
  std::string maker;  ///< Who stands behind the seal, for people; empty: nobody known.
  std::vector<BagFinding> findings;    ///< Those of the report and of everything else.
  std::vector<std::string> unchecked;  ///< Sentences.

  [[nodiscard]] Verdict verdict() const;
};

/// @param siblings  other bags of the same folder of evidence, looked through for seals under the
///                  same ticket.
Result<BagJudgement> judge_bag(const KnownBag& bag, const std::vector<KnownBag>& siblings,
                               const OutsideFacts& outside, const AgeUnlock& unlock);

/// The same for papers alone, without the archive: who stands behind the seal, and its time.
Result<BagJudgement> judge_papers(const BagPapers& papers, const Seal& seal,
                                  const OutsideFacts& outside);

/// The lines of `casebook verify`.
std::string judgement_text(const BagJudgement& judgement, const KnownBag& bag,
                           const Terminal& terminal);
/// Format "casebook-verification/1".
Json judgement_json(const BagJudgement& judgement, const KnownBag& bag);

}  // namespace casebook::cli
