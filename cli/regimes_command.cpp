// `casebook regimes list|show|lint|document`: the laws as data.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/deadlines_text.h"
#include "cli/law_options.h"
#include "cli/text.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "reports/regime_document.h"

namespace casebook::cli {
namespace {

struct Options {
  PolicyOptions policies;
  std::string word;
};

std::string folded(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

ExitStatus list(Runtime& runtime, const Options& options) {
  const auto policies = options.policies.load();
  if (!policies) return fail(runtime, policies.error());
  Json rows = Json::array();
  Table table({{}, {}});
  const std::string wanted = folded(options.word);
  for (const reports::Regime& regime : policies->regimes) {
    if (folded(regime.id + " " + regime.jurisdiction + " " + regime.title).find(wanted) ==
        std::string::npos)
      continue;
    table.row({regime.id, regime.title + " (" + reports::verification_text(regime) + ")"});
    rows.push_back({{"regime", regime.id},
                    {"title", regime.title},
                    {"jurisdiction", regime.jurisdiction},
                    {"status", std::string(to_string(regime.status))},
                    {"verified", regime.verified},
                    {"as_of", regime.as_of}});
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-regimes/1"}, {"regimes", rows}});
    return ExitStatus::done;
  }
  runtime.out << table.text(runtime.terminal.width_columns) << counted(rows.size(), "law", "laws")
              << ". Information, not legal advice.\n";
  return ExitStatus::done;
}

ExitStatus show(Runtime& runtime, const Options& options) {
  const auto policies = options.policies.load();
  if (!policies) return fail(runtime, policies.error());
  const reports::Regime* regime = policies->find(options.word);
  if (regime == nullptr) {
    std::vector<std::string> ids;
    for (const reports::Regime& known : policies->regimes) ids.push_back(known.id);
    const std::string near = nearest(options.word, ids);
    return refuse_usage(
        runtime, {ErrorCode::not_found, "no law with the id " + printable(options.word),
                  near.empty() ? "casebook regimes list shows all" : "did you mean " + near + "?"});
  }
  runtime.out << regime_show_text(*regime, runtime.terminal.width_columns);
  return ExitStatus::done;
}

ExitStatus lint(Runtime& runtime, const Options& options) {
  if (options.word.empty()) {
    const auto policies = reports::load_policies({});
    if (!policies) return fail(runtime, policies.error());
    runtime.out << counted(policies->regimes.size(), "built-in law", "built-in laws")
                << ", no problem\n";
    return ExitStatus::done;
  }
  const auto problems = reports::lint_policies(options.word);
  if (!problems) return fail(runtime, problems.error());
  for (const Error& problem : *problems) {
    runtime.out << wrap_behind("",
                               problem.message + (problem.hint.empty() ? "" : ": " + problem.hint),
                               runtime.terminal.width_columns);
  }
  runtime.out << counted(problems->size(), "problem", "problems") << '\n';
  return problems->empty() ? ExitStatus::done : ExitStatus::failed;
}

}  // namespace

void add_regimes_command(Command& root) {
  Command& regimes = root.add("regimes", "The laws that are known, as data");
  const auto make = [&](const char* name, const char* summary) {
    auto options = std::make_shared<Options>();
    Command& command = regimes.add(name, summary);
    return std::pair<std::shared_ptr<Options>, Command&>(options, command);
  };
  {
    auto [options, command] = make("list", "List them, or those with a word in id, place or title");
    options->policies.add_to(command);
    command.argument("WORD", options->word, "part of an id, a place or a title", Count::optional)
        .example("casebook regimes list health", "")
        .run([options = options](Runtime& runtime) { return list(runtime, *options); });
  }
  {
    auto [options, command] = make("show", "Show one law: stages, limits, exceptions, sources");
    options->policies.add_to(command);
    command.argument("REGIME", options->word, "id of the law")
        .example("casebook regimes show eu-nis2", "")
        .run([options = options](Runtime& runtime) { return show(runtime, *options); });
  }
  {
    auto [options, command] = make("lint", "Check a folder of your own regimes and calendars");
    command
        .argument("DIR", options->word, "the folder; without it the built-in laws", Count::optional)
        .example("casebook regimes lint our-contracts", "")
        .run([options = options](Runtime& runtime) { return lint(runtime, *options); });
  }
  {
    auto [options, command] = make("document", "Print what is covered and how sure, as Markdown");
    options->policies.add_to(command);
    command.example("casebook regimes document > regimes.md", "")
        .run([options = options](Runtime& runtime) {
          const auto policies = options->policies.load();
          if (!policies) return fail(runtime, policies.error());
          runtime.out << reports::regime_document(*policies);
          return ExitStatus::done;
        });
  }
}

}  // namespace casebook::cli
