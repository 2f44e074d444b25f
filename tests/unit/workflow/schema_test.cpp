// The published schema takes the policies that we ship and refuses what the parser refuses.
#include <fstream>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "tests/unit/workflow/small_policy.h"
#include "workflow/embedded_packs.h"

namespace casebook::workflow {
namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

Json read_json(const std::string& name) {
  std::ifstream file(std::string(CASEBOOK_SOURCE_DIR) + "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return *parse_json(text.str());
}

bool fits(const Json& policy) {
  static const Json kText = read_json("policies/schema/policy.schema.json");
  static const std::shared_ptr<valijson::Schema> kSchema = [] {
    auto schema = std::make_shared<valijson::Schema>();
    valijson::SchemaParser().populateSchema(Adapter(kText), *schema);
    return schema;
  }();
  return valijson::Validator().validate(*kSchema, Adapter(policy), nullptr);
}

Json with_need(const Json& predicate) {
  Json json = small_policy_json();
  json["gates"][0]["need"] = predicate;
  return json;
}

TEST(PolicySchema, TakesThePacks) {
  for (const EmbeddedPack& pack : embedded_packs())
    EXPECT_TRUE(fits(*parse_json(pack.text))) << pack.name;
  EXPECT_TRUE(fits(small_policy_json()));
}

TEST(PolicySchema, KnowsTheVectorsOfConditions) {
  const Json vectors = read_json("tests/vectors/policy/predicates.json");
  for (const Json& good : vectors.at("good")) EXPECT_TRUE(fits(with_need(good))) << good;
  for (const Json& bad : vectors.at("bad")) EXPECT_FALSE(fits(with_need(bad.at("value")))) << bad;
}

TEST(PolicySchema, WantsEveryKeyAndNoOther) {
  const Json json = small_policy_json();
  for (const auto& [key, value] : json.items()) {
    Json less = json;
    less.erase(key);
    EXPECT_FALSE(fits(less)) << key;
  }
  for (const char* part : {"", "/kinds/breach", "/facts/severity", "/roles/legal", "/registers/fix",
                           "/registers/fix/fields/0", "/registers/fix/add", "/phases/0",
                           "/moves/close", "/steps/0", "/gates/0", "/gates/0/waive", "/clocks/2",
                           "/clocks/2/escalate/0", "/matrices/plain/0", "/follow_up/0"}) {
    Json more = json;
    more[Json::json_pointer(part)]["colour"] = "red";
    EXPECT_FALSE(fits(more)) << part;
  }
}

TEST(PolicySchema, RefusesValuesOfAnotherShape) {
  const std::vector<std::pair<const char*, Json>> changes = {
      {"/version", 0},
      {"/review_by", "soon"},
      {"/title", "x"},
      {"/facts/severity/type", "number"},
      {"/gates/0/on", Json::array()},
      {"/gates/0/waive/reason_chars", 0},
      {"/clocks/0/within", "1 hour"},
      {"/clocks/0/start", "whenever"},
      {"/moves/close/persons", 3},
      {"/registers/fix/compartment", "secret"},
      {"/steps/0/kind", "task"},
      {"/extends", "small"},
  };
  for (const auto& [pointer, value] : changes) {
    Json json = small_policy_json();
    json[Json::json_pointer(pointer)] = value;
    EXPECT_FALSE(fits(json)) << pointer;
    EXPECT_FALSE(parse_policy(canonical_json(json))) << pointer;
  }
}

}  // namespace
}  // namespace casebook::workflow
