// `casebook timestamp request|attach|witness`: trusted time over a bag's signature, with any RFC
// 3161 authority. Casebook itself never goes to the network.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/bag_access.h"
#include "cli/commands.h"
#include "cli/custody_files.h"
#include "cli/outside_facts.h"
#include "cli/witness.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "core/timestamp.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string bag;
  fs::path file;
  fs::path identity;
  OutsideOptions outside;
};

ExitStatus request(Runtime& runtime, const Options& options) {
  auto bag = choose_bag(runtime.evidence_folder(), options.bag);
  if (!bag) return fail(runtime, bag.error());
  auto papers = read_bag_papers(bag->folder);
  if (!papers) return fail(runtime, papers.error());
  if (papers->seal_signature.empty()) {
    return fail(runtime, {ErrorCode::not_found, bag->name() + " has no seal to be stamped"});
  }
  auto query = make_timestamp_query(as_bytes(papers->seal_signature), runtime.randomness);
  if (!query) return fail(runtime, query.error());
  const fs::path file = options.file.empty() ? fs::path(bag->name() + ".tsq") : options.file;
  auto written = write_file(file, query->der, 0644);
  if (!written) return fail(runtime, std::move(written).error().context(printable(file.string())));
  runtime.out << printable(file.string())
              << ": says nothing but a digest; send it to an authority:\n"
              << "  curl -sS -H 'Content-Type: application/timestamp-query' --data-binary @"
              << printable(file.string()) << " URL > reply.tsr\nNext: casebook timestamp attach "
              << bag->name() << " reply.tsr --tsa AUTHORITY.pem\n";
  return ExitStatus::done;
}

ExitStatus attach(Runtime& runtime, const Options& options) {
  auto bag = choose_bag(runtime.evidence_folder(), options.bag);
  if (!bag) return fail(runtime, bag.error());
  auto papers = read_bag_papers(bag->folder);
  if (!papers) return fail(runtime, papers.error());
  auto reply = read_file(options.file, kTimestampBytesMax);
  if (!reply) return fail(runtime, reply.error());
  const auto signature = as_bytes(papers->seal_signature);
  auto token = accept_timestamp_reply(*reply, signature);
  if (!token)
    return fail(runtime, std::move(token).error().context(printable(options.file.string())));
  auto outside = gather_outside_facts(runtime, options.outside);
  if (!outside) return fail(runtime, outside.error());
  if (outside->authorities_pem.empty()) {
    return refuse_usage(runtime, {ErrorCode::invalid_input,
                                  "whose time is it? No authority was given", "--tsa FILE"});
  }
  auto time = verify_timestamp(signature, *token, outside->authorities_pem);
  if (!time) return fail(runtime, time.error());
  if (!time->time)
    return fail(runtime,
                {ErrorCode::invalid_input, "the token is refused: " + printable(time->reason)});
  auto written = write_file(bag->folder / "seal.json.sig.tsr", *token, 0600, IfExists::replace);
  if (!written) return fail(runtime, written.error());
  const auto at = std::chrono::floor<std::chrono::seconds>(time->time->at);
  runtime.out << bag->name() << " stamped " << format_utc(at) << " by "
              << printable(time->time->authority) << '\n';

  auto person = choose_person(runtime);
  if (!person) return ExitStatus::done;
  BagAccess access(runtime, options.identity);
  auto unlock = access.unlock_for(*bag);
  if (!unlock) return fail(runtime, unlock.error());
  KeyRing ring(runtime, *std::move(person));
  auto about = sha256(*token);
  if (!about) return fail(runtime, about.error());
  auto recorded = record_custody(runtime, *bag, {ring, *unlock, "the custody of " + bag->name()},
                                 {.kind = CustodyKind::timestamped, .about = *about});
  if (!recorded)
    return fail(runtime, std::move(recorded).error().context("stamped, but not in its custody"));
  runtime.out << "Next: casebook verify " << bag->name() << '\n';
  return ExitStatus::done;
}

}  // namespace

void add_timestamp_command(Command& root) {
  Command& group =
      root.add("timestamp", "Trusted time: of an authority for a bag, of a person for an entry");
  auto asked = std::make_shared<Options>();
  group.add("request", "Write the query for an authority")
      .argument("BAG", asked->bag, "B-7, path or id; default: newest", Count::optional)
      .option("--out", "FILE", asked->file, "where to; default: BAG.tsq")
      .example("casebook timestamp request B-7", "says how to send it")
      .run([asked](Runtime& runtime) { return request(runtime, *asked); });
  auto witnessed = std::make_shared<WitnessOptions>();
  group.add("witness", "Say when an entry was made that somebody else signed")
      .argument("ENTRY", witnessed->entry, "#12 of the board, or 140 of the ledger")
      .option("--at", "TIME", witnessed->at, "else when the ledger received it")
      .example("casebook timestamp witness '#58'", "the watch after a rollout counts from there")
      .run([witnessed](Runtime& runtime) { return witness_time(runtime, *witnessed); });
  auto attached = std::make_shared<Options>();
  auto reply = std::make_shared<std::string>();
  Command& command = group.add("attach", "Check an authority's reply and keep it with the bag");
  command.argument("BAG", attached->bag, "B-7, path or id")
      .argument("REPLY", *reply, "what the authority sent");
  command.option("--tsa", "FILE", attached->outside.authorities, "its certificates");
  add_identity_option(command, attached->identity);
  command.example("casebook timestamp attach B-7 reply.tsr --tsa authority.pem", "")
      .run([attached, reply](Runtime& runtime) {
        attached->file = *reply;
        return attach(runtime, *attached);
      });
}

}  // namespace casebook::cli
