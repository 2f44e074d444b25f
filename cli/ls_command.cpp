// `casebook ls [BAG]`: what a bag holds, one line per entry. Names come from a host that may be
// hostile and are escaped.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/bag_access.h"
#include "cli/commands.h"
#include "cli/entry_name.h"
#include "cli/text.h"
#include "core/bag_reader.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

struct Options {
  std::string bag;
  std::string containing;
  std::filesystem::path identity;
  bool only_lost = false;
};

/// Lost, or with something a reader must know; untrusted output is the rule for commands.
bool is_exception(const CatalogLine& line) {
  if (line.outcome == Outcome::lost) return true;
  return std::ranges::any_of(line.findings, [](const std::string& finding) {
    return finding != "untrusted_output" && finding != "masked";
  });
}

bool is_wanted(const CatalogLine& line, const Options& options) {
  if (options.only_lost && !is_exception(line)) return false;
  return options.containing.empty() || line.path.find(options.containing) != std::string::npos ||
         entry_name(line).find(options.containing) != std::string::npos;
}

std::string remarks(const CatalogLine& line) {
  std::string text;
  for (const std::string& finding : line.findings) text += ' ' + printable(finding);
  if (line.error)
    text += ' ' + printable(line.error->call) + ' ' + printable(line.error->errno_name);
  return text.empty() ? text : "  [" + text.substr(1) + ']';
}

std::string padded_left(std::string text, std::size_t columns) {
  return text.size() < columns ? std::string(columns - text.size(), ' ') + text : text;
}

void print_line(Runtime& runtime, const CatalogLine& line) {
  std::string outcome(to_string(line.outcome));
  const bool has_bytes = line.outcome == Outcome::stored || line.outcome == Outcome::redacted;
  const std::string size = has_bytes ? human_size(line.stored_size_bytes) : "-";
  std::string target;
  if (line.link_target) target = " -> " + printable(*line.link_target);
  if (runtime.terminal.width_columns < kTableColumnsMin) {
    runtime.out << entry_name(line) << target << "\n  " << outcome << ", " << size << remarks(line)
                << '\n';
    return;
  }
  outcome.resize(std::max<std::size_t>(outcome.size(), 8), ' ');
  runtime.out << outcome << padded_left(size, 9) << "  " << entry_name(line) << target
              << remarks(line) << '\n';
}

Json line_json(const CatalogLine& line) {
  Json findings = Json::array();
  for (const std::string& finding : line.findings) findings.push_back(printable(finding));
  return {{"findings", findings},
          {"name", entry_name(line)},
          {"outcome", std::string(to_string(line.outcome))},
          {"rule", printable(line.rule)},
          {"sha256", line.sha256},
          {"size", std::to_string(line.stored_size_bytes)},
          {"stored", line.stored},
          {"type", std::string(to_string(line.type))}};
}

ExitStatus list_bag(Runtime& runtime, const Options& options) {
  auto reader = open_bag(runtime, options.bag, options.identity);
  if (!reader) return fail(runtime, reader.error());
  if (runtime.common.is_json)
    runtime.out << R"({"bag":)" << canonical_json(Json(reader->seal().bag)) << R"(,"entries":[)";
  std::uint64_t shown = 0;
  auto read = reader->for_each_line([&](const CatalogLine& line) {
    if (!is_wanted(line, options)) return true;
    if (runtime.common.is_json) {
      runtime.out << (shown > 0 ? "," : "") << canonical_json(line_json(line));
    } else {
      print_line(runtime, line);
    }
    ++shown;
    return static_cast<bool>(runtime.out);  // A closed pipe ends the listing.
  });
  if (runtime.common.is_json) runtime.out << R"(],"format":"casebook-listing/1"})" << '\n';
  if (!read) return fail(runtime, read.error());
  if (!runtime.common.is_json) {
    runtime.err << counted(shown, "entry", "entries") << " of "
                << with_thousands(reader->seal().entries) << '\n';
  }
  return ExitStatus::done;
}

}  // namespace

void add_ls_command(Command& root) {
  auto options = std::make_shared<Options>();
  Command& command = root.add("ls", "Look inside a bag");
  command.argument("BAG", options->bag, "B-7, path or id; default: newest", Count::optional)
      .flag("--lost", options->only_lost, "only what was lost or is not as usual")
      .option("--find", "TEXT", options->containing, "only names that hold TEXT");
  add_identity_option(command, options->identity);
  command.example("casebook ls B-7 --lost", "what could not be had, and why")
      .example("casebook ls --find auth.log", "in the newest bag")
      .run([options](Runtime& runtime) { return list_bag(runtime, *options); });
}

}  // namespace casebook::cli
