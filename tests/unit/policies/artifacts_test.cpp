/// The shipped artifact definitions: each file against its schema, rules that a schema cannot say,
/// and the text that is built into the collector against the files.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "collector/embedded_artifacts.h"
#include "core/json_text.h"

namespace casebook::collector {
namespace {

namespace fs = std::filesystem;
const fs::path kPolicies = fs::path(CASEBOOK_SOURCE_DIR) / "policies";

Json read_policy(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  auto value = parse_json(text.str());
  EXPECT_TRUE(value) << path << ": " << (value ? "" : value.error().message);
  return value ? *std::move(value) : Json();
}

std::vector<fs::path> stage_files() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(kPolicies / "artifacts")) {
    if (entry.path().filename() != "catalogue.json") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

/// Each violation as "place: what", empty when `value` fits the schema.
std::vector<std::string> violations(const std::string& schema_name, const Json& value) {
  const Json schema_text = read_policy(kPolicies / "schema" / schema_name);
  valijson::Schema schema;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_text), schema);
  valijson::ValidationResults results;
  valijson::Validator(valijson::Validator::kStrongTypes)
      .validate(schema, valijson::adapters::NlohmannJsonAdapter(value), &results);
  std::vector<std::string> found;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    std::string place;
    for (const std::string& step : error.context) place += step;
    found.push_back(place + ": " + error.description);
  }
  return found;
}

/// Calls `visit(definition, entry)` for every entry of every stage file.
template <typename Visit>
void for_each_entry(Visit visit) {
  for (const fs::path& path : stage_files()) {
    const Json stage = read_policy(path);
    for (const Json& definition : stage.at("definitions")) {
      for (const Json& entry : definition.at("entries")) visit(definition, entry);
    }
  }
}

TEST(ArtifactFiles, FitTheirSchemas) {
  EXPECT_EQ(violations("artifact-catalogue.schema.json",
                       read_policy(kPolicies / "artifacts/catalogue.json")),
            std::vector<std::string>{});
  for (const fs::path& path : stage_files()) {
    EXPECT_EQ(violations("artifacts.schema.json", read_policy(path)), std::vector<std::string>{})
        << path;
  }
}

TEST(ArtifactFiles, TheSchemaRefusesWhatItShould) {
  const Json good = read_policy(stage_files().front());
  auto changed = [&good](const char* pointer, const Json& value) {
    Json copy = good;
    copy[Json::json_pointer(pointer)] = value;
    return violations("artifacts.schema.json", copy);
  };
  EXPECT_NE(changed("/definitions/0/stage", 17), std::vector<std::string>{});
  EXPECT_NE(changed("/definitions/0/surprise", 1), std::vector<std::string>{});
  EXPECT_NE(changed("/definitions/0/entries/0/kind", "magic"), std::vector<std::string>{});
  EXPECT_NE(changed("/definitions/0/entries/0/take", "all"), std::vector<std::string>{});
}

TEST(ArtifactFiles, StandInTheFileOfTheirStage) {
  const std::vector<fs::path> paths = stage_files();
  ASSERT_EQ(paths.size(), 17U);
  for (std::size_t number = 0; number < paths.size(); ++number) {
    const Json stage = read_policy(paths[number]);
    EXPECT_EQ(stage.at("stage"), number) << paths[number];
    EXPECT_EQ(std::stoul(paths[number].filename().string().substr(0, 2)), number);
    for (const Json& definition : stage.at("definitions")) {
      EXPECT_EQ(definition.at("stage"), number) << definition.at("id");
    }
  }
}

TEST(ArtifactFiles, GiveEveryIdOnce) {
  std::set<std::string> definitions;
  for (const fs::path& path : stage_files()) {
    const Json stage = read_policy(path);
    for (const Json& definition : stage.at("definitions")) {
      EXPECT_TRUE(definitions.insert(definition.at("id")).second) << definition.at("id");
    }
  }
  std::set<std::string> entries;
  for_each_entry([&](const Json& definition, const Json& entry) {
    const std::string id = entry.at("id");
    EXPECT_TRUE(entries.insert(id).second) << id;
    EXPECT_TRUE(id.starts_with(definition.at("id").get<std::string>() + "/")) << id;
  });
}

TEST(EmbeddedArtifacts, AreTheFilesAsOneCanonicalText) {
  auto text = embedded_artifact_set();
  ASSERT_TRUE(text) << text.error().message;
  auto set = parse_canonical_json(*text);
  ASSERT_TRUE(set) << set.error().message;
  Json definitions = Json::array();
  for (const fs::path& path : stage_files()) {
    const Json stage = read_policy(path);
    for (const Json& definition : stage.at("definitions")) definitions.push_back(definition);
  }
  const Json expected = {{"format", "casebook-artifact-set"},
                         {"version", 1},
                         {"catalogue", read_policy(kPolicies / "artifacts/catalogue.json")},
                         {"definitions", std::move(definitions)}};
  EXPECT_EQ(*text, canonical_json(expected));
}

}  // namespace
}  // namespace casebook::collector
