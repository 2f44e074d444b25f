// `casebook find`: search in everything that one may read.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/note_writing.h"
#include "cli/text.h"
#include "core/printable.h"
#include "vault/imports/message_fields.h"

namespace casebook::cli {
namespace {

struct FindOptions {
  std::vector<std::string> words;
  std::string tag;
  std::string compartment;
  std::size_t count_max = 50;
};

std::string on_one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return printable(text);
}

/// "as exported by Ben, received at ...": how an imported message is cited.
/// Empty for others.
std::string citation_of(vault::Compartment& compartment, const vault::SearchHit& hit) {
  if (hit.kind != "message") return {};
  const auto item = compartment.item(hit.id);
  if (!item || !*item) return {};
  const auto fields = parse_canonical_json((*item)->text.fields);
  const auto by = fields ? json_text_member(*fields, "exported_by")
                         : Result<std::string>(Error{ErrorCode::invalid_input, "no fields"});
  return imports::citation({{}, by ? *by : "somebody", hit.received});
}

class Finding {
 public:
  Finding(CaseSession& session, const FindOptions& options) : session_(session), options_(options) {
    for (const std::string& word : options.words) words_ += (words_.empty() ? "" : " ") + word;
  }

  Status look_in(const std::string& name) {
    auto compartment = session_.compartment(name);
    if (!compartment) return std::move(compartment).error();
    const vault::SearchQuery query{
        .words = words_,
        .kinds = {"note", "finding", "record", "message", "attachment", "bag"},
        .tag = options_.tag,
        .count_max = options_.count_max};
    auto hits = (*compartment)->search(query);
    if (!hits) return std::move(hits).error();
    for (const vault::SearchHit& hit : *hits) show(**compartment, hit);
    if (hits->size() < options_.count_max) {
      total_ += hits->size();
      return ok();
    }
    auto all = (*compartment)->count(query);
    if (!all) return std::move(all).error();
    total_ += *all;
    return ok();
  }

  void finish() {
    Runtime& runtime = session_.runtime();
    const std::size_t shown = list_.size();
    if (runtime.common.is_json) {
      print_json(runtime,
                 {{"format", "casebook-found/1"}, {"hits", std::move(list_)}, {"total", total_}});
    } else if (shown < total_) {
      runtime.out << with_thousands(shown) << " of " << counted(total_, "hit", "hits")
                  << "; --max N shows more\n";
    } else {
      runtime.out << (shown == 0 ? "nothing found" : counted(shown, "hit", "hits")) << '\n';
    }
  }

 private:
  void show(vault::Compartment& compartment, const vault::SearchHit& hit) {
    Runtime& runtime = session_.runtime();
    const std::string& name = compartment.name().compartment;
    const auto author = PersonId::parse(hit.author);
    const std::string by = author ? session_.name_of(*author) : printable(hit.author);
    list_.push_back({{"author", by},
                     {"compartment", name},
                     {"item", hit.id.text()},
                     {"kind", hit.kind},
                     {"number", hit.seq},
                     {"received_at", format_utc(hit.received)},
                     {"text", hit.snippet},
                     {"title", hit.title}});
    if (hit.claimed) list_.back()["claimed_at"] = format_utc(*hit.claimed);
    if (runtime.common.is_json) return;
    const std::string cited = citation_of(compartment, hit);
    const int width = runtime.terminal.width_columns;
    if (cited.empty()) {
      runtime.out << wrap_behind("",
                                 format_utc(hit.received) + "  " + hit.kind + ' ' +
                                     std::to_string(hit.seq) + " in " + name + ", " + by,
                                 width);
    } else {
      runtime.out << wrap_behind(
          "",
          (hit.claimed ? format_utc(*hit.claimed) : std::string("no moment")) + "  " +
              on_one_line(hit.title) + "; in " + name + ", " + cited,
          width);
    }
    const std::string& text = hit.snippet.empty() ? hit.title : hit.snippet;
    runtime.out << wrap_behind("  ", on_one_line(text), width);
  }

  CaseSession& session_;
  const FindOptions& options_;
  std::string words_;
  Json list_ = Json::array();
  std::uint64_t total_ = 0;
};

ExitStatus find_words(Runtime& runtime, const FindOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "searching");
  if (!session) return fail(runtime, session.error());
  if (!options.compartment.empty()) {
    if (auto wanted = (*session)->compartment(options.compartment); !wanted) {
      return fail(runtime, wanted.error());
    }
  }
  Finding finding(**session, options);
  // Compartments that this person does not hold give nothing, not even a count.
  for (const std::string& name : (*session)->held(options.compartment)) {
    if (auto found = finding.look_in(name); !found) return fail(runtime, found.error());
  }
  finding.finish();
  return ExitStatus::done;
}

}  // namespace

void add_find_command(Command& root) {
  auto options = std::make_shared<FindOptions>();
  root.add("find", "Search all that you may read")
      .arguments("WORDS", options->words, "all must occur; \"in quotes\" as a phrase", Count::any)
      .option("--tag", "TAG", options->tag, "with this tag")
      .option("--in", "COMPARTMENT", options->compartment, "only there")
      .option("--max", "N", "hits of each compartment; 50 unless said",
              [options](std::string_view text) -> Status {
                const auto read =
                    std::from_chars(text.data(), text.data() + text.size(), options->count_max);
                if (read.ec == std::errc() && read.ptr == text.data() + text.size() &&
                    options->count_max >= 1 && options->count_max <= vault::kSearchHitsMax) {
                  return ok();
                }
                return Error{ErrorCode::invalid_input, "a number from 1 to 10000"};
              })
      .example("casebook find login vpn", "")
      .run([options](Runtime& runtime) { return find_words(runtime, *options); });
}

}  // namespace casebook::cli
