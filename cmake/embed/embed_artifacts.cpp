/// Build-time tool: joins policies/artifacts/*.json to one canonical text and writes it,
/// compressed, as C++ source. The static collector carries no files, so its rules travel inside it.
/// usage: embed_artifacts OUT.cpp CATALOGUE.json STAGE.json...

#include <zstd.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/json_text.h"

namespace {

using casebook::Json;
using casebook::Result;

constexpr int kCompressionLevel = 19;

Result<Json> read_json(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return casebook::Error{casebook::ErrorCode::not_found, path + ": cannot be opened", {}};
  }
  std::ostringstream text;
  text << file.rdbuf();
  auto value = casebook::parse_json(text.str());
  if (!value) return std::move(value).error().context(path);
  return value;
}

/// The set as docs/spec/artifacts.md lays it out: catalogue, then every definition in file order.
Result<Json> join(const std::vector<std::string>& paths) {
  auto catalogue = read_json(paths.front());
  if (!catalogue) return std::move(catalogue).error();
  Json definitions = Json::array();
  for (std::size_t i = 1; i < paths.size(); ++i) {
    auto stage = read_json(paths[i]);
    if (!stage) return std::move(stage).error();
    for (const Json& definition : stage->value("definitions", Json::array())) {
      definitions.push_back(definition);
    }
  }
  return Json{{"format", "casebook-artifact-set"},
              {"version", 1},
              {"catalogue", *std::move(catalogue)},
              {"definitions", std::move(definitions)}};
}

void write_source(std::ostream& out, std::size_t text_bytes,
                  const std::vector<unsigned char>& bytes) {
  out << "// Made by cmake/embed/embed_artifacts.cpp from policies/artifacts/. Not for editing.\n"
      << "#include \"collector/embedded_artifacts_data.h\"\n\nnamespace casebook::collector {\n"
      << "const std::size_t kEmbeddedArtifactTextBytes = " << text_bytes << ";\n"
      << "const std::size_t kEmbeddedArtifactBytes = " << bytes.size() << ";\n"
      << "const unsigned char kEmbeddedArtifacts[] = {";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out << (i % 24 == 0 ? "\n" : "") << static_cast<unsigned>(bytes[i]) << ',';
  }
  out << "\n};\n}  // namespace casebook::collector\n";
}

int fail(const std::string& message) {
  std::fprintf(stderr, "embed_artifacts: %s\n", message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return fail("usage: embed_artifacts OUT.cpp CATALOGUE.json STAGE.json...");
  auto set = join(std::vector<std::string>(argv + 2, argv + argc));
  if (!set) return fail(set.error().message);
  const std::string text = casebook::canonical_json(*set);
  std::vector<unsigned char> compressed(ZSTD_compressBound(text.size()));
  const std::size_t size = ZSTD_compress(compressed.data(), compressed.size(), text.data(),
                                         text.size(), kCompressionLevel);
  if (ZSTD_isError(size) != 0U) return fail(ZSTD_getErrorName(size));
  compressed.resize(size);
  std::ofstream out(argv[1], std::ios::binary);
  write_source(out, text.size(), compressed);
  out.close();
  return out ? 0 : fail(std::string(argv[1]) + ": cannot be written");
}
