#pragma once
/// Tells the story of a case under a policy, entry by entry, for tests of the runbook.

#include "tests/unit/workflow/story.h"
#include "workflow/decide.h"
#include "workflow/embedded_packs.h"

namespace casebook::workflow {

class CaseStory {
 public:
  using Signers = std::vector<Character>;

  explicit CaseStory(std::uint64_t seed = 1)
      : story(seed),
        ada(story.character()),
        ben(story.character()),
        cy(story.character()),
        dee(story.character()),
        now(*parse_utc("2026-11-21T02:00:00Z")) {}

  /// Ada and Ben open the case; Cy and Dee join them.
  void open(const std::vector<std::string>& ada_roles, const std::vector<std::string>& ben_roles,
            const std::vector<std::string>& cy_roles = {},
            const std::vector<std::string>& dee_roles = {}) {
    const CaseOpen opened{
        "amber-heron",
        {{ada.id, ada.key, ada.recipient, ada_roles}, {ben.id, ben.key, ben.recipient, ben_roles}},
        story.key(),
        {}};
    ASSERT_TRUE(people(opened, {ada, ben})) << why;
    for (const auto& [who, roles] : {std::pair{cy, cy_roles}, std::pair{dee, dee_roles}}) {
      ASSERT_TRUE(people(PersonAdd{who.id, who.key, who.recipient}, {ada, ben, who})) << why;
      for (const std::string& role : roles) ASSERT_TRUE(give(who, role)) << why;
    }
  }
  bool give(const Character& who, const std::string& role) {
    Signers givers;
    for (const Character& one : {ada, ben, cy}) {
      if (one.id != who.id && givers.size() < 2) givers.push_back(one);
    }
    return people(RoleGive{who.id, role}, givers) && people(RoleAccept{last()}, {who});
  }

  PinnedPolicy know(const Policy& policy) {
    policies.insert_or_assign(policy.digest, policy);
    return {policy.id, policy.version, policy.digest};
  }
  bool pin(const Policy& policy, const Signers& signers) {
    return says(PolicyPin{{know(policy)}}, signers);
  }
  bool pin_pack(std::string_view id) {
    const auto policy = parse_policy(embedded_pack(id));
    EXPECT_TRUE(policy) << (policy ? "" : policy.error().message);
    return policy && pin(*policy, {ada, ben});
  }

  [[nodiscard]] PolicyLookup lookup() const {
    return [this](const Digest256& digest) -> const Policy* {
      const auto found = policies.find(digest);
      return found == policies.end() ? nullptr : &found->second;
    };
  }

  Entry entry(std::string_view verb, std::string body, const Signers& signers,
              StatementDigests digests = {}) {
    Entry next{seq,
               now,
               {*StatementId::make(story.randomness),
                story.case_id,
                false,
                std::string(verb),
                std::move(body),
                std::move(digests),
                now,
                {},
                {}},
               {}};
    for (const Character& who : signers) next.signers.push_back(who.key);
    return next;
  }
  bool people(const Body& body, const Signers& signers) {
    return take(entry(verb_of(body), format_body(body), signers));
  }
  bool says(const RunbookBody& body, const Signers& signers, StatementDigests digests = {}) {
    return take(entry(verb_of(body), format_runbook_body(body), signers, std::move(digests)));
  }
  /// Appended whether the rules take it or not; `why` and `verdict` say why not.
  bool take(const Entry& next) {
    settle_case(state, next.received_at);
    auto refusal = refuse_entry(state, next, lookup());
    why = refusal ? refusal->what : "";
    verdict = refusal && refusal->verdict ? *std::move(refusal->verdict) : Verdict{};
    entries.push_back(next);
    ++seq;
    apply(state, next, lookup());
    EXPECT_EQ(refusal.has_value(), !state.refused.empty() && state.refused.back().seq == next.seq);
    now += std::chrono::minutes(1);
    return !refusal;
  }

  // Short ways to say things.
  bool fact(const std::string& name, Value value, const Signers& signers,
            std::vector<StatementId> evidence = {}, bool provisional = false) {
    return says(FactSet{name, std::move(value), provisional, std::move(evidence), key()}, signers);
  }
  bool record(const std::string& kind, Fields fields, const Signers& signers) {
    return says(RecordAdd{kind, std::move(fields), key()}, signers,
                {{"text", Digest256{std::byte{7}}}});
  }
  bool settle(const StatementId& id, const Signers& signers, Fields fields = {}) {
    return says(RecordSettle{id, std::move(fields), key()}, signers,
                {{"text", Digest256{std::byte{8}}}});
  }
  bool move(const std::string& name, const Signers& signers) {
    return says(MakeMove{name}, signers);
  }
  bool attest(const std::string& verb, const std::string& role,
              const std::vector<std::string>& facets, const Character& who,
              std::optional<StatementId> record = {}, std::optional<StatementId> ask = {}) {
    return says(Attest{verb, role, covers_now(state, facets), record, ask}, {who});
  }
  /// Something in the case that can be named as evidence.
  StatementId evidence() {
    EXPECT_FALSE(take_other("note"));
    return last();
  }
  bool take_other(const std::string& verb) {
    entries.push_back(entry(verb, "{}", {ada}));
    ++seq;
    apply(state, entries.back(), lookup());
    return false;
  }

  [[nodiscard]] StatementId last() const { return entries.back().statement.id; }
  [[nodiscard]] std::int64_t last_number() const {
    return static_cast<std::int64_t>(state.record(last())->number);
  }
  [[nodiscard]] CaseState folded() const { return fold_case(entries, lookup()); }
  [[nodiscard]] std::vector<std::string> blocked_gates() const {
    std::vector<std::string> ids;
    for (const GateVerdict& gate : verdict.gates) {
      if (gate.answer == GateAnswer::blocked) ids.push_back(gate.gate);
    }
    return ids;
  }
  [[nodiscard]] bool is_blocked_by(const std::string& gate) const {
    const auto ids = blocked_gates();
    return std::ranges::find(ids, gate) != ids.end();
  }
  FacetKey key() {
    FacetKey made{};
    EXPECT_TRUE(story.randomness.fill(made));
    return made;
  }

  Story story;
  Character ada, ben, cy, dee;
  UtcSeconds now;
  std::uint64_t seq = 0;
  std::map<Digest256, Policy> policies;
  std::vector<Entry> entries;
  CaseState state;
  std::string why;
  Verdict verdict;
};

/// Ada commands, Ben and Dee are engineers, Cy is legal; the smallest pack is pinned.
class MinimalCase : public ::testing::Test, public CaseStory {
 protected:
  void SetUp() override {
    open({"commander"}, {"engineer"}, {"legal"}, {"engineer"});
    ASSERT_TRUE(pin_pack("minimal")) << why;
  }
  /// All that closing takes but the word of legal.
  void mend() {
    ASSERT_TRUE(record("host", {{"host", Value(std::string("web-1"))}}, {ben})) << why;
    ASSERT_TRUE(record("fix", {{"version", Value(std::string("1.2.3"))}}, {ben})) << why;
    const std::int64_t fix = last_number();
    ASSERT_TRUE(record("test", {{"fix", fix}, {"result", Value(std::string("pass"))}}, {dee}))
        << why;
    ASSERT_TRUE(record("rollout", {{"fix", fix}}, {ben})) << why;
  }
};

}  // namespace casebook::workflow
