// `casebook postmortem`: a draft of the review out of the record; `postmortem lint FILE`: words
// that look for a culprit. Exit status of lint: 0 when there are none, 3 when there are some.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/runbook_saying.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "workflow/blame.h"
#include "workflow/postmortem.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kReviewBytesMax = std::size_t{4} << 20U;

struct PostmortemOptions {
  std::filesystem::path out;
  std::string language;
  bool is_external = false;
};

ExitStatus draft(Runtime& runtime, const PostmortemOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "drafting the review");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  const auto language = options.language == "nl"   ? workflow::Language::nl
                        : options.language == "en" ? workflow::Language::en
                                                   : language_of(runtime);
  const std::string text = workflow::postmortem_draft(
      {.state = (*session)->runbook(),
       .now = (*session)->now(),
       .is_external = options.is_external,
       .language = language,
       .name_of = [&](const PersonId& id) { return (*session)->name_of(id); },
       .words_of =
           [&](const workflow::Record& record) {
             if (!record.text) return std::string();
             const std::string words = (*session)->text_of(*record.text);
             return printable(words.substr(0, words.find('\n')));
           }});
  if (!options.out.empty()) {
    if (auto written = write_file(options.out, as_bytes(text), 0600); !written) {
      return fail(runtime, written.error());
    }
  }
  if (runtime.common.is_json) {
    print_json(
        runtime,
        {{"external", options.is_external}, {"format", "casebook-postmortem/1"}, {"text", text}});
  } else if (options.out.empty()) {
    runtime.out << text;
  } else {
    const std::string name = printable(options.out.string());
    runtime.out << "written to " << name << "\nNext: fill the lines that begin with >, then "
                << "casebook postmortem lint " << name << '\n';
  }
  return ExitStatus::done;
}

ExitStatus lint(Runtime& runtime, const std::string& file) {
  auto bytes = read_file(file, kReviewBytesMax);
  if (!bytes) return fail(runtime, bytes.error());
  const auto found = workflow::find_blame(as_text(*bytes));
  if (runtime.common.is_json) {
    Json list = Json::array();
    for (const workflow::BlameWord& word : found) {
      list.push_back(
          {{"instead", word.instead}, {"line", word.line}, {"word", printable(word.word)}});
    }
    print_json(runtime, {{"format", "casebook-blame/1"}, {"words", std::move(list)}});
  } else {
    for (const workflow::BlameWord& word : found) {
      runtime.out << wrap_behind(
          printable(file) + ":" + std::to_string(word.line) + ": ",
          "\"" + printable(word.word) + "\" looks for a culprit; ask: " + word.instead,
          runtime.terminal.width_columns);
    }
    runtime.out << (found.empty() ? "no words of blame"
                                  : counted(found.size(), "word", "words") + " to look at again")
                << '\n';
  }
  return found.empty() ? ExitStatus::done : ExitStatus::incomplete;
}

}  // namespace

void add_postmortem_command(Command& root) {
  auto options = std::make_shared<PostmortemOptions>();
  Command& postmortem = root.add("postmortem", "Draft the review out of the record");
  postmortem.option("--out", "FILE", options->out, "write it there")
      .option("--lang", "LANG", options->language, "en or nl; else as your terminal says")
      .flag("--external", options->is_external, "for readers outside: no names, no hosts")
      .example("casebook postmortem --out review.md", "")
      .run([options](Runtime& runtime) { return draft(runtime, *options); });
  auto file = std::make_shared<std::string>();
  postmortem.add("lint", "Find words that look for a culprit instead of a cause")
      .argument("FILE", *file, "the review, as text")
      .example("casebook postmortem lint review.md", "")
      .run([file](Runtime& runtime) { return lint(runtime, *file); });
}

}  // namespace casebook::cli
