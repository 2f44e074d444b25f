// `casebook verify [PATH]`: the one check for bags, exhibits, receipts and tickets. Exit status: 0
// intact, 1 could not be checked at all, 3 not fully checked, 4 tampered.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/bag_access.h"
#include "cli/bag_judgement.h"
#include "cli/case_check.h"
#include "cli/commands.h"
#include "cli/outside_facts.h"
#include "cli/verify_papers.h"

namespace casebook::cli {
namespace {

struct Options {
  std::string path;
  std::filesystem::path identity;
  OutsideOptions outside;
  bool is_without_keys = false;
};

ExitStatus status_of(Verdict verdict) {
  return verdict == Verdict::intact     ? ExitStatus::done
         : verdict == Verdict::tampered ? ExitStatus::tampered
                                        : ExitStatus::incomplete;
}

ExitStatus verify_one_bag(Runtime& runtime, const Options& options, const OutsideFacts& outside) {
  const auto evidence = runtime.evidence_folder();
  auto bag = choose_bag(evidence, options.path);
  if (!bag) return fail(runtime, bag.error());
  BagAccess access(runtime, options.identity);
  auto unlock = access.unlock_for(*bag);
  if (!unlock) return fail(runtime, unlock.error());
  auto judgement = judge_bag(*bag, bags_in(bag->folder.parent_path()), outside, *unlock);
  if (!judgement) return fail(runtime, judgement.error());
  if (runtime.common.is_json) {
    print_json(runtime, judgement_json(*judgement, *bag));
  } else {
    runtime.out << judgement_text(*judgement, *bag, runtime.terminal);
  }
  return status_of(judgement->verdict());
}

ExitStatus verify(Runtime& runtime, const Options& options) {
  std::error_code failure;
  if (!options.path.empty() &&
      std::filesystem::exists(std::filesystem::path(options.path) / "case.json", failure)) {
    return verify_case(runtime, options.path, {options.outside.anchors, options.is_without_keys});
  }
  auto outside = gather_outside_facts(runtime, options.outside);
  if (!outside) return fail(runtime, outside.error());
  std::error_code ignored;
  if (std::filesystem::is_regular_file(options.path, ignored)) {
    auto checked = verify_paper(options.path, *outside);
    if (!checked) return fail(runtime, checked.error());
    print_paper(runtime, *checked);
    return status_of(checked->verdict);
  }
  return verify_one_bag(runtime, options, *outside);
}

}  // namespace

void add_verify_command(Command& root) {
  auto options = std::make_shared<Options>();
  Command& command = root.add("verify", "Is it unchanged since it was sealed, and who says so?");
  command.argument("PATH", options->path,
                   "bag (B-7, path, id), proof, receipt, ticket or case; default: newest bag",
                   Count::optional);
  add_outside_options(command, options->outside);
  add_identity_option(command, options->identity);
  command.flag("--without-keys", options->is_without_keys,
               "of a case: only what anybody can check");
  command.example("casebook verify", "the newest bag")
      .example("casebook verify B-7 --code '7F3AK ...'", "is it the bag whose code was read out?")
      .example("casebook verify shown/dpkg.log.proof", "one file and its proof, without the bag")
      .example("casebook verify amber-heron --anchor org", "a case, against the roster")
      .run([options](Runtime& runtime) { return verify(runtime, *options); });
}

}  // namespace casebook::cli
