#include "cli/bag_judgement.h"

#include <algorithm>

#include "core/durable_file.h"
#include "core/printable.h"
#include "core/seal_code.h"

namespace casebook::cli {
namespace {

std::string name_of(const std::string& fingerprint, const OutsideFacts& outside) {
  const auto found = outside.names.find(fingerprint);
  return found == outside.names.end() ? fingerprint : found->second;
}

bool is_anchored(const std::string& fingerprint, const OutsideFacts& outside) {
  return std::ranges::find(outside.anchors, fingerprint) != outside.anchors.end();
}

/// Works out one judgement, part by part.
class Judge {
 public:
  Judge(const KnownBag& bag, const OutsideFacts& outside) : bag_(bag), outside_(outside) {}

  Result<BagJudgement> judge(const std::vector<KnownBag>& siblings, const AgeUnlock& unlock) {
    auto report = verify_bag(bag_.folder, {.unlock = unlock});
    if (!report) return std::move(report).error();
    result_.report = *std::move(report);
    result_.findings = result_.report.findings;
    look_at_unchecked();
    if (result_.report.seal) {
      if (auto done = look_at_papers(siblings); !done) return std::move(done).error();
      if (auto done = look_at_custody(unlock); !done) return std::move(done).error();
    }
    return std::move(result_);
  }

  Result<BagJudgement> judge_only(const BagPapers& papers, const Seal& seal) {
    result_.report.papers = papers;
    result_.report.seal = seal;
    result_.report.signature_good = true;
    if (auto done = look_at_papers({}); !done) return std::move(done).error();
    return std::move(result_);
  }

 private:
  [[nodiscard]] const BagPapers& papers() const { return result_.report.papers; }
  void unchecked(std::string sentence) { result_.unchecked.push_back(std::move(sentence)); }
  void finding(std::string code, std::string where, std::string what) {
    result_.findings.push_back({std::move(code), std::move(where), std::move(what)});
  }

  void look_at_unchecked() {
    for (const std::string& code : result_.report.unchecked) {
      if (code == "no_identity") {
        unchecked("what it holds: nothing here opens it (--identity, --as)");
      } else if (code == "unsealed") {
        unchecked("anything: it was never sealed; the run was cut off");
      } else {
        unchecked(code);
      }
    }
  }

  Status look_at_papers(const std::vector<KnownBag>& siblings) {
    if (auto done = look_at_code(); !done) return done;
    if (auto done = look_at_ticket(siblings); !done) return done;
    if (auto done = look_at_ratification(); !done) return done;
    if (auto done = look_at_time(); !done) return done;
    look_at_anchoring();
    if (result_.maker.empty()) {
      unchecked("who sealed it: no ticket or ratification by a key you know (--anchor)");
    }
    return ok();
  }

  Status look_at_code() {
    if (!outside_.seal_code) return ok();
    auto typed = SealCode::parse(*outside_.seal_code);
    if (!typed) return std::move(typed).error().context("--code");
    auto digest = sha256(as_bytes(papers().seal_signature));
    if (!digest) return std::move(digest).error();
    result_.is_code_right = SealCode::of(*digest) == *typed;
    if (!*result_.is_code_right) {
      finding("seal_code", "seal.json.sig", "this is not the bag whose code was written down");
    } else {
      result_.maker = "the seal code you gave";
    }
    return ok();
  }

  Status look_at_ticket(const std::vector<KnownBag>& siblings) {
    if (papers().ticket.empty() || !result_.report.seal->ticket_sha256) return ok();
    auto ticket = parse_ticket(papers().ticket);
    if (!ticket) {
      finding("ticket", "ticket.json", ticket.error().message);
      return ok();
    }
    auto trust = verify_ticket(papers().ticket, papers().ticket_signature, outside_.anchors);
    if (!trust) return std::move(trust).error();
    if (trust->trust == TicketTrust::bad_signature) {
      finding("ticket_signature", "ticket.json.sig", trust->reason);
    } else if (trust->trust == TicketTrust::anchored) {
      result_.maker = "ticket of " + name_of(trust->fingerprint, outside_);
    }
    result_.ticket_signature = *std::move(trust);
    result_.ticket = *std::move(ticket);
    return look_at_siblings(siblings);
  }

  Status look_at_siblings(const std::vector<KnownBag>& siblings) {
    std::vector<SealUnderTicket> seals;
    if (auto added = add_seal(papers(), seals); !added) return added;
    for (const KnownBag& sibling : siblings) {
      if (sibling.id == bag_.id) continue;
      auto other = read_bag_papers(sibling.folder);
      if (!other || other->ticket != papers().ticket) continue;
      if (auto added = add_seal(*other, seals); !added) return added;
    }
    result_.contest = judge_seals(result_.ticket->runs_max, seals);
    if (result_.contest.contested)
      unchecked("which seal under this ticket counts: " + result_.contest.reason);
    return ok();
  }

  static Status add_seal(const BagPapers& papers, std::vector<SealUnderTicket>& seals) {
    const auto seal = parse_seal(papers.seal_json);
    if (!seal) return ok();
    auto bag = BagId::parse(seal->bag);
    auto run = RunId::parse(seal->run);
    auto digest = sha256(as_bytes(papers.seal_signature));
    if (!digest) return std::move(digest).error();
    if (!bag || !run) return ok();
    seals.push_back({.bag = *bag,
                     .run = *run,
                     .sequence = static_cast<std::uint64_t>(seal->sequence),
                     .signature_sha256 = *digest});
    return ok();
  }

  Status look_at_ratification() {
    if (papers().ratification.empty()) return ok();
    const Seal& seal = *result_.report.seal;
    auto bag = BagId::parse(seal.bag);
    auto key = SshPublicKey::from_line(seal.seal_key);
    auto digest = sha256(as_bytes(papers().seal_signature));
    if (!digest) return std::move(digest).error();
    if (!bag || !key) return ok();  // Then the seal itself is a finding.
    RatifiedSeal about{.bag = *bag, .signature_sha256 = *digest, .key = *key, .recipient = {}};
    if (seal.recipient) {
      auto recipient = AgeRecipient::parse(*seal.recipient);
      if (recipient) about.recipient = *recipient;
    }
    auto ratification =
        verify_ratification(papers().ratification, papers().ratification_signature, about);
    if (!ratification) {
      finding("ratification", "ratification.json", ratification.error().message);
      return ok();
    }
    if (is_anchored(ratification->key, outside_)) {
      result_.maker = "ratified by " + name_of(ratification->key, outside_);
    }
    result_.ratification = *std::move(ratification);
    return ok();
  }

  Status look_at_time() {
    if (papers().time_token.empty()) return ok();
    if (outside_.authorities_pem.empty()) {
      result_.time = TimeCheck{.time = {}, .reason = "no time authority was given (--tsa)"};
    } else {
      auto time = verify_timestamp(as_bytes(papers().seal_signature), as_bytes(papers().time_token),
                                   outside_.authorities_pem);
      if (!time) return std::move(time).error();
      result_.time = *std::move(time);
    }
    if (!result_.time->time) unchecked("its time: " + result_.time->reason);
    return ok();
  }

  Status look_at_custody(const AgeUnlock& unlock) {
    const auto path = bag_.folder / "custody.age";
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return ok();
    auto log = load_custody(path, unlock);
    if (!log && log.error().code == ErrorCode::locked) {
      unchecked("its custody: nothing here opens custody.age");
      return ok();
    }
    if (!log) {
      finding("custody", "custody.age", log.error().message);
      return ok();
    }
    auto report = check_custody(*log);
    if (!report) return std::move(report).error();
    for (const CustodyFinding& found : report->findings) {
      const std::string what =
          std::string(to_string(found.kind)) + " at event " + std::to_string(found.event + 1);
      if (found.kind == CustodyFindingKind::bad_signature ||
          found.kind == CustodyFindingKind::digest_differs ||
          found.kind == CustodyFindingKind::unsigned_statement) {
        finding("custody", "custody.age", what);
      } else {
        unchecked("its custody: " + what);
      }
    }
    result_.custody = *std::move(log);
    result_.custody_report = *std::move(report);
    return ok();
  }

  void look_at_anchoring() {
    if (!result_.ticket || !result_.time || !result_.time->time) return;
    const auto at = std::chrono::floor<std::chrono::seconds>(result_.time->time->at);
    result_.anchoring = judge_anchor(result_.ticket->not_after, at);
    if (result_.anchoring == Anchoring::late) {
      unchecked("whether it was sealed in time: first fixed from outside after its ticket's end");
    }
  }

  const KnownBag& bag_;
  const OutsideFacts& outside_;
  BagJudgement result_;
};

}  // namespace

Verdict BagJudgement::verdict() const {
  // What was never sealed cannot differ from what was sealed: a run that was cut off leaves such a
  // bag.
  const bool was_sealed = !report.papers.seal_json.empty();
  if (was_sealed && !findings.empty()) return Verdict::tampered;
  return unchecked.empty() ? Verdict::intact : Verdict::not_fully_checked;
}

Result<BagJudgement> judge_bag(const KnownBag& bag, const std::vector<KnownBag>& siblings,
                               const OutsideFacts& outside, const AgeUnlock& unlock) {
  return Judge(bag, outside).judge(siblings, unlock);
}

Result<BagJudgement> judge_papers(const BagPapers& papers, const Seal& seal,
                                  const OutsideFacts& outside) {
  const KnownBag bag{.id = seal.bag, .short_name = {}, .folder = {}};
  return Judge(bag, outside).judge_only(papers, seal);
}

}  // namespace casebook::cli
