#include "collector/artifact.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "collector/embedded_artifacts.h"
#include "core/json_text.h"

namespace casebook::collector {
namespace {

Json small_set() {
  return Json::parse(R"({
    "catalogue": {"profiles": [{"id": "triage"}, {"id": "full"}],
                  "families": [{"id": "debian", "os_release_ids": ["debian", "ubuntu"]}]},
    "definitions": [
      {"id": "a.one", "title": "t", "why": "w", "stage": 9, "attack": ["T1053.003"],
       "sensitivity": "normal", "cost": "low", "profiles": ["triage", "full"], "entries": [
         {"id": "a.one/file", "kind": "file", "paths": ["/etc/*"], "limits": {"max_depth": 2}},
         {"id": "a.one/cmd", "kind": "command", "argv": ["/bin/ls"], "timeout_s": 5,
          "live_only": true},
         {"id": "a.one/asked", "kind": "file", "paths": ["/x"], "opt_in": true},
         {"id": "a.one/deb", "kind": "file", "paths": ["/y"],
          "conditions": {"families": ["debian"], "kernel_min": "5.10"}}]},
      {"id": "a.two", "title": "t", "why": "w", "stage": 10, "attack": [],
       "sensitivity": "secret", "cost": "low", "profiles": ["full"], "entries": [
         {"id": "a.two/read", "kind": "kernel", "reading": "net.sockets"},
         {"id": "a.two/check", "kind": "check", "reading": "x", "compare": ["a", "b"]}]}],
    "format": "casebook-artifact-set", "version": 1})");
}

Result<ArtifactSet> parse(const Json& set) { return ArtifactSet::parse(set.dump()); }

std::vector<std::string> ids(const std::vector<ChosenEntry>& chosen) {
  std::vector<std::string> found;
  for (const ChosenEntry& item : chosen) found.push_back(item.entry->id);
  return found;
}

TEST(ArtifactSet, ReadsTheShippedSetWhole) {
  auto text = embedded_artifact_set();
  ASSERT_TRUE(text);
  auto set = ArtifactSet::parse(*text);
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_GE(set->artifacts().size(), 330U);
  EXPECT_GE(set->all().size(), 4700U);
  EXPECT_EQ(to_hex(set->digest()), to_hex(*sha256(as_bytes(*text))));
}

TEST(ArtifactSet, ChoosesByProfileAndAddsWhatWasAskedFor) {
  auto set = parse(small_set());
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(ids(*set->choose({.profile = "triage", .opt_in = {}})),
            (std::vector<std::string>{"a.one/file", "a.one/cmd", "a.one/deb"}));
  EXPECT_EQ(ids(*set->choose({.profile = "", .opt_in = {"a.one/asked", "a.two"}})),
            (std::vector<std::string>{"a.one/asked", "a.two/read", "a.two/check"}));
  EXPECT_EQ(set->choose({.profile = "none", .opt_in = {}}).error().code, ErrorCode::not_found);
  EXPECT_EQ(set->choose({.profile = "full", .opt_in = {"a.six"}}).error().code,
            ErrorCode::not_found);
}

TEST(ArtifactSet, AsksConditionsOfTheHost) {
  auto set = parse(small_set());
  const ChosenEntry debian = *set->find_entry("a.one/deb");
  HostFacts facts;
  facts.os_ids = {"linuxfork", "ubuntu"};
  facts.kernel = {6, 1};
  facts.exists = [](const std::string&) { return false; };
  EXPECT_TRUE(set->applies(debian, facts));
  facts.kernel = {5, 4};
  EXPECT_FALSE(set->applies(debian, facts));
  facts.live = false;  // The kernel that runs is not the one of a mounted tree.
  EXPECT_TRUE(set->applies(debian, facts));
  EXPECT_FALSE(set->applies(*set->find_entry("a.one/cmd"), facts));
  facts.os_ids = {"alpine"};
  EXPECT_FALSE(set->applies(debian, facts));
}

TEST(ArtifactSet, GivesEachChoiceADigestOfItsOwn) {
  auto set = parse(small_set());
  const auto digest = [&](EntryChoice choice) { return to_hex(*set->choice_digest(choice)); };
  EXPECT_EQ(digest({"triage", {}}), digest({"triage", {}}));
  EXPECT_NE(digest({"triage", {}}), digest({"full", {}}));
  EXPECT_NE(digest({"triage", {}}), digest({"triage", {"a.one/asked"}}));
  EXPECT_EQ(digest({"full", {"a.one", "a.two"}}), digest({"full", {"a.two", "a.one"}}));
  Json changed = small_set();
  changed["definitions"][0]["why"] = "other";
  EXPECT_NE(to_hex(*parse(changed)->choice_digest({"triage", {}})), digest({"triage", {}}));
}

TEST(ArtifactSet, CountsAndNamesWhatNothingCanDo) {
  auto set = parse(small_set());
  const auto chosen = *set->choose({.profile = "full", .opt_in = {}});
  const auto missing = find_unsupported(
      chosen, [](const ArtifactEntry& entry) { return entry.kind == EntryKind::command; });
  EXPECT_EQ(missing.entries, 2U);
  EXPECT_EQ(missing.artifacts, std::vector<std::string>{"a.two"});
  EXPECT_EQ(missing.by_kind[static_cast<std::size_t>(EntryKind::check)], 1U);
}

struct Wrong {
  std::string name;
  std::function<void(Json&)> change;
};

TEST(ArtifactSet, RefusesTheWholeFileForOneWrongMember) {
  const auto entry = [](Json& set, int at) -> Json& {
    return set["definitions"][0]["entries"][static_cast<std::size_t>(at)];
  };
  const std::vector<Wrong> wrongs = {
      {"unknown member", [&](Json& set) { entry(set, 0)["shell"] = "x"; }},
      {"unknown top member", [&](Json& set) { set["x"] = 1; }},
      {"id twice", [&](Json& set) { entry(set, 0)["id"] = "a.one/cmd"; }},
      {"id of another artifact", [&](Json& set) { entry(set, 0)["id"] = "a.two/file"; }},
      {"relative pattern", [&](Json& set) { entry(set, 0)["paths"] = {"etc"}; }},
      {"two patterns",
       [&](Json& set) {
         entry(set, 0)["paths"] = {"/a", "/b"};
       }},
      {"NUL byte", [&](Json& set) { entry(set, 0)["paths"] = {std::string("/a\0b", 4)}; }},
      {"no pattern", [&](Json& set) { entry(set, 0).erase("paths"); }},
      {"relative program", [&](Json& set) { entry(set, 1)["argv"] = {"ls"}; }},
      {"relative alternative", [&](Json& set) { entry(set, 1)["alternatives"] = {"ls"}; }},
      {"no time limit", [&](Json& set) { entry(set, 1).erase("timeout_s"); }},
      {"time limit too long", [&](Json& set) { entry(set, 1)["timeout_s"] = 601; }},
      {"command on an image", [&](Json& set) { entry(set, 1).erase("live_only"); }},
      {"flag written as false", [&](Json& set) { entry(set, 2)["opt_in"] = false; }},
      {"unknown take", [&](Json& set) { entry(set, 0)["take"] = "all"; }},
      {"depth over 64", [&](Json& set) { entry(set, 0)["limits"]["max_depth"] = 65; }},
      {"wrong exclude", [&](Json& set) { entry(set, 0)["limits"]["exclude"] = {"/a/../b"}; }},
      {"wrong kernel", [&](Json& set) { entry(set, 3)["conditions"]["kernel_min"] = "5"; }},
      {"unknown profile", [&](Json& set) { set["definitions"][0]["profiles"] = {"other"}; }},
      {"stage 17", [&](Json& set) { set["definitions"][0]["stage"] = 17; }},
      {"no entries", [&](Json& set) { set["definitions"][0]["entries"] = Json::array(); }},
      {"other version", [&](Json& set) { set["version"] = 2; }},
      {"no definitions", [&](Json& set) { set.erase("definitions"); }}};
  for (const Wrong& wrong : wrongs) {
    Json set = small_set();
    wrong.change(set);
    EXPECT_FALSE(parse(set)) << wrong.name;
  }
  EXPECT_TRUE(parse(small_set()));
}

TEST(OsRelease, GivesItsIdThenWhatItIsLike) {
  EXPECT_EQ(os_release_ids("NAME=\"X\"\nID_LIKE=\"ubuntu debian\"\nID=mint\nVERSION_ID=1\n"),
            (std::vector<std::string>{"mint", "ubuntu", "debian"}));
  EXPECT_TRUE(os_release_ids("").empty());
}

}  // namespace
}  // namespace casebook::collector
