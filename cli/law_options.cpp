#include "cli/law_options.h"

#include <ostream>

#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

constexpr std::uint64_t kFactsBytesMax = std::uint64_t{1} << 20U;

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

}  // namespace

void PolicyOptions::add_to(Command& command) {
  command.option("--policies", "DIR", folders, "your own regimes/, calendars/, facts.json");
  command.option("--regimes", "DIR", folders, "a folder of your own regime files");
}

Result<reports::PolicySet> PolicyOptions::load() const {
  return reports::load_policies({folders.begin(), folders.end()});
}

Result<reports::FactsFile> read_facts(const std::string& file, const reports::PolicySet& policies,
                                      ZoneDatabase& zones) {
  auto bytes = read_file(file, kFactsBytesMax);
  if (!bytes) {
    Error error = std::move(bytes).error();
    if (error.code == ErrorCode::not_found)
      error.hint = "make one: casebook facts template > " + printable(file);
    return error;
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  return reports::parse_facts_file(text, printable(file), policies.catalog, zones);
}

Result<GatheredFacts> gather_facts(const std::vector<std::string>& files,
                                   const reports::PolicySet& policies, ZoneDatabase& zones) {
  std::vector<std::string> names = files;
  if (names.empty()) {
    names.emplace_back("facts.json");
    if (is_file("profile.json")) names.emplace_back("profile.json");
  }
  GatheredFacts gathered;
  for (const std::string& name : names) {
    auto file = read_facts(name, policies, zones);
    if (!file) return std::move(file).error();
    if (!file->problems.empty()) {
      Error first = file->problems.front();
      if (file->problems.size() > 1)
        first.hint += (first.hint.empty() ? "" : "; ") +
                      std::string("all problems: casebook facts check ") + printable(name);
      return first;
    }
    if (gathered.incident.empty()) gathered.incident = file->incident;
    for (const auto& [key, fact] : file->facts.all()) {
      const reports::Fact* known = gathered.facts.find(key);
      if (known != nullptr && known->value != fact.value) {
        return Error{ErrorCode::invalid_input,
                     printable(name) + ": " + key + " is " + reports::value_text(fact.value) +
                         ", but another file says " + reports::value_text(known->value),
                     "take it out of one of the files"};
      }
      gathered.facts.set(key, fact);
    }
    gathered.files.push_back(name);
  }
  return gathered;
}

ExitStatus deliver(Runtime& runtime, const std::string& text, const std::string& out) {
  if (out.empty()) {
    runtime.out << text;
    return ExitStatus::done;
  }
  if (auto written = write_file(out, as_bytes(text), 0644); !written)
    return fail(runtime, written.error());
  runtime.out << "wrote " << printable(out) << '\n';
  return ExitStatus::done;
}

}  // namespace casebook::cli
