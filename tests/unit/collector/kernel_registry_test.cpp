#include "collector/kernel_registry.h"

#include <gmock/gmock.h>

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "collector/command_source.h"
#include "collector/embedded_artifacts.h"
#include "core/durable_file.h"

namespace casebook {
namespace {

struct Tally {
  std::size_t supported = 0;
  std::set<std::string> unsupported;
};

const Json& definitions() {
  static const Json kSet = [] {
    auto text = collector::embedded_artifact_set();
    check(bool(text), "the embedded set unpacks");
    auto parsed = parse_json(*text);
    check(bool(parsed), "the embedded set parses");
    return *std::move(parsed);
  }();
  return kSet["definitions"];
}

CommandRequest command_of(const Json& entry) {
  return {.rule = entry["id"],
          .argv = entry["argv"],
          .alternatives = entry.value("alternatives", std::vector<std::string>{}),
          .take = entry.value("take", "content") == "content" ? ReadingTake::content
                                                              : ReadingTake::redacted};
}

/// Stage -> what of its entries of `kind` works.
std::map<int, Tally> tally(const std::string& kind) {
  std::map<int, Tally> stages;
  for (const Json& definition : definitions()) {
    Tally& stage = stages[definition["stage"].get<int>()];
    for (const Json& entry : definition["entries"]) {
      if (entry["kind"] != kind) continue;
      const bool supported = kind == "kernel"
                                 ? supports_reading(entry["reading"].get<std::string>())
                                 : supports_command(command_of(entry));
      if (supported) {
        ++stage.supported;
      } else {
        stage.unsupported.insert(kind == "kernel" ? entry["reading"].get<std::string>()
                                                  : entry["id"].get<std::string>());
      }
    }
  }
  return stages;
}

/// Prints the table, and counts the supported ones over stages 0, 2 and 4 to 16.
std::size_t print_and_count(const std::string& kind) {
  std::size_t count = 0;
  for (const auto& [number, stage] : tally(kind)) {
    std::cout << kind << " stage " << number << ": " << stage.supported << " supported, "
              << stage.unsupported.size() << " not:";
    for (const std::string& name : stage.unsupported) std::cout << ' ' << name;
    std::cout << '\n';
    if (number != 1 && number != 3) count += stage.supported;
  }
  std::cout << kind << " in stages 0, 2, 4-16: " << count << '\n';
  return count;
}

TEST(KernelRegistry, SupportsAtLeastWhatWasAskedFor) { EXPECT_GE(print_and_count("kernel"), 100U); }

TEST(CommandRegistry, SupportsAtLeastWhatWasAskedFor) {
  EXPECT_GE(print_and_count("command"), 60U);
}

TEST(KernelRegistry, NamesEachReadingOnceAndExplainsIt) {
  auto page = read_file(std::string(CASEBOOK_SOURCE_DIR) + "/docs/spec/readings.md", 1U << 22U);
  ASSERT_TRUE(bool(page));
  std::set<std::string_view> seen;
  for (const auto& group : reading_groups()) {
    for (const ReadingRow& row : group) {
      EXPECT_TRUE(seen.insert(row.name).second) << row.name << " is there twice";
      EXPECT_THAT(std::string(as_text(*page)),
                  testing::HasSubstr("\n| `" + std::string(row.name) + "` |"));
    }
  }
}

TEST(KernelRegistry, HasOnlyReadingsThatADefinitionAsksFor) {
  std::set<std::string> asked;
  for (const Json& definition : definitions()) {
    for (const Json& entry : definition["entries"]) {
      if (entry.contains("reading")) asked.insert(entry["reading"].get<std::string>());
    }
  }
  for (const auto& group : reading_groups()) {
    for (const ReadingRow& row : group)
      EXPECT_TRUE(asked.contains(std::string(row.name))) << row.name;
  }
}

TEST(KernelRegistry, TakesPathReadingsOnlyWithAPath) {
  for (const Json& definition : definitions()) {
    for (const Json& entry : definition["entries"]) {
      if (entry["kind"] != "kernel" || entry.contains("paths")) continue;
      for (const auto& group : reading_groups()) {
        for (const ReadingRow& row : group) {
          if (row.name != entry["reading"].get<std::string>()) continue;
          EXPECT_TRUE(row.host != nullptr || row.process != nullptr || row.net != nullptr ||
                      row.walk)
              << row.name;
        }
      }
    }
  }
}

TEST(KernelRegistry, RefusesAReadingItDoesNotKnow) {
  EXPECT_FALSE(supports_reading("no.such.reading"));
}

}  // namespace
}  // namespace casebook
