// policies/schema/document.schema.json says what the reader says, as far as a schema can.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "reports/document/document_json.h"
#include "tests/support/random_document.h"

namespace casebook::documents {
namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

class DocumentSchema : public testing::Test {
 protected:
  DocumentSchema() {
    std::ifstream file(std::string(CASEBOOK_SOURCE_DIR) + "/policies/schema/document.schema.json");
    const auto json = nlohmann::json::parse(file);
    valijson::SchemaParser().populateSchema(Adapter(json), schema_);
  }
  bool fits(const std::string& text) {
    const auto json = nlohmann::json::parse(text);
    return valijson::Validator().validate(schema_, Adapter(json), nullptr);
  }
  valijson::Schema schema_;
};

TEST_F(DocumentSchema, HoldsForWhatTheWriterWrites) {
  EXPECT_TRUE(fits(*document_json(full_sample())));
  for (unsigned seed = 1; seed <= 20; ++seed) {
    EXPECT_TRUE(fits(*document_json(RandomDocument(seed).make()))) << seed;
  }
}

TEST_F(DocumentSchema, RefusesWhatTheReaderRefuses) {
  const std::string json = *document_json(full_sample());
  const std::pair<const char*, const char*> changes[] = {
      {"casebook-document/1", "casebook-document/2"},
      {R"("kind":"contents")", R"("kind":"index")"},
      {R"("kind":"code","text")", R"("kind":"html","text")"},
      {R"("level":1)", R"("level":5)"},
      {R"("value":12000)", R"("value":-1)"},
      {R"("draft":false)", R"("draft":0)"}};
  for (const auto& [from, to] : changes) {
    std::string changed = json;
    changed.replace(changed.find(from), std::string(from).size(), to);
    EXPECT_FALSE(fits(changed)) << to;
  }
}

}  // namespace
}  // namespace casebook::documents
