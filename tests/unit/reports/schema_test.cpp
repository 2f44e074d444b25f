// The shipped data and the published schemas say the same.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "tests/unit/reports/support.h"

namespace casebook::reports {
namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

/// What the schema says against `text`; empty when it fits.
std::string misfit(const std::string& schema_name, const std::string& text) {
  const auto schema_json =
      nlohmann::json::parse(read_source("policies/schema/" + schema_name + ".schema.json"));
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(Adapter(schema_json), schema);
  const auto json = nlohmann::json::parse(text);
  valijson::ValidationResults results;
  if (valijson::Validator().validate(schema, Adapter(json), &results)) return {};
  valijson::ValidationResults::Error error;
  std::string all;
  while (results.popError(error)) all += error.description + "\n";
  return all;
}

void expect_folder_fits(const std::string& schema, const std::string& folder) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(CASEBOOK_SOURCE_DIR) + "/" + folder)) {
    const std::string name = folder + "/" + entry.path().filename().string();
    EXPECT_EQ(misfit(schema, read_source(name)), "") << name;
    ++files;
  }
  EXPECT_GT(files, 5);
}

TEST(Schemas, HoldForTheShippedData) {
  expect_folder_fits("regime", "policies/regimes");
  expect_folder_fits("calendar", "policies/calendars");
  EXPECT_EQ(misfit("facts", read_source("policies/facts.json")), "");
  EXPECT_EQ(misfit("profile", read_source("tests/vectors/deadlines/decision.json")), "");
  EXPECT_EQ(misfit("profile", facts_template(policies().catalog, TemplateKind::profile)), "");
}

TEST(Schemas, RefuseWhatTheParserRefuses) {
  std::string regime = read_source("policies/regimes/eu-nis2.json");
  regime.replace(regime.find("\"PT24H\""), 7, "\"1 day\"");
  EXPECT_NE(misfit("regime", regime), "");
  EXPECT_NE(misfit("calendar", R"({"format":"casebook-calendar/1","id":"XX"})"), "");
  EXPECT_NE(misfit("profile", R"({"format":"casebook-facts/1","facts":{"a":{"by":"x"}}})"), "");
}

}  // namespace
}  // namespace casebook::reports
