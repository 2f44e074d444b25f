// Properties of the policies that we ship. Specifications: docs/spec/policy.md,
// docs/spec/templates.md.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/unit/policies/pack_json.h"

namespace casebook::workflow {
namespace {

using testing::Contains;
using testing::IsSupersetOf;
using testing::Not;

class Packs : public testing::TestWithParam<EmbeddedPack> {
 protected:
  Json pack_ = json_of(GetParam().text);
};

std::string name_of_pack(const testing::TestParamInfo<EmbeddedPack>& info) {
  std::string name(info.param.name.substr(6, info.param.name.size() - 11));
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Shipped, Packs,
                         testing::ValuesIn(embedded_packs().begin(), embedded_packs().end()),
                         name_of_pack);

TEST_P(Packs, AreFoundByTheirIds) {
  EXPECT_EQ(embedded_pack(pack_.at("id").get<std::string>()), GetParam().text);
  EXPECT_EQ(embedded_pack("no-such-pack"), "");
}

TEST_P(Packs, SayEverythingInBothLanguages) {
  static const std::set<std::string> kRead = {"label", "help", "text", "card", "question", "title"};
  walk(pack_, "", [](const std::string& at, const Json& value) {
    const std::string key = at.substr(at.rfind('/') + 1);
    const bool is_policy_part = at.find("/need/") == std::string::npos && at.find("/facts/") != 0;
    if (kRead.contains(key) && is_policy_part && value.is_object() && !value.contains("en") &&
        !value.contains("fields"))
      ADD_FAILURE() << at << " is said in no language";
    if (!is_label(value)) return;
    ASSERT_TRUE(value.contains("en") && value.contains("nl") && value.size() == 2) << at;
    for (const std::string language : {"en", "nl"}) {
      const auto words = value.at(language).get<std::string>();
      EXPECT_NE(words.find_first_not_of(" \n"), std::string::npos) << at;
    }
  });
}

TEST_P(Packs, GateEveryExit) {
  std::set<std::string> gated;
  for (const Json& gate : pack_.at("gates"))
    gated.insert(gate.at("on").begin(), gate.at("on").end());
  EXPECT_THAT(gated, Contains("downgrade"));
  EXPECT_THAT(gated, Contains("policy"));
  int exits = 0;
  for (const auto& [name, move] : pack_.at("moves").items()) {
    if (!move.at("exit").get<bool>()) continue;
    ++exits;
    EXPECT_THAT(gated, Contains(name));
  }
  EXPECT_GE(exits, 3);
}

TEST_P(Packs, NameOnlyRolesThatExist) {
  const Json& roles = pack_.at("roles");
  walk(pack_.at("gates"), "/gates", [&](const std::string& at, const Json& value) {
    if (!value.is_array() || value.empty() || !value[0].is_string()) return;
    const auto word = value[0].get<std::string>();
    if (word == "attest") {
      EXPECT_TRUE(roles.contains(value[1].at("role"))) << at;
    }
    if (word == "held" || word == "distinct") {
      for (std::size_t i = 1; i < value.size(); ++i) EXPECT_TRUE(roles.contains(value[i])) << at;
    }
  });
}

TEST_P(Packs, ExcludeBothWays) {
  const Json& roles = pack_.at("roles");
  for (const auto& [name, role] : roles.items()) {
    for (const Json& other : role.at("excludes"))
      EXPECT_THAT(roles.at(other).at("excludes"), Contains(name)) << other;
  }
}

std::set<std::string> placeholders(const std::string& text) {
  std::set<std::string> found;
  for (std::size_t open = text.find('{'); open != std::string::npos;
       open = text.find('{', open + 1)) {
    const std::size_t close = text.find('}', open);
    found.insert(text.substr(open + 1, close == std::string::npos ? close : close - open - 1));
  }
  return found;
}

/// Words in backticks of docs/spec/templates.md up to the section about rooms.
std::set<std::string> listed_placeholders() {
  const std::string page = read_source("docs/spec/templates.md");
  const std::size_t begin = page.find("## From the case");
  const std::size_t end = page.find("## Names of rooms");
  std::set<std::string> found;
  for (std::size_t open = page.find('`', begin); open < end;) {
    const std::size_t close = page.find('`', open + 1);
    found.insert(page.substr(open + 1, close - open - 1));
    open = page.find('`', close + 1);
  }
  return found;
}

TEST_P(Packs, UseOnlyListedPlaceholders) {
  const auto listed = listed_placeholders();
  EXPECT_GT(listed.size(), 40U);
  for (const auto& [id, text] : pack_.at("templates").items()) {
    const auto used = placeholders(text.at("en").get<std::string>());
    EXPECT_EQ(used, placeholders(text.at("nl").get<std::string>())) << id;
    EXPECT_THAT(listed, IsSupersetOf(used)) << id;
  }
  const std::set<std::string> of_rooms = {"code_name", "date"};
  for (const auto& [id, kind] : pack_.at("kinds").items())
    EXPECT_THAT(of_rooms, IsSupersetOf(placeholders(kind.at("room").get<std::string>()))) << id;
}

std::string spaced_words(const std::string& text) {
  std::string out = " ";
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80U) != 0;
    const bool is_capital = c >= 'A' && c <= 'Z';
    if (is_letter || is_capital) {
      out += is_capital ? static_cast<char>(c + ('a' - 'A')) : c;
    } else if (out.back() != ' ') {
      out += ' ';
    }
  }
  return out + ' ';
}

TEST_P(Packs, BlameNobody) {
  const Json words = json_of(read_source("policies/blame_words.json"));
  for (const std::string language : {"en", "nl"}) {
    ASSERT_GE(words.at(language).size(), 20U);
    for (const auto& [at, text] : texts_of(pack_, language)) {
      const std::string spaced = spaced_words(text);
      for (const Json& word : words.at(language)) {
        EXPECT_EQ(spaced.find(" " + word.get<std::string>() + " "), std::string::npos)
            << at << ": " << text;
      }
    }
  }
}

struct Reading {
  std::size_t sentences = 0, words = 0, letters = 0, longest = 0;
};

/// Sentences end with a full stop, a mark or a line; placeholders and marks are no words.
Reading reading_of(const std::string& text) {
  Reading reading;
  std::size_t in_sentence = 0, in_word = 0;
  const auto end_word = [&] {
    if (in_word == 0) return;
    ++reading.words;
    ++in_sentence;
    reading.letters += in_word;
    in_word = 0;
  };
  const auto end_sentence = [&] {
    end_word();
    if (in_sentence == 0) return;
    ++reading.sentences;
    reading.longest = std::max(reading.longest, in_sentence);
    in_sentence = 0;
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::string_view(".!?:;\n").find(c) != std::string_view::npos) {
      end_sentence();
    } else if (std::string_view(" ,{}()|/\"").find(c) != std::string_view::npos) {
      end_word();
    } else if ((byte & 0xC0U) != 0x80U) {
      ++in_word;
    }
  }
  end_sentence();
  return reading;
}

TEST_P(Packs, AreReadByTiredPeople) {
  for (const std::string language : {"en", "nl"}) {
    Reading all;
    for (const auto& [at, text] : texts_of(pack_, language)) {
      const Reading one = reading_of(text);
      EXPECT_LE(one.longest, 28U) << at << ": " << text;
      all.sentences += one.sentences;
      all.words += one.words;
      all.letters += one.letters;
    }
    EXPECT_LE(all.words, 8 * all.sentences) << language;
    EXPECT_LE(10 * all.letters, (language == "nl" ? 62 : 55) * all.words) << language;
  }
}

class FullPacks : public Packs {};
INSTANTIATE_TEST_SUITE_P(Shipped, FullPacks, testing::ValuesIn([] {
                           std::vector<EmbeddedPack> full;
                           for (const EmbeddedPack& pack : embedded_packs()) {
                             if (pack.name != "packs/minimal.json") full.push_back(pack);
                           }
                           return full;
                         }()),
                         name_of_pack);

TEST_P(FullPacks, HaveTwentyOneSteps) {
  std::vector<int> numbers;
  for (const Json& step : pack_.at("steps")) {
    if (step.at("number").is_number()) numbers.push_back(step.at("number").get<int>());
  }
  std::vector<int> expected(21);
  for (int i = 0; i < 21; ++i) expected[static_cast<std::size_t>(i)] = i + 1;
  EXPECT_EQ(numbers, expected);
}

TEST_P(FullPacks, ServeEveryPractice) {
  const Json list = json_of(read_source("policies/practices.json"));
  const Json& served = pack_.at("practices");
  EXPECT_EQ(list.at("practices").size(), 177U);
  for (const auto& [id, practice] : list.at("practices").items())
    EXPECT_EQ(served.contains(id), practice.at("data").get<bool>()) << id;
  for (const auto& [id, pointers] : served.items()) {
    EXPECT_TRUE(list.at("practices").contains(id)) << id;
    EXPECT_FALSE(pointers.empty()) << id;
  }
}

/// What is marked G is served by something that can refuse: a gate, a step or a register that
/// blocks, who may add, or a fact that two persons must rule out.
TEST_P(FullPacks, GateWhatIsMarkedAsAGate) {
  const Json list = json_of(read_source("policies/practices.json"));
  const auto refuses = [&](const std::string& pointer) {
    const std::size_t slash = pointer.find('/');
    const std::string section = pointer.substr(0, slash), id = pointer.substr(slash + 1);
    if (section == "gates") return true;
    if (section == "steps") {
      const auto& steps = pack_.at("steps");
      const auto step =
          std::ranges::find_if(steps, [&](const Json& s) { return s.at("id") == id; });
      return step != steps.end() && !step->at("blocks").empty();
    }
    if (section == "registers") {
      const Json& kind = pack_.at("registers").at(id);
      return !kind.at("blocks").empty() || kind.at("add").contains("not") ||
             !kind.at("add").at("roles").empty();
    }
    if (section == "facts") return pack_.at("facts").at(id).contains("rule_out");
    return section == "roles" && pack_.at("roles").at(id).at("single").get<bool>();
  };
  for (const auto& [id, practice] : list.at("practices").items()) {
    if (!practice.at("data").get<bool>()) continue;
    if (std::ranges::find(practice.at("kinds"), "G") == practice.at("kinds").end()) continue;
    const Json& pointers = pack_.at("practices").at(id);
    EXPECT_TRUE(std::ranges::any_of(pointers, [&](const Json& pointer) {
      return refuses(pointer.get<std::string>());
    })) << id;
  }
}

TEST_P(FullPacks, NeverWaiveWhatProtectsPeople) {
  for (const Json& gate : pack_.at("gates")) {
    const auto id = gate.at("id").get<std::string>();
    const Json& waive = gate.at("waive");
    static const std::set<std::string> kNever = {"fix-verified", "legal",
                                                 "snapshot-before-redeploy", "never-clean",
                                                 "closing-word-security"};
    if (kNever.contains(id)) {
      EXPECT_TRUE(waive.is_null()) << id;
    }
    if (id == "executive-sign-off") {
      EXPECT_EQ(waive.at("only_on"), Json::array({"action:disable_core"}));
    }
    if (waive.is_null()) continue;
    EXPECT_NE(waive.at("ask"), waive.at("grant")) << id;
    EXPECT_GE(waive.at("reason_chars").get<int>(), 20) << id;
  }
}

/// Every item by its pointer, as `practices` name them.
std::map<std::string, Json> items_of(const Json& pack) {
  std::map<std::string, Json> items;
  for (const std::string section : {"kinds", "facts", "facets", "roles", "registers", "moves",
                                    "matrices", "checklists", "templates"}) {
    for (const auto& [id, item] : pack.at(section).items()) items[section + "/" + id] = item;
  }
  for (const std::string section : {"phases", "steps", "gates", "clocks"}) {
    for (const Json& item : pack.at(section))
      items[section + "/" + item.at("id").get<std::string>()] = item;
  }
  for (const Json& item : pack.at("follow_up"))
    items["follow_up/" + item.at("form").get<std::string>()] = item;
  return items;
}

TEST(PacksTogether, DifferOnlyWhereTheyContradict) {
  const auto first = items_of(json_of(embedded_pack("need-to-know")));
  const auto second = items_of(json_of(embedded_pack("open-culture")));
  std::set<std::string> different;
  for (const auto& [pointer, item] : first) {
    const auto other = second.find(pointer);
    if (other == second.end() || other->second != item) different.insert(pointer);
  }
  for (const auto& [pointer, item] : second) {
    if (!first.contains(pointer)) different.insert(pointer);
  }
  const std::string page = read_source("docs/spec/packs.md");
  const std::size_t begin = page.find("| tension |"), end = page.find("C5 (severity");
  ASSERT_LT(begin, end);
  std::set<std::string> listed;
  for (std::size_t open = page.find('`', begin); open < end;) {
    const std::size_t close = page.find('`', open + 1);
    listed.insert(page.substr(open + 1, close - open - 1));
    open = page.find('`', close + 1);
  }
  EXPECT_EQ(different, listed);
}

}  // namespace
}  // namespace casebook::workflow
