#pragma once
/// Verifies a bag folder: the seal, its signature, the file, and everything the archive holds.
/// Specification: docs/spec/bag.md section 7, docs/spec/seal.md.

#include <filesystem>

#include "core/age_file.h"
#include "core/bag_contents.h"

namespace casebook {

/// The files of a bag folder that a further check needs; all of them bounded, any may be empty.
struct BagPapers {
  std::string seal_json;
  std::string seal_signature;
  std::string time_token;        ///< seal.json.sig.tsr
  std::string ticket;            ///< ticket.json
  std::string ticket_signature;  ///< ticket.json.sig
  std::string ratification;      ///< ratification.json
  std::string ratification_signature;
};

/// Reads the small files of a bag folder. A file that is not there is empty.
Result<BagPapers> read_bag_papers(const std::filesystem::path& folder);

/// What the papers alone show.
struct CheckedSeal {
  std::optional<Seal> seal;  ///< None: there is none, or its text is refused (then a finding).
  bool signature_good = false;
  std::string seal_code;  ///< Of seal.json.sig; empty without one.
  std::vector<BagFinding> findings;
};

/// Checks seal, signature and that ticket.json is the one that was sealed with. @return `crypto`
/// only when OpenSSL itself fails.
Result<CheckedSeal> check_seal(const BagPapers& papers);

struct VerifyBagOptions {
  AgeUnlock unlock = {};      ///< What opens an encrypted archive.
  LineListener on_line = {};  ///< May be empty.
};

struct BagReport {
  std::vector<BagFinding> findings;  ///< Anything here: the bag is not what was sealed.
  std::vector<std::string>
      unchecked;  ///< Codes of what could not be looked at: "no_identity", "unsealed".
  BagPapers papers;
  std::optional<Seal> seal;  ///< None: unsealed, or its text is refused (then a finding).
  bool signature_good = false;
  std::string seal_code;                ///< Of seal.json.sig; empty without one.
  std::optional<BagContents> contents;  ///< None when the archive could not be opened.
};

/// @return findings as data; an error (`not_found`, `io`, `crypto`) only where nothing could be
/// said. Ticket, ratification and time are for the caller, by `papers`; here only that ticket.json
/// is the one that was sealed with.
Result<BagReport> verify_bag(const std::filesystem::path& folder,
                             const VerifyBagOptions& options = {});

}  // namespace casebook
