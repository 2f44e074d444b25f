// `casebook record finding`: items of registers.
#include <charconv>
#include <nlohmann/json.hpp>

#include "cli/bag_access.h"
#include "cli/commands.h"
#include "cli/follow_ups.h"
#include "cli/note_writing.h"
#include "cli/record_bag.h"
#include "cli/record_kind.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

struct FindingOptions {
  NoteOptions note;
  std::vector<std::string> systems, accounts, data, indicators, links;
  std::string confidence = "medium";
};

Result<Json> finding_fields(const FindingOptions& options) {
  Json data = Json::object();
  for (const std::string& pair : options.data) {
    const std::size_t equals = pair.find('=');
    std::uint64_t count = 0;
    const std::string number = equals == std::string::npos ? "" : pair.substr(equals + 1);
    const auto read = std::from_chars(number.data(), number.data() + number.size(), count);
    if (equals == 0 || read.ec != std::errc() || read.ptr != number.data() + number.size() ||
        count > static_cast<std::uint64_t>(kJsonIntegerMax)) {
      return Error{ErrorCode::invalid_input, printable(pair) + ": not a class and a count",
                   "for example --data customer_records=12000"};
    }
    data[pair.substr(0, equals)] = count;
  }
  if (options.confidence != "low" && options.confidence != "medium" &&
      options.confidence != "high") {
    return Error{ErrorCode::invalid_input, "--confidence is low, medium or high"};
  }
  return Json{{"accounts", options.accounts}, {"confidence", options.confidence},
              {"data", std::move(data)},      {"indicators", options.indicators},
              {"links", options.links},       {"systems", options.systems}};
}

ExitStatus record_finding(Runtime& runtime, const FindingOptions& options) {
  auto fields = finding_fields(options);
  if (!fields) return refuse_usage(runtime, fields.error());
  return write_item(runtime, options.note, "finding", [&](vault::ItemVersion& item) -> Status {
    // Systems, accounts and indicators are looked for like words.
    for (const auto* list : {&options.systems, &options.accounts, &options.indicators}) {
      for (const std::string& one : *list) item.text.body += "\n" + one;
    }
    item.text.fields = canonical_json(*fields);
    return ok();
  });
}

}  // namespace

void add_record_command(Command& root) {
  Command& record = root.add("record", "Enter something in a register of the runbook");
  auto words = std::make_shared<RecordWords>();
  words->cosigning.verbs = "record.";
  record
      .arguments("KIND", words->words,
                 "a register, then text and NAME=VALUE; a kind alone: its form", Count::any)
      .example("casebook record", "which registers there are")
      .example("casebook record change 'restarted nginx' system=web-03 ticket=OPS-12", "")
      .example("casebook record test fix=3 kind=negative result=pass proof=@shot.png", "")
      .run([words](Runtime& runtime) { return record_kind(runtime, *words); });
  add_cosigning(record, words->cosigning);
  auto amending = std::make_shared<RecordWords>();
  amending->cosigning.verbs = "record.";
  Command& amend = record.add("amend", "Change fields of an entry; what was said before stays");
  amend.arguments("N", amending->words, "its number, then NAME=VALUE");
  add_cosigning(amend, amending->cosigning);
  amend.example("casebook record amend 12 version=2", "").run([amending](Runtime& runtime) {
    return amend_record(runtime, *amending);
  });
  auto listed = std::make_shared<std::string>();
  record.add("list", "All entries, or those of one register")
      .argument("KIND", *listed, "a register", Count::optional)
      .example("casebook record list host", "")
      .run([listed](Runtime& runtime) { return list_records(runtime, *listed); });
  auto shown = std::make_shared<std::string>();
  record.add("show", "One entry with all that was said of it")
      .argument("N", *shown, "its number")
      .example("casebook record show 12", "")
      .run([shown](Runtime& runtime) { return show_record(runtime, *shown); });
  auto exported = std::make_shared<FollowUpOptions>();
  record.add("export", "Follow-ups for a tracker: title, date, reference; no words of the case")
      .argument("KIND", exported->kind, "a register; else action", Count::optional)
      .option("--csv", "FILE", exported->csv, "for Jira's import from CSV")
      .option("--rest", "FILE", exported->rest, "body for Jira's POST /rest/api/2/issue/bulk")
      .option("--project", "KEY", exported->project, "project there, for --rest")
      .option("--rt", "FILE", exported->rt, "body for RT's POST /REST/2.0/tickets/bulk")
      .option("--queue", "NAME", exported->queue, "queue there, for --rt")
      .flag("--settled", exported->with_settled, "also those that have their ticket")
      .example("casebook record export --csv follow-ups.csv", "")
      .example("casebook record export --rest body.json --project SHOP", "")
      .example("casebook record export --rt tickets.json --queue General", "")
      .run([exported](Runtime& runtime) { return export_follow_ups(runtime, *exported); });
  auto options = std::make_shared<FindingOptions>();
  Command& finding = record.add("finding", "What was found out");
  finding
      .argument("TEXT", options->note.text, "for general only; else it is asked for",
                Count::optional)
      .option("--system", "NAME", options->systems, "a system concerned")
      .option("--account", "NAME", options->accounts, "an account concerned")
      .option("--data", "CLASS=COUNT", options->data, "data concerned, and how much")
      .option("--indicator", "TEXT", options->indicators, "address, hash, file name")
      .option("--confidence", "HOW", options->confidence, "low, medium or high")
      .option("--link", "BAG/PATH", options->links, "an entry of a bag: B-7/var/log/auth.log");
  add_note_options(finding, options->note);
  finding
      .example(
          "casebook record finding 'web shell' --system web-03 --link "
          "B-7/srv/www/u.php",
          "")
      .run([options](Runtime& runtime) { return record_finding(runtime, *options); });
  auto bag = std::make_shared<RecordBagOptions>();
  Command& evidence = record.add("bag", "A bag: its seal code, and what opens it");
  evidence.argument("BAG", bag->bag, "B-7, its folder or id; else the newest", Count::optional)
      .option("--in", "COMPARTMENT", bag->compartment, "whose readers can open it; else general");
  add_identity_option(evidence, bag->identity);
  evidence.example("casebook record bag B-7", "verified first; the code is anchored in the ledger")
      .run([bag](Runtime& runtime) { return record_bag(runtime, *bag); });
}

}  // namespace casebook::cli
