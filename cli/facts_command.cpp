// `casebook facts template|check`: files of facts.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/law_options.h"
#include "cli/text.h"

namespace casebook::cli {
namespace {

struct Options {
  PolicyOptions policies;
  std::vector<std::string> files;
  std::string out;
  bool is_all = false;
};

ExitStatus write_template(Runtime& runtime, const Options& options, reports::TemplateKind kind) {
  const auto policies = options.policies.load();
  if (!policies) return fail(runtime, policies.error());
  return deliver(runtime, reports::facts_template(policies->catalog, kind), options.out);
}

Json problem_json(const Error& problem) {
  return {{"message", problem.message}, {"hint", problem.hint}};
}

ExitStatus check_files(Runtime& runtime, const Options& options) {
  const auto policies = options.policies.load();
  if (!policies) return fail(runtime, policies.error());
  ZoneDatabase zones;
  Json problems = Json::array();
  std::size_t known = 0;
  for (const std::string& name :
       options.files.empty() ? std::vector<std::string>{"facts.json"} : options.files) {
    const auto file = read_facts(name, *policies, zones);
    if (!file) return fail(runtime, file.error());
    known += file->facts.all().size();
    for (const Error& problem : file->problems) {
      problems.push_back(problem_json(problem));
      if (!runtime.common.is_json) {
        runtime.out << wrap_behind(
            "", problem.message + (problem.hint.empty() ? "" : ": " + problem.hint),
            runtime.terminal.width_columns);
      }
    }
  }
  if (runtime.common.is_json) {
    print_json(
        runtime,
        {{"format", "casebook-facts-check/1"}, {"problems", problems}, {"facts_known", known}});
  } else {
    runtime.out << counted(known, "fact", "facts") << " known, "
                << counted(problems.size(), "problem", "problems") << '\n';
  }
  return problems.empty() ? ExitStatus::done : ExitStatus::failed;
}

}  // namespace

void add_facts_command(Command& root) {
  Command& facts = root.add("facts", "Files of facts: what is known of an incident");
  auto options = std::make_shared<Options>();
  Command& make = facts.add("template", "Print a facts file with empty values and their meaning");
  make.flag("--all", options->is_all, "every fact that a law asks for")
      .option("--out", "FILE", options->out, "write it there");
  options->policies.add_to(make);
  make.example("casebook facts template > facts.json", "fill in what you know, leave the rest")
      .run([options](Runtime& runtime) {
        return write_template(
            runtime, *options,
            options->is_all ? reports::TemplateKind::all : reports::TemplateKind::brief);
      });
  auto checked = std::make_shared<Options>();
  Command& check = facts.add("check", "Find every problem of a facts file");
  check.arguments("FILE", checked->files, "facts files; else facts.json here", Count::any);
  checked->policies.add_to(check);
  check.example("casebook facts check facts.json", "").run([checked](Runtime& runtime) {
    return check_files(runtime, *checked);
  });
}

}  // namespace casebook::cli
