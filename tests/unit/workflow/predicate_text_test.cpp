#include "workflow/predicate_text.h"

#include "tests/unit/workflow/small_policy.h"

namespace casebook::workflow {
namespace {

Policy named_policy() {
  Json json = small_policy_json();
  json["facts"]["severity"]["label"] = {{"en", "Severity"}, {"nl", "Ernst"}};
  json["facts"]["personal_data"]["label"] = {{"en", "Personal data"}, {"nl", "Persoonsgegevens"}};
  json["facts"]["countries"]["label"] = {{"en", "Countries"}, {"nl", "Landen"}};
  json["roles"]["legal"]["label"] = {{"en", "Legal"}, {"nl", "Jurist"}};
  json["roles"]["commander"]["label"] = {{"en", "Commander"}, {"nl", "Leider"}};
  json["registers"]["test"]["label"] = {{"en", "Test"}, {"nl", "Test"}};
  json["registers"]["test"]["fields"][1]["label"] = {{"en", "result"}, {"nl", "uitslag"}};
  json["registers"]["fix"]["label"] = {{"en", "Fix"}, {"nl", "Herstel"}};
  json["registers"]["change"]["label"] = {{"en", "Change"}, {"nl", "Wijziging"}};
  json["registers"]["change"]["fields"][0]["label"] = {{"en", "class"}, {"nl", "klasse"}};
  json["phases"][1]["label"] = {{"en", "closed"}, {"nl", "gesloten"}};
  json["moves"]["close"]["label"] = {{"en", "Close"}, {"nl", "Sluiten"}};
  json["steps"][0]["label"] = {{"en", "Look"}, {"nl", "Kijken"}};
  json["gates"][0]["label"] = {{"en", "Legal looked"}, {"nl", "Jurist keek"}};
  return policy_of(json);
}

struct Case {
  const char* json;
  const char* en;
  const char* nl;
};

TEST(PredicateText, SaysEachFormInBothLanguages) {
  const Policy policy = named_policy();
  const std::vector<Case> cases = {
      {R"(["true"])", "always", "altijd"},
      {R"(["and",["held","legal"],["or",["step","look"],["phase",["closed"]]]])",
       "somebody is Legal, and (done: “Look”, or the case is “closed”)",
       "iemand is Jurist, en (gedaan: “Kijken”, of de zaak is “gesloten”)"},
      {R"(["not",["held","legal"]])", "nobody is Legal", "niemand is Jurist"},
      {R"(["not",["exists","fix"]])", "there is no “Fix”", "er is geen “Herstel”"},
      {R"(["not",["phase",["closed"]]])", "the case is not “closed”", "de zaak is niet “gesloten”"},
      {R"(["not",["step","look"]])", "not done: “Look”", "niet gedaan: “Kijken”"},
      {R"(["not",["ever_in","personal_data",["suspected"]]])", "Personal data was never suspected",
       "Persoonsgegevens was nooit suspected"},
      {R"(["eq",["fact","personal_data"],"ruled_out"])", "Personal data is ruled out",
       "Persoonsgegevens is ruled out"},
      {R"(["le",["max_ever","severity"],2])", "Severity was ever 2 or worse",
       "Ernst was ooit 2 of erger"},
      {R"(["gt",["fact","severity"],2])", "Severity is milder than 2", "Ernst is milder dan 2"},
      {R"(["in",["fact","countries"],["de","nl"]])", "Countries is de or nl", "Landen is de of nl"},
      {R"(["eq",["attempt","verb"],"close"])", "“Close” is attempted", "“Sluiten” wordt gewild"},
      {R"(["ge",["count",{"of":"test","where":{"result":"pass"},"covers":["fix"],"not":["author_of:fix"]}],2])",
       "there are at least 2 × “Test” (result pass; made over the present fix; not by the author "
       "of “Fix”)",
       "er zijn minstens 2 × “Test” (uitslag pass; over de huidige stand van fix; niet door wie "
       "het maakte: “Herstel”)"},
      {R"(["ge",["functions",{"of":"test","among":["engineering","security"]}],2])",
       "the number of departments behind “Test” (counting engineering and security) is at least 2",
       "het aantal afdelingen achter “Test” (geteld worden engineering en security) is minstens 2"},
      {R"(["each",{"of":"change","settled":false},["eq",["this","class"],"normal"]])",
       "for every “Change” (open): its class is normal",
       "voor elke “Wijziging” (open): zijn class is normal"},
      {R"(["attest",{"verb":"signed_off","role":"legal","covers":["impact","fix"],"not":["requester_of:impact","holder:commander"],"valid":"PT36H","count":2,"distinct_functions":2}])",
       "2 × Legal sign “signed off” over impact and fix, not by who last changed impact or the "
       "holder of Commander, from 2 departments, no older than 36 hours",
       "2 × Jurist tekenen “signed off” over impact en fix, niet door wie het laatst wijzigde: "
       "impact of wie de rol heeft van Leider, uit 2 afdelingen, niet ouder dan 36 uur"},
      {R"(["attest",{"verb":"seen","role":"legal","covers":[],"not":["signer_of:legal"],"of":"fix"}])",
       "Legal signs “seen”, for every “Fix”, not by who signed for “Legal looked”",
       "Jurist tekent “seen”, voor elke “Herstel”, niet door wie tekende voor “Jurist keek”"},
      {R"(["distinct","legal","commander"])", "Legal and Commander are two persons",
       "Jurist en Leider zijn twee personen"},
      {R"(["elapsed",{"since":"fix","ge":"PT4H","without":"change"}])",
       "4 hours have passed since “Fix” by trusted time, without “Change”",
       "4 uur verstreken sinds “Herstel” volgens betrouwbare tijd, zonder “Wijziging”"},
      {R"(["elapsed",{"since":"move:close","ge":"P3D"}])",
       "3 days have passed since “Close” by trusted time",
       "3 dagen verstreken sinds “Sluiten” volgens betrouwbare tijd"},
      {R"(["unique","class",{"of":"change","settled":false}])",
       "no two “Change” (open) share class", "geen twee “Wijziging” (open) delen klasse"},
  };
  for (const Case& each : cases) {
    const Predicate predicate = *parse_predicate(*parse_json(each.json), "");
    EXPECT_EQ(sentence(predicate, policy, Language::en), each.en);
    EXPECT_EQ(sentence(predicate, policy, Language::nl), each.nl);
  }
}

TEST(PredicateText, BreaksJoinsIntoLines) {
  const Predicate predicate = *parse_predicate(
      *parse_json(R"(["and",["held","legal"],["or",["step","look"],["and",["true"]]]])"), "");
  const auto lines = outline(predicate, named_policy(), Language::en);
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0].text, "all of these:");
  EXPECT_EQ(lines[1].depth, 1U);
  EXPECT_EQ(lines[2].text, "one of these:");
  EXPECT_EQ(lines[4].text, "always");
  EXPECT_EQ(lines[4].depth, 2U);
}

TEST(PredicateText, SaysDurationsAsPeopleDo) {
  using namespace std::chrono_literals;
  EXPECT_EQ(duration_text(90min, Language::en), "1 hour and 30 minutes");
  EXPECT_EQ(duration_text(36h, Language::nl), "36 uur");
  EXPECT_EQ(duration_text(24h * 7, Language::en), "7 days");
  EXPECT_EQ(duration_text(0s, Language::en), "no time");
}

}  // namespace
}  // namespace casebook::workflow
