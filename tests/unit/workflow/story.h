#pragma once
/// Tells the story of a case entry by entry, for tests of the rules.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/support/seeded_randomness.h"
#include "workflow/anchors.h"
#include "workflow/people.h"

namespace casebook::workflow {

/// Somebody with one key and one recipient, made from randomness.
struct Character {
  PersonId id;
  SshPublicKey key;
  AgeRecipient recipient;
};

class Story {
 public:
  explicit Story(std::uint64_t seed = 1)
      : randomness(seed),
        case_id(*CaseId::make(randomness)),
        now(*parse_utc("2026-11-21T02:00:00Z")) {}

  Character character() { return {*PersonId::make(randomness), key(), recipient()}; }
  SshPublicKey key() { return Ed25519Signer::generate(randomness)->public_key(); }
  AgeRecipient recipient() { return AgeIdentity::make(randomness)->recipient(); }

  Skeleton entry(const Body& body, std::vector<SshPublicKey> signers) {
    return {entries.size(),
            now,
            {*StatementId::make(randomness),
             case_id,
             false,
             std::string(verb_of(body)),
             format_body(body),
             {},
             now,
             {},
             {}},
            std::move(signers)};
  }
  /// Whether the rules take it now; appended if so.
  bool says(const Body& body, std::vector<SshPublicKey> signers) {
    const Skeleton next = entry(body, std::move(signers));
    const auto refusal = refuse(settle(people, now), next);
    why = refusal ? refusal->what : "";
    append(next);
    EXPECT_EQ(refusal.has_value(),
              !people.refused.empty() && people.refused.back().seq == next.seq);
    return !refusal;
  }
  void append(const Skeleton& next) {
    entries.push_back(next);
    people = apply(std::move(people), next);
  }
  [[nodiscard]] StatementId last() const { return entries.back().statement.id; }

  bool open(const std::vector<Character>& founders) {
    CaseOpen open{"amber-heron", {}, key(), {}};
    std::vector<SshPublicKey> keys;
    for (const Character& founder : founders) {
      open.founders.push_back({founder.id, founder.key, founder.recipient, {"commander"}});
      keys.push_back(founder.key);
    }
    return says(open, keys);
  }
  bool add(const Character& who, std::vector<SshPublicKey> signers) {
    signers.push_back(who.key);
    return says(PersonAdd{who.id, who.key, who.recipient}, std::move(signers));
  }
  bool give(const Character& who, const std::string& role, std::vector<SshPublicKey> signers) {
    return says(RoleGive{who.id, role}, std::move(signers)) && says(RoleAccept{last()}, {who.key});
  }

  SeededRandomness randomness;
  CaseId case_id;
  UtcSeconds now;
  People people;
  std::vector<Skeleton> entries;
  std::string why;
};

}  // namespace casebook::workflow
