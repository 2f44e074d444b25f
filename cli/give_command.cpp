// `casebook give` and `casebook receive`.
#include <fcntl.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/bag_access.h"
#include "cli/bag_judgement.h"
#include "cli/commands.h"
#include "cli/custody_files.h"
#include "cli/handover.h"
#include "cli/outside_facts.h"
#include "cli/text.h"
#include "core/durable_file.h"
#include "core/part_stream_reader.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

struct GiveOptions {
  std::string bag;
  std::string key;
  std::string recipient;
  std::string reason;
  fs::path output;
};

/// A public key as text, or a file that holds one.
Result<SshPublicKey> key_of(const std::string& text) {
  if (auto key = SshPublicKey::from_line(text)) return key;
  constexpr std::size_t kKeyFileBytesMax = 16'384;
  auto bytes = read_file(text, kKeyFileBytesMax);
  if (!bytes) return std::move(bytes).error().context("--to");
  const std::string_view line = as_text(*bytes);
  return SshPublicKey::from_line(line.substr(0, line.find('\n')));
}

ExitStatus give(Runtime& runtime, const GiveOptions& options) {
  if (options.key.empty() || options.recipient.empty()) {
    return refuse_usage(
        runtime, {ErrorCode::invalid_input, "who receives it?",
                  "--to KEY --recipient age1...: both are in what their casebook key show prints"});
  }
  auto key = key_of(options.key);
  if (!key) return fail(runtime, key.error());
  auto recipient = AgeRecipient::parse(options.recipient);
  if (!recipient) return fail(runtime, std::move(recipient).error().context("--recipient"));
  auto bag = choose_bag(runtime.evidence_folder(), options.bag);
  if (!bag) return fail(runtime, bag.error());
  auto person = choose_person(runtime);
  if (!person) return fail(runtime, person.error());
  BagAccess access(runtime, {});
  auto unlock = access.unlock_for(*bag);
  if (!unlock) return fail(runtime, unlock.error());
  if (access.bag_identity() == nullptr && !unlock->is_empty()) {
    return fail(runtime, sealed_to_a_person(*bag));
  }
  KeyRing ring(runtime, *std::move(person));
  const fs::path folder =
      options.output.empty() ? fs::path("handover-" + bag->id.substr(0, 8)) : options.output;
  auto given = give_bag(runtime, ring,
                        {.bag = *bag,
                         .receiver_key = *key,
                         .receiver = *recipient,
                         .reason = options.reason,
                         .folder = folder,
                         .identity = access.bag_identity()});
  if (!given) return fail(runtime, std::move(given).error().context(bag->name()));
  if (runtime.common.is_json) {
    print_json(
        runtime,
        {{"bag", bag->id}, {"folder", printable(folder.string())}, {"format", "casebook-given/1"}});
  } else {
    runtime.out << bag->name() << " given by " << ring.person().name << ", in "
                << printable(folder.string())
                << ": opens for the receiver only\nNext: they type casebook receive "
                << printable(folder.string()) << " and send the receipt back\n";
  }
  return ExitStatus::done;
}

struct ReceiveOptionsGiven {
  std::string path;
  OutsideOptions outside;
};

class Receiving {
 public:
  Receiving(Runtime& runtime, const ReceiveOptionsGiven& options)
      : runtime_(runtime), options_(options), evidence_(runtime.evidence_folder()) {}

  ExitStatus run() {
    std::error_code failure;
    fs::create_directories(evidence_, failure);
    if (failure)
      return fail(runtime_, system_error("make " + printable(evidence_.string()), failure.value()));
    if (fs::is_directory(options_.path, failure)) return take_folder();
    if (options_.path.ends_with(".json")) return take_receipt();
    return take_stream();
  }

 private:
  ExitStatus take_folder() {
    auto person = choose_person(runtime_);
    if (!person) return fail(runtime_, person.error());
    const fs::path folder = options_.path;
    auto papers = read_bag_papers(folder);
    if (!papers) return fail(runtime_, papers.error());
    auto seal = parse_seal(papers->seal_json);
    if (!seal) return fail(runtime_, std::move(seal).error().context(printable(folder.string())));
    const KnownBag offered{.id = seal->bag, .short_name = {}, .folder = folder};
    BagAccess access(runtime_, {});
    auto unlock = access.unlock_for(offered);
    if (!unlock) return fail(runtime_, unlock.error());
    auto outside = gather_outside_facts(runtime_, options_.outside);
    if (!outside) return fail(runtime_, outside.error());
    auto judgement = judge_bag(offered, bags_in(evidence_), *outside, *unlock);
    if (!judgement) return fail(runtime_, judgement.error());
    if (judgement->verdict() == Verdict::tampered) {
      runtime_.out << judgement_text(*judgement, offered, runtime_.terminal);
      fail(runtime_, {ErrorCode::corrupt, "it was not received: it is not what was sealed"});
      return ExitStatus::tampered;
    }
    KeyRing ring(runtime_, *std::move(person));
    auto taken = take_bag(runtime_, ring, folder, evidence_);
    if (!taken) return fail(runtime_, taken.error());
    if (runtime_.common.is_json) {
      print_json(runtime_, {{"bag", taken->bag.id},
                            {"format", "casebook-received/1"},
                            {"receipt", printable(taken->receipt.string())}});
    } else {
      runtime_.out << judgement_text(*judgement, taken->bag, runtime_.terminal) << "received by "
                   << ring.person().name << " as " << taken->bag.name() << "\nNext: send back "
                   << printable(taken->receipt.string()) << '\n';
    }
    return ExitStatus::done;
  }

  ExitStatus take_receipt() {
    auto bag = keep_receipt(options_.path, evidence_);
    if (!bag) {
      const bool is_corrupt = bag.error().code == ErrorCode::corrupt;
      const ExitStatus status = fail(runtime_, bag.error());
      return is_corrupt ? ExitStatus::tampered : status;
    }
    if (runtime_.common.is_json) {
      print_json(runtime_, {{"bag", bag->id}, {"format", "casebook-receipt-kept/1"}});
    } else {
      runtime_.out << "receipt for " << bag->name() << " is good and kept with it\n";
    }
    return ExitStatus::done;
  }

  ExitStatus take_stream() {
    UniqueFd opened;
    if (options_.path != "-") {
      opened.reset(::open(options_.path.c_str(), O_RDONLY | O_CLOEXEC));
      if (!opened) return fail(runtime_, system_error("open " + printable(options_.path), errno));
    }
    FdSource source(options_.path == "-" ? 0 : opened.get());
    auto received = receive_parts(source, {.parent = evidence_});
    if (!received) return fail(runtime_, received.error());
    Json bags = Json::array();
    bool is_all_sealed = received->whole && !received->bags.empty();
    for (const ReceivedBag& bag : received->bags) {
      auto name = give_short_name(evidence_, bag.id);
      const std::string shown = name ? *name : bag.id;
      is_all_sealed = is_all_sealed && bag.sealed;
      bags.push_back({{"id", bag.id}, {"name", shown}, {"sealed", bag.sealed}});
      if (!runtime_.common.is_json) {
        runtime_.out << shown << "  " << human_size(bag.archive_bytes)
                     << (bag.sealed ? "" : ", unsealed") << "\nNext: casebook verify " << shown
                     << '\n';
      }
    }
    if (runtime_.common.is_json)
      print_json(runtime_, {{"bags", bags}, {"format", "casebook-received-stream/1"}});
    if (!received->whole)
      fail(runtime_, {ErrorCode::io, "the stream broke off: " + printable(received->cut_because)});
    return is_all_sealed ? ExitStatus::done : ExitStatus::incomplete;
  }

  Runtime& runtime_;
  const ReceiveOptionsGiven& options_;
  fs::path evidence_;
};

}  // namespace

void add_give_command(Command& root) {
  auto options = std::make_shared<GiveOptions>();
  root.add("give", "Hand a bag over; the other side signs for it")
      .argument("BAG", options->bag, "B-7, path or id; default: newest", Count::optional)
      .option("--to", "KEY", options->key, "their signing key, or a file with it")
      .option("--recipient", "AGE", options->recipient, "their age1... recipient")
      .option("--reason", "TEXT", options->reason, "why it is handed over")
      .option("--out", "DIR", options->output, "folder to hand over; default: handover-ID")
      .example("casebook give B-7 --to ben.ssh.pub --recipient age1...", "makes a folder for Ben")
      .run([options](Runtime& runtime) { return give(runtime, *options); });
}

void add_receive_command(Command& root) {
  auto options = std::make_shared<ReceiveOptionsGiven>();
  Command& command =
      root.add("receive", "Take a bag over, a stream of parts, or a receipt that came back");
  command.argument("PATH", options->path,
                   "folder from give, file from collect --out -, receipt; - is stdin");
  command.option("--anchor", "KEY", options->outside.anchors,
                 "a person you know: SHA256:... or a file of keys");
  command.example("casebook receive handover-0123abcd", "verifies first, then signs for it")
      .example("casebook receive receipt-89ab.json", "the giver keeps it with the bag")
      .run([options](Runtime& runtime) { return Receiving(runtime, *options).run(); });
}

}  // namespace casebook::cli
