#include "vault/privacy/privilege.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/json_text.h"

namespace casebook::privacy {
namespace {

using ::testing::HasSubstr;

const PrivilegeLabel kLabel{.basis = PrivilegeBasis::attorney_client,
                            .purpose = "legal advice on notification",
                            .requested_by = "p1",
                            .distribution = {"p1", "p2"}};
const PrivilegeActor kCounsel{
    .person = "cy", .is_legal = true, .is_bound = true, .has_fresh_act = true};
const PrivilegeActor kResponder{.person = "ada", .is_bound = true, .has_fresh_act = true};

std::string why(const Status& status) { return status ? "" : status.error().message; }

class History {
 public:
  PrivilegeState& take(std::string statement, std::string by, PrivilegeStep step) {
    apply(states_, {.statement = std::move(statement),
                    .target = "n7",
                    .by = std::move(by),
                    .at = {},
                    .step = std::move(step)});
    return states_["n7"];
  }

 private:
  PrivilegeStates states_;
};

TEST(Privilege, OnlyTheLegalRoleClaimsItAndOnlyByAFreshAct) {
  EXPECT_EQ(why(decide_privilege_set({}, kCounsel, kLabel)), "");
  EXPECT_THAT(why(decide_privilege_set({}, kResponder, kLabel)), HasSubstr("legal role"));
  PrivilegeActor tired = kCounsel;
  tired.has_fresh_act = false;
  const auto refused = decide_privilege_set({}, tired, kLabel);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::locked);
}

TEST(Privilege, ALabelIsComplete) {
  const auto with = [&](auto change) {
    PrivilegeLabel label = kLabel;
    change(label);
    return why(decide_privilege_set({}, kCounsel, label));
  };
  EXPECT_THAT(with([](auto& l) { l.purpose.clear(); }), HasSubstr("purpose"));
  EXPECT_THAT(with([](auto& l) { l.purpose = "a\nb"; }), HasSubstr("one line"));
  EXPECT_THAT(with([](auto& l) { l.requested_by.clear(); }), HasSubstr("asked"));
  EXPECT_THAT(with([](auto& l) { l.distribution.clear(); }), HasSubstr("distribution"));
  EXPECT_THAT(with([](auto& l) { l.distribution = {"p1", "p1"}; }), HasSubstr("twice"));
  EXPECT_THAT(with([](auto& l) { l.basis = PrivilegeBasis::other; }), HasSubstr("basis"));
}

TEST(Privilege, OnePersonStrengthensTwoWeaken) {
  History history;
  PrivilegeLabel fact = kLabel;
  fact.basis = PrivilegeBasis::work_product_fact;
  PrivilegeState& state = history.take("s1", "cy", PrivilegeSet{fact});
  PrivilegeLabel opinion = fact;
  opinion.basis = PrivilegeBasis::work_product_opinion;
  EXPECT_EQ(why(decide_privilege_set(state, kCounsel, opinion)), "");
  PrivilegeLabel narrow = fact;
  narrow.distribution = {"p1"};
  EXPECT_EQ(why(decide_privilege_set(state, kCounsel, narrow)), "");
  PrivilegeLabel wide = fact;
  wide.distribution = {"p1", "p2", "p3"};
  EXPECT_THAT(why(decide_privilege_set(state, kCounsel, wide)), HasSubstr("weaken"));
  EXPECT_THAT(why(decide_privilege_set(state, kCounsel, kLabel)), HasSubstr("weaken"));
  EXPECT_THAT(why(decide_privilege_set(state, kCounsel, fact)), HasSubstr("already"));
  // A statement that the rules refuse changes nothing.
  EXPECT_EQ(*history.take("s2", "cy", PrivilegeSet{wide}).label, fact);
}

TEST(Privilege, ComesOffWithASecondPersonOnly) {
  History history;
  PrivilegeState& state = history.take("s1", "cy", PrivilegeSet{kLabel});
  const PrivilegeRemovalAsked asked{.reason = "released to the regulator"};
  EXPECT_THAT(why(decide_privilege_removal(state, kResponder, asked)), HasSubstr("legal role"));
  EXPECT_EQ(why(decide_privilege_removal(state, kCounsel, asked)), "");
  history.take("s2", "cy", asked);
  EXPECT_TRUE(state.label.has_value());
  EXPECT_THAT(why(decide_privilege_removal(state, kCounsel, asked)), HasSubstr("already"));
  EXPECT_THAT(why(decide_privilege_answer(state, kCounsel, "s2")), HasSubstr("nobody confirms"));
  EXPECT_THAT(why(decide_privilege_answer(state, kResponder, "s9")), HasSubstr("no such"));
  EXPECT_THAT(why(decide_privilege_answer(state, {.person = "eve", .has_fresh_act = true}, "s2")),
              HasSubstr("person of the case"));
  EXPECT_EQ(why(decide_privilege_answer(state, kResponder, "s2")), "");
  history.take("s3", "cy", PrivilegeRemovalConfirmed{"s2"});  // Forged: by the same person.
  EXPECT_TRUE(state.label.has_value());
  history.take("s4", "ada", PrivilegeRemovalConfirmed{"s2"});
  EXPECT_FALSE(state.label.has_value());
  EXPECT_EQ(state.history.size(), 4U);
}

TEST(Privilege, AWeakerLabelMayTakeItsPlaceAndARefusalKeepsIt) {
  History history;
  PrivilegeLabel wide = kLabel;
  wide.distribution = {"p1", "p2", "p3"};
  PrivilegeState& state = history.take("s1", "cy", PrivilegeSet{kLabel});
  history.take("s2", "cy", PrivilegeRemovalAsked{.reason = "x", .replacement = wide});
  history.take("s3", "ada", PrivilegeRemovalRefused{.asked = "s2", .reason = "no"});
  EXPECT_EQ(*state.label, kLabel);
  EXPECT_FALSE(state.open_removal.has_value());
  history.take("s4", "cy", PrivilegeRemovalAsked{.reason = "x", .replacement = wide});
  history.take("s5", "ada", PrivilegeRemovalConfirmed{"s4"});
  EXPECT_EQ(*state.label, wide);
}

TEST(Privilege, BodiesReadBackToTheSameText) {
  const std::vector<PrivilegeStep> steps = {
      PrivilegeSet{kLabel}, PrivilegeRemovalAsked{.reason = "r"},
      PrivilegeRemovalAsked{.reason = "r", .replacement = kLabel}, PrivilegeRemovalConfirmed{"s2"},
      PrivilegeRemovalRefused{.asked = "s2", .reason = "no"}};
  for (const PrivilegeStep& step : steps) {
    const Json body = privilege_body("n7", step);
    const auto parsed = parse_privilege_body(privilege_verb(step), body);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(canonical_json(privilege_body(parsed->target, parsed->step)), canonical_json(body));
    Json more = body;
    more["extra"] = 1;
    EXPECT_FALSE(parse_privilege_body(privilege_verb(step), more));
  }
  EXPECT_EQ(canonical_json(privilege_body("n7", PrivilegeSet{kLabel})),
            R"({"label":{"basis":"attorney_client","basis_note":"","distribution":["p1","p2"],)"
            R"("purpose":"legal advice on notification","requested_by":"p1"},"target":"n7"})");
  EXPECT_FALSE(parse_privilege_body("note", Json::object()));
}

}  // namespace
}  // namespace casebook::privacy
