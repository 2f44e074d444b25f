#pragma once
/// The custody statement: what is handed to a court or a counterparty with the evidence. It says
/// what was taken, who handled it, what follows from that and what does not, and how anybody checks
/// it with programs that are not ours. Specification: docs/spec/papers.md 1.

#include <string>
#include <vector>

#include "reports/paper/paper.h"

namespace casebook::papers {

struct PaperCustodyEvent {
  UtcSeconds time;   ///< By the clock of whoever states it.
  std::string kind;  ///< A word of custody.md, "received".
  std::string person;
  std::string key;  ///< Fingerprint; empty when nobody signed.
  std::string place;
  std::string reason;
};

/// A file inside a bag that the statement names.
struct PaperExhibit {
  std::string path;
  std::uint64_t size_bytes = 0;
  std::string sha256;
};

struct PaperBag {
  std::string name;    ///< "B-7"
  std::string bag_id;  ///< Also the name of its folder.
  std::string host;
  std::string collected_by;  ///< Program and build on the host.
  UtcSeconds started_at;     ///< By the clock of the host.
  UtcSeconds sealed_at;
  std::uint64_t entries = 0;
  std::vector<std::string> exceptions;  ///< What is missing or changed while it was read.
  std::string ticket;                   ///< Who authorised it; empty: nobody before it began.
  std::string seal_key;                 ///< "ssh-ed25519 AAAA..."
  std::string seal_code;
  bool encrypted = true;
  std::string archive_sha256;
  std::string seal_sha256;       ///< Of seal.json
  std::string signature_sha256;  ///< Of seal.json.sig
  std::string time_token;        ///< What a trusted time token says; empty: there is none.
  std::vector<PaperCustodyEvent> custody;
  std::vector<PaperExhibit> exhibits;
};

/// A moment fixed from outside: a seal code written down, a receipt, a token, a head kept
/// elsewhere.
struct PaperAnchor {
  UtcSeconds time;
  std::string what;
  std::string kept_by;
};

struct CustodyStatementInput {
  PaperHead head;
  std::string organisation;
  std::string declarant;  ///< Who would sign the certification; may be empty.
  std::string declarant_role;
  std::vector<PaperBag> bags;
  std::vector<PaperAnchor> anchors;
};

Document custody_statement(const CustodyStatementInput& input);

/// The commands that the statement prints for one bag, to be typed in the folder of the bag.
std::vector<std::string> stock_check_lines(const PaperBag& bag);

}  // namespace casebook::papers
