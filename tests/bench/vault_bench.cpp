/// Measures the vault against plain SQLite of the same library, in one run:
///   vault_bench FOLDER [NOTES [ATTACHMENT-MIB [SLACK-EXPORT.zip]]]
/// Prints lines of fields between tabs: measure, ours, the other, unit, to reach.
/// docs/benchmarks.md says what each is. scripts/bench vault makes tables of them.

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/ledger_file.h"
#include "core/ledger_head.h"
#include "tests/bench/vault_corpus.h"
#include "tests/support/seeded_randomness.h"
#include "tests/support/stock_tools.h"
#include "vault/attachment.h"
#include "vault/compartment_state.h"
#include "vault/imports/import_pipeline.h"
#include "vault/rotation.h"
#include "vault/source_keys.h"

namespace casebook::vault {
namespace {

constexpr std::size_t kBatch = 1000;

double cpu_seconds(int who = RUSAGE_SELF) {
  rusage used{};
  ::getrusage(who, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <typename Work>
double cpu_of(Work work) {
  const double start = cpu_seconds();
  work();
  return cpu_seconds() - start;
}

void need(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "vault_bench: %s failed\n", what);
  std::exit(1);
}

void print(const char* measure, double ours, double plain, const char* unit, const char* reach) {
  std::printf("%s\t%.6g\t%.6g\t%s\t%s\n", measure, ours, plain, unit, reach);
  std::fflush(stdout);
}

SecretBytes key() { return SecretBytes(Bytes(kDataKeyBytes, std::byte{5})); }
CompartmentName name() { return {*CaseId::parse(std::string(32, '1')), "general", 1}; }

struct Side {
  DatabaseOptions options;
  SecretBytes key;
};

/// Plain SQLite does what any program would: rows and index, a thousand in a transaction.
void insert_plain(Database& database, std::span<const ItemVersion> items) {
  auto transaction = database.begin();
  for (const ItemVersion& item : items) {
    auto put = database.execute(
        "INSERT INTO items(id, kind, record, version, state, author, on_behalf_of, claimed, "
        "received, "
        "reply_to, source, leaf_salt, leaf, title, tags, fields, body) "
        "VALUES(?,?,1,1,'live',?,'',NULL,?,NULL,NULL,NULL,NULL,'','','',?)",
        {*from_hex(item.id.text()), item.kind, item.author,
         std::int64_t{item.received.time_since_epoch().count()}, item.text.body});
    if (put) {
      put = database.execute("INSERT INTO search(rowid, title, body, tags) VALUES(?,'',?,'')",
                             {database.last_row(), item.text.body});
    }
    need(bool(put), "a plain insert");
  }
  need(bool(std::move(*transaction).commit()), "a plain commit");
}

void give_leaf(ItemVersion& item, Randomness& randomness) {
  item.leaf.emplace();
  need(bool(randomness.fill(item.leaf->salt)), "a salt");
  item.leaf->commit = *item_leaf(item.leaf->salt, item);
}

/// One signed batch: a record that holds the leaves, a signature, the ledger, the mark.
void append_batch(Compartment& compartment, LedgerFile& ledger, Signer& signer,
                  const std::vector<ItemVersion>& items, Randomness& randomness) {
  std::string record = "{\"leaves\":\"";
  for (const ItemVersion& item : items) record += to_hex(item.leaf->commit);
  record += "\"}";
  auto signature = make_ssh_signature(signer, kStatementNamespace, as_bytes(record));
  record += *signature;
  Salt salt{};
  need(bool(randomness.fill(salt)), "a salt");
  const Digest256 commit = *commit_to(salt, as_bytes(record));
  need(bool(compartment.put_pending(commit, salt, as_bytes(record), {.items = items})), "a batch");
  auto entry = ledger.append(commit);
  need(entry && compartment.mark_appended(commit, entry->seq), "an entry");
}

double percentile_95(std::vector<double>& times) {
  std::ranges::sort(times);
  return times[times.size() * 95 / 100];
}

/// Of this thread alone: what else runs on the machine does not count.
double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Runs both sides in turn for each query. @return the 95th percentiles in microseconds of CPU.
template <typename Query>
std::pair<double, double> compare(Compartment& ours, Compartment& plain, int rounds, Query query) {
  std::vector<double> times[2];
  for (int round = -rounds / 5; round < rounds; ++round) {
    for (int side = 0; side < 2; ++side) {
      const double start = thread_seconds();
      query(side == 0 ? ours : plain, round + rounds);
      if (round >= 0) times[side].push_back((thread_seconds() - start) * 1e6);
    }
  }
  return {percentile_95(times[0]), percentile_95(times[1])};
}

void measure_search(const Side& ours, const Side& plain, std::size_t notes, const Texts& texts) {
  auto a = Compartment::open(ours.options, ours.key, name());
  auto b = Compartment::open(plain.options, plain.key, name());
  need(a && b, "opening");
  const auto search = [](Compartment& c, SearchQuery query) {
    auto hits = c.search(query);
    need(bool(hits), "a search");
  };
  const auto look = [&](const char* label, const char* reach, auto query) {
    const auto [mine, theirs] = compare(*a, *b, 200, query);
    print(label, mine, theirs, "us", reach);
  };
  look("search_rare", "3.3", [&](Compartment& c, int n) {
    search(c, {.words = texts.word(9000 + static_cast<std::size_t>(n) * 40),
               .order = SearchOrder::newest,
               .snippets = false});
  });
  look("search_middle", "3.3", [&](Compartment& c, int n) {
    search(c, {.words = texts.word(300 + static_cast<std::size_t>(n)),
               .order = SearchOrder::newest,
               .snippets = false});
  });
  look("search_two", "1.6", [&](Compartment& c, int n) {
    search(c, {.words = texts.word(50 + static_cast<std::size_t>(n)) + " " +
                        texts.word(90 + static_cast<std::size_t>(n)),
               .order = SearchOrder::newest,
               .snippets = false});
  });
  look("search_bm25", "1.3", [&](Compartment& c, int n) {
    search(c, {.words = texts.word(20 + static_cast<std::size_t>(n % 50)),
               .count_max = 20,
               .snippets = false});
  });
  look("search_snippets", "-", [&](Compartment& c, int n) {
    search(c, {.words = texts.word(20 + static_cast<std::size_t>(n % 50)), .count_max = 20});
  });
  SeededRandomness randomness(5);
  std::vector<std::uint64_t> numbers;
  for (int n = 0; n < 20000; ++n) numbers.push_back(randomness.below(notes));
  const auto [mine, theirs] = compare(*a, *b, 10000, [&](Compartment& c, int n) {
    need(bool(*c.item(id_of(numbers[static_cast<std::size_t>(n)]))), "a look-up");
  });
  print("lookup", mine, theirs, "us", "4.0");
}

/// As a command does it that begins with an empty cache: every page is read for the first time.
void measure_first(const Side& ours, const Side& plain, std::size_t notes, const Texts& texts) {
  SeededRandomness randomness(6);
  std::vector<double> lookups[2];
  std::vector<double> searches[2];
  for (std::size_t round = 0; round < 60; ++round) {
    std::vector<std::uint64_t> numbers;
    for (int n = 0; n < 21; ++n) numbers.push_back(randomness.below(notes));
    for (int side = 0; side < 2; ++side) {
      const Side& of = side == 0 ? ours : plain;
      auto compartment = Compartment::open(of.options, of.key, name());
      need(bool(compartment), "opening");
      const auto timed = [&](std::vector<double>& times, auto query) {
        const double start = thread_seconds();
        need(query(), "a query");
        times.push_back((thread_seconds() - start) * 1e6);
      };
      const auto lookup = [&](std::size_t n) {
        return [&, n] { return compartment->item(id_of(numbers[n]))->has_value(); };
      };
      std::vector<double> unused;  // The statement is prepared and the top of the tree read.
      timed(unused, lookup(0));
      for (std::size_t n = 1; n < numbers.size(); ++n) timed(lookups[side], lookup(n));
      for (std::size_t n = 0; n < 5; ++n) {
        const SearchQuery query{.words = texts.word(9000 + (round * 5 + n) * 40),
                                .order = SearchOrder::newest,
                                .snippets = false};
        timed(n == 0 ? unused : searches[side], [&] { return bool(compartment->search(query)); });
      }
    }
  }
  print("lookup_first", percentile_95(lookups[0]), percentile_95(lookups[1]), "us", "-");
  print("search_first", percentile_95(searches[0]), percentile_95(searches[1]), "us", "-");
}

void measure_import(const Side& ours, const Side& plain, std::size_t notes,
                    const std::filesystem::path& folder) {
  SystemRandomness randomness;
  auto signer = Ed25519Signer::generate(randomness);
  auto ledger = LedgerFile::create(folder / "ledger", *LedgerId::parse(std::string(32, '2')));
  auto compartment = Compartment::open(ours.options, ours.key, name());
  auto database = Database::open(plain.options, plain.key);
  need(compartment && database && ledger, "opening");
  need(bool(database->execute("INSERT INTO records VALUES(1, zeroblob(32), 0, 'appended', x'', "
                              "zeroblob(16), x'')")),
       "a plain record");
  Texts texts(2);
  double mine = 0;
  double theirs = 0;
  for (std::size_t at = 0; at < notes; at += kBatch) {
    std::vector<ItemVersion> items;
    for (std::size_t n = at; n < std::min(notes, at + kBatch); ++n)
      items.push_back(message(n, texts.next()));
    theirs += cpu_of([&] { insert_plain(*database, items); });
    mine += cpu_of([&] {
      for (ItemVersion& item : items) give_leaf(item, randomness);
      append_batch(*compartment, *ledger, *signer, items, randomness);
    });
  }
  const double each = 1e6 / static_cast<double>(notes);
  print("import", mine * each, theirs * each, "us", "2.0");
  const double index_mine = cpu_of([&] { need(bool(compartment->optimize()), "optimize"); });
  const double index_theirs = cpu_of([&] {
    need(bool(database->execute("INSERT INTO search(search) VALUES('optimize')")), "optimize");
  });
  print("merge", index_mine, index_theirs, "s", "-");
  need(bool(std::move(*compartment).close()) && bool(std::move(*database).close()), "closing");
}

void measure_index(const Side& ours, const Side& plain) {
  double times[2];
  for (int side = 0; side < 2; ++side) {
    const Side& of = side == 0 ? ours : plain;
    auto database = Database::open(of.options, of.key);
    times[side] = cpu_of([&] {
      need(bool(database->execute("INSERT INTO search(search) VALUES('rebuild')")), "an index");
    });
    need(bool(std::move(*database).close()), "closing");
  }
  print("index", times[0], times[1], "s", "1.45");
}

void measure_one_note(const Side& ours, const Side& plain, const std::filesystem::path& folder) {
  SeededRandomness randomness(3);
  auto signer = Ed25519Signer::generate(randomness);
  const LedgerId id = *LedgerId::parse(std::string(32, '2'));
  auto ledger = LedgerFile::open(folder / "ledger", id);
  auto compartment = Compartment::open(ours.options, ours.key, name());
  auto database = Database::open(plain.options, plain.key);
  need(compartment && database && ledger, "opening");
  Texts texts(4);
  constexpr std::uint64_t kNotes = 300;
  double mine = 0;
  double theirs = 0;
  for (std::uint64_t n = 0; n < kNotes; ++n) {
    const std::vector<ItemVersion> items{message(std::uint64_t{1} << 40U | n, texts.next())};
    theirs += cpu_of([&] {
      insert_plain(*database, items);
      for (int k = 0; k < 2; ++k) {
        need(bool(make_ssh_signature(*signer, kHeadNamespace, as_bytes(items[0].text.body))),
             "a signature");
      }
    });
    mine += cpu_of([&] {
      auto signature =
          make_ssh_signature(*signer, kStatementNamespace, as_bytes(items[0].text.body));
      const std::string record = items[0].text.body + *signature;
      Salt salt{};
      need(bool(randomness.fill(salt)), "a salt");
      const Digest256 commit = *commit_to(salt, as_bytes(record));
      need(bool(compartment->put_pending(commit, salt, as_bytes(record), {.items = items})),
           "a note");
      auto entry = ledger->append(commit);
      auto head = sign_head({id, *ledger->head(), UtcSeconds{}}, *signer);
      need(bool(write_file(folder / "head", as_bytes(format_signed_head(*head)), 0600,
                           IfExists::replace)),
           "a head");
      need(bool(compartment->mark_appended(commit, entry->seq)), "a mark");
    });
  }
  print("note", mine / kNotes * 1e3, theirs / kNotes * 1e3, "ms", "2.5");
  need(bool(std::move(*compartment).close()) && bool(std::move(*database).close()), "closing");
}

void measure_slots(const std::filesystem::path& folder) {
  SystemRandomness randomness;
  std::vector<SlotPerson> persons;
  for (int n = 0; n < 99; ++n)
    persons.push_back({"p" + std::to_string(n), AgeIdentity::make(randomness)->recipient()});
  auto me = AgeIdentity::make(randomness);
  persons.push_back({"me", me->recipient()});
  auto slots = make_slots(name(), persons, randomness);
  need(bool(write_file(folder / "general.slots", seal_slots(*slots, randomness)->file, 0600)),
       "slots");
  constexpr int kRounds = 5;
  double best = 1e9;
  double cpu = 0;
  for (int round = 0; round < kRounds; ++round) {
    const SlotPerson next{"next" + std::to_string(round),
                          AgeIdentity::make(randomness)->recipient()};
    const double cpu_start = cpu_seconds();
    const double start = wall_seconds();
    const Bytes file = *read_file(folder / "general.slots", kSlotsBytesMax);
    auto opened = open_slots(file, {.identities = std::span(&*me, 1)}, name().case_id, "general");
    need(opened && add_person(opened->slots, next), "a grant");
    const auto sealed = *seal_slots(opened->slots, randomness);
    need(stage_slots(folder, sealed) && settle_slots(folder, sealed.grant), "a grant");
    best = std::min(best, wall_seconds() - start);
    cpu += cpu_seconds() - cpu_start;
  }
  print("grant", best * 1e3, 50.0, "ms", "1.0");
  print("grant_cpu", cpu / kRounds * 1e3, 50.0, "ms", "-");
  std::filesystem::remove(folder / "general.slots");
}

void measure_rotation(const Side& ours, const std::filesystem::path& folder) {
  SystemRandomness randomness;
  const auto copy = folder / "copy.db";
  const double start = cpu_seconds();
  std::filesystem::copy_file(ours.options.path, copy);
  DatabaseOptions copied = ours.options;
  copied.path = copy;
  auto problems = Database::check_file(copied, ours.key);
  need(problems && problems->empty(), "a copy");
  const double plain = cpu_seconds() - start;
  std::filesystem::remove(copy);
  Slots current{name(),
                *AgeIdentity::make(randomness),
                SecretBytes::copy_of(ours.key.reveal()),
                {{"me", AgeIdentity::make(randomness)->recipient()}}};
  const double rotate = cpu_of([&] {
    auto rotation = Rotation::prepare({.vault = folder}, current, current.persons, randomness);
    need(bool(rotation), "a rotation");
  });
  print("rotate", rotate, plain, "s", "3.0");
}

void measure_attachment(const std::filesystem::path& folder, std::uint64_t mib) {
  const auto source_path = folder / "source";
  {
    std::ofstream out(source_path, std::ios::binary);
    SeededRandomness randomness(9);
    Bytes block(1 << 20);
    need(bool(randomness.fill(block)), "a block");
    for (std::uint64_t n = 0; n < mib; ++n) {
      block[0] = static_cast<std::byte>(n);
      out.write(reinterpret_cast<const char*>(block.data()),
                static_cast<std::streamsize>(block.size()));
    }
  }
  SystemRandomness randomness;
  const auto identity = *AgeIdentity::make(randomness);
  const auto age = stock_tool("age");
  if (!age) return;
  need(bool(write_file(folder / "identity", identity.text().reveal(), 0600)), "an identity");
  double best[2][2] = {{1e9, 1e9}, {1e9, 1e9}};
  double cpu[2][2] = {{1e9, 1e9}, {1e9, 1e9}};
  /// @param who  whose processor time: this process, or children that were waited for.
  const auto measure = [&](int what, int side, int who, auto work) {
    const double cpu_start = cpu_seconds(who);
    const double start = wall_seconds();
    work();
    best[what][side] = std::min(best[what][side], wall_seconds() - start);
    cpu[what][side] = std::min(cpu[what][side], cpu_seconds(who) - cpu_start);
  };
  for (int round = 0; round < 3; ++round) {
    std::filesystem::remove(folder / "sealed");
    measure(0, 1, RUSAGE_CHILDREN, [&] {
      run_tool({*age, "-r", identity.recipient().text(), "-o", folder / "sealed", source_path});
    });
    measure(1, 1, RUSAGE_CHILDREN, [&] {
      run_tool({*age, "-d", "-i", folder / "identity", "-o", folder / "opened", folder / "sealed"});
    });
    std::filesystem::remove(folder / "opened");
    std::optional<AttachmentRow> row;
    measure(0, 0, RUSAGE_SELF, [&] {
      const UniqueFd fd(::open(source_path.c_str(), O_RDONLY | O_CLOEXEC));
      FdSource source(fd.get());
      auto made = seal_attachment(source, {.folder = folder / "attachments"}, randomness);
      need(bool(made), "an attachment");
      row = *std::move(made);
    });
    measure(1, 0, RUSAGE_SELF, [&] {
      need(bool(save_attachment(folder / "attachments", *row, {.path = folder / "opened"})),
           "opening");
    });
    std::filesystem::remove(folder / "opened");
    need(bool(remove_attachment(folder / "attachments", row->id)), "removing");
  }
  print("seal", best[0][0], best[0][1], "s", "1.0");
  print("open", best[1][0], best[1][1], "s", "1.0");
  print("seal_cpu", cpu[0][0], cpu[0][1], "s", "-");
  print("open_cpu", cpu[1][0], cpu[1][1], "s", "-");
}

/// Peak of this program alone: getrusage would count what the one that started it had, too.
double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib / 1024;
  }
  return 0;
}

/// What a process of its own does over the vault that was made: looks for things and writes some.
int use_vault(const std::filesystem::path& folder) {
  auto compartment = Compartment::open({.path = folder / "general.db"}, key(), name());
  need(bool(compartment), "opening");
  Texts texts(2);
  for (std::size_t n = 0; n < 300; ++n) {
    need(bool(compartment->search({.words = texts.word(20 + n * 7)})), "a search");
  }
  for (std::uint64_t at = 0; at < 20; ++at) {
    std::vector<ItemVersion> items;
    for (std::uint64_t n = 0; n < kBatch; ++n) {
      items.push_back(message((std::uint64_t{1} << 41U) + at * kBatch + n, texts.next()));
    }
    const Salt salt{};
    const std::string record = "batch " + std::to_string(at);
    const Digest256 commit = *commit_to(salt, as_bytes(record));
    need(bool(compartment->put_pending(commit, salt, as_bytes(record), {.items = items})), "put");
    need(bool(compartment->discard(commit)), "discard");
  }
  print("memory", peak_mib(), 96.0, "MiB", "1.0");
  return 0;
}

void measure_memory(const std::filesystem::path& folder) {
  const auto used = run_tool({"/proc/self/exe", folder, "use"});
  need(used.exit_status == 0, "a process of its own");
  std::fputs(used.out.c_str(), stdout);
}

/// Takes messages of an export into a compartment as signed batches, as the command does it.
class Import final : public imports::PreparingSink {
 public:
  Import(Compartment& compartment, LedgerFile& ledger, Signer& signer)
      : compartment_(&compartment), ledger_(&ledger), signer_(&signer) {
    auto known = compartment.sources();
    need(bool(known), "the keys of messages");
    known_ = SourceKeys(*known);
  }
  struct PreparedItem final : Prepared {
    explicit PreparedItem(ItemVersion made) : item(std::move(made)) {}
    ItemVersion item;
  };
  Result<std::unique_ptr<Prepared>> prepare(const imports::Message& from) override {
    auto source = imports::import_key(from);
    if (!source) return std::move(source).error();
    ItemVersion item = message(0, from.text);
    item.id = id_in_series(count++);
    item.author = from.user;
    if (from.claimed_at) item.claimed = std::chrono::floor<std::chrono::seconds>(*from.claimed_at);
    item.source.emplace();
    std::copy_n(source->begin(), item.source->size(), item.source->begin());
    item.text.fields = R"({"digest":")" + to_hex(from.origin.digest) + R"(","member":")" +
                       from.origin.member + R"(","offset":)" + std::to_string(from.origin.offset) +
                       "}";
    give_leaf(item, salts_);
    return std::unique_ptr<Prepared>(std::make_unique<PreparedItem>(std::move(item)));
  }
  Status take_prepared(std::unique_ptr<Prepared> prepared) override {
    items_.push_back(std::move(static_cast<PreparedItem&>(*prepared).item));
    need(known_.insert(*items_.back().source), "a new message");
    return items_.size() == kBatch ? flush() : ok();
  }
  using PreparingSink::take;
  Status take(const imports::BadRecord& /*bad*/) override { return ok(); }
  Status take_unread(std::string_view /*member*/) override { return ok(); }
  Status flush() {
    if (!items_.empty()) append_batch(*compartment_, *ledger_, *signer_, items_, randomness_);
    items_.clear();
    return ok();
  }
  std::uint64_t count = 0;

 private:
  Compartment* compartment_;
  LedgerFile* ledger_;
  Signer* signer_;
  SystemRandomness randomness_;
  SystemRandomness salts_;  // Of the reading thread.
  SourceKeys known_;
  std::vector<ItemVersion> items_;
};

/// A whole import against putting the same messages into plain SQLite, both by the clock.
void measure_slack(const std::filesystem::path& folder, const char* path) {
  SystemRandomness randomness;
  auto signer = Ed25519Signer::generate(randomness);
  const auto here = folder / "slack";
  std::filesystem::create_directories(here / "plain");
  const DatabaseOptions ours{.path = here / "general.db"};
  const DatabaseOptions plain{.path = here / "plain" / "general.db", .plain_for_comparison = true};
  need(bool(Compartment::create(ours, key(), name())), "creating");
  need(bool(Compartment::create(plain, {}, name())), "creating");
  auto ledger = LedgerFile::create(here / "ledger", *LedgerId::parse(std::string(32, '2')));
  auto compartment = Compartment::open(ours, key(), name());
  auto file = FileAccess::open(path);
  need(compartment && ledger && file, "opening");
  Import sink(*compartment, *ledger, *signer);
  double start = wall_seconds();
  need(bool(imports::import_on_two_threads(*file, {}, sink)) && bool(sink.flush()), "an import");
  need(bool(compartment->optimize()), "merging");
  const double mine = static_cast<double>(sink.count) / (wall_seconds() - start);
  auto database = Database::open(plain, {});
  need(database && bool(database->execute("INSERT INTO records VALUES(1, zeroblob(32), 0, "
                                          "'appended', x'', zeroblob(16), x'')")),
       "a plain record");
  std::vector<ItemVersion> items;
  double theirs = 0;
  const auto insert = [&] {
    start = wall_seconds();
    insert_plain(*database, items);
    theirs += wall_seconds() - start;
    items.clear();
  };
  const auto copied = compartment->each_item("", [&](const ItemVersion& item) {
    items.push_back(item);
    if (items.size() == kBatch) insert();
    return ok();
  });
  need(bool(copied), "reading");
  if (!items.empty()) insert();
  start = wall_seconds();
  need(bool(database->execute("INSERT INTO search(search) VALUES('optimize')")), "merging");
  theirs += wall_seconds() - start;
  print("slack", mine, static_cast<double>(sink.count) / theirs, "/s", "0.5 at least");
}

int run(const std::filesystem::path& folder, std::size_t notes, std::uint64_t attachment_mib,
        const char* slack_export) {
  std::filesystem::create_directories(folder);
  Side ours{.options = {.path = folder / "general.db"}, .key = key()};
  Side plain{.options = {.path = folder / "plain" / "general.db"}, .key = {}};
  std::filesystem::create_directories(folder / "plain");
  plain.options.plain_for_comparison = true;
  need(bool(Compartment::create(ours.options, ours.key, name())), "creating");
  need(bool(Compartment::create(plain.options, plain.key, name())), "creating");
  measure_import(ours, plain, notes, folder);
  measure_index(ours, plain);
  measure_search(ours, plain, notes, Texts(2));
  measure_first(ours, plain, notes, Texts(2));
  measure_one_note(ours, plain, folder);
  print("size", static_cast<double>(std::filesystem::file_size(ours.options.path)) / 1048576,
        static_cast<double>(std::filesystem::file_size(plain.options.path)) / 1048576, "MiB",
        "1.15");
  measure_memory(folder);
  measure_slots(folder);
  measure_rotation(ours, folder);
  if (attachment_mib > 0) measure_attachment(folder, attachment_mib);
  if (slack_export != nullptr) measure_slack(folder, slack_export);
  return 0;
}

std::uint64_t number_of(const char* text) {
  std::uint64_t number = 0;
  std::from_chars(text, text + std::strlen(text), number);
  return number;
}

}  // namespace
}  // namespace casebook::vault

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: vault_bench FOLDER [NOTES [ATTACHMENT-MIB [EXPORT.zip]]]\n");
    return 2;
  }
  if (argc == 3 && std::string_view(argv[2]) == "use") return casebook::vault::use_vault(argv[1]);
  return casebook::vault::run(argv[1], argc > 2 ? casebook::vault::number_of(argv[2]) : 10000,
                              argc > 3 ? casebook::vault::number_of(argv[3]) : 0,
                              argc > 4 ? argv[4] : nullptr);
}
