#include "cli/case_outside.h"

#include <algorithm>

#include "cli/org_folder.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

enum class HeadSigner { known, other, nobody };

HeadSigner signer_of(const SignedHead& head, std::span<const SshPublicKey> log_keys) {
  const auto signature = verify_head(head, log_keys);
  if (!signature) return HeadSigner::nobody;
  if (signature->good()) return HeadSigner::known;
  if (!signature->key) return HeadSigner::nobody;
  const auto own = verify_head(head, {&*signature->key, 1});
  return own && own->good() ? HeadSigner::other : HeadSigner::nobody;
}

/// Size and root, which need no key.
void compare_heads(CaseCheck& check) {
  const vault::CaseState& state = check.state;
  if (state.ledger.torn_bytes > 0) {
    check.unchecked.emplace_back("the ledger ends with an append that was cut short");
  }
  if (!state.head) {
    check.findings.emplace_back("there is no head");
  } else if (state.against_head != vault::SeenBefore::extends) {
    check.findings.push_back("the ledger against its own head: " +
                             std::string(to_string(state.against_head)));
  }
  if (state.against_home == vault::SeenBefore::never) {
    check.unchecked.emplace_back("rollback not checked: this machine never saw the case");
  } else if (state.against_home != vault::SeenBefore::extends) {
    check.findings.push_back(
        std::string(state.against_home == vault::SeenBefore::forked ? "forked" : "rolled back") +
        ": this machine saw " + std::to_string(state.home->head.tree.count) +
        " entries, here are " + std::to_string(state.ledger.tree.count));
  }
}

bool is_vouched_for(const vault::CaseFounder& founder, const std::string& fingerprint,
                    const GivenAnchors& given) {
  if (std::ranges::find(given.fingerprints, fingerprint) != given.fingerprints.end()) return true;
  if (!given.roster) return false;
  const RosterPerson* owner = given.roster->roster.owner_of(founder.key);
  return owner != nullptr && owner->id == founder.person && !owner->has_left;
}

}  // namespace

Result<GivenAnchors> read_anchors(const std::vector<std::string>& given) {
  GivenAnchors anchors;
  for (const std::string& text : given) {
    if (is_ssh_fingerprint(text)) {
      anchors.fingerprints.push_back(text);
      continue;
    }
    std::error_code ignored;
    if (fs::is_directory(text, ignored) || text.ends_with(".json")) {
      auto roster = load_roster(text);
      if (!roster) return std::move(roster).error();
      anchors.roster = *std::move(roster);
      continue;
    }
    auto line = read_file(text, std::size_t{8} << 10U);
    if (!line) return std::move(line).error();
    auto key = SshPublicKey::from_line(as_text(*line));
    if (!key) return std::move(key).error().context(printable(text));
    auto fingerprint = key->fingerprint();
    if (!fingerprint) return std::move(fingerprint).error();
    anchors.fingerprints.push_back(*std::move(fingerprint));
  }
  return anchors;
}

void check_heads(CaseCheck& check, std::span<const SshPublicKey> log_keys) {
  if (check.state.head && signer_of(*check.state.head, log_keys) != HeadSigner::known) {
    check.findings.emplace_back("the head is not signed by a log key of this case");
  }
  compare_heads(check);
}

void check_anchors(CaseCheck& check, CaseSession* session, const workflow::People& people,
                   const GivenAnchors& given) {
  const workflow::Anchors anchors{given.roster ? &given.roster->roster : nullptr,
                                  given.fingerprints};
  if (anchors.none()) {
    check.unchecked.emplace_back("identities not checked: give --anchor ROSTER or FINGERPRINT");
    return;
  }
  const workflow::AnchoredPeople found = workflow::anchor(people, anchors);
  const auto name_of = [&](const PersonId& id) {
    const auto known = found.names.find(id);
    return known != found.names.end() ? printable(known->second) : session->name_of(id);
  };
  for (const PersonId& id : found.anchored) check.anchored.push_back(name_of(id));
  for (const PersonId& id : found.unknown) check.unknown.push_back(name_of(id));
  for (const std::string& name : check.unknown) {
    check.findings.push_back(name + " is bound here, and nobody outside vouches for them");
  }
}

void check_without_records(CaseCheck& check, const GivenAnchors& given) {
  const vault::CaseFile& file = check.state.file;
  if (check.state.head) {
    const HeadSigner signer = signer_of(*check.state.head, {&file.log_key, 1});
    if (signer == HeadSigner::nobody) check.findings.emplace_back("the head is signed by nobody");
    if (signer == HeadSigner::other) {
      check.unchecked.emplace_back(
          "the head is by a later log key than that of case.json: only records say who bound it");
    }
  }
  compare_heads(check);
  if (!given.roster && given.fingerprints.empty()) return;
  for (const vault::CaseFounder& founder : file.founders) {
    const auto read = founder.key.fingerprint();
    const std::string fingerprint = read ? *read : std::string("without a key");
    if (is_vouched_for(founder, fingerprint, given)) continue;
    check.unknown.push_back(fingerprint);
    check.unchecked.push_back("nobody outside vouches for the founder " + fingerprint +
                              ": an invented person, or a key that was replaced since");
  }
}

}  // namespace casebook::cli
