// The order of writing and the heads at home of docs/spec/case.md.
#include "vault/case_writer.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/json_text.h"
#include "tests/support/faulty_files.h"
#include "tests/support/seeded_randomness.h"
#include "tests/support/temporary_folder.h"

namespace casebook::vault {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

UtcSeconds noon() { return *parse_utc("2026-11-21T12:00:00Z"); }

/// Ends the process, without any farewell, before call number `at`.
class DyingFiles final : public FileCalls {
 public:
  explicit DyingFiles(int at) : left_(at) {}
  int open(const char* path, int flags, mode_t mode) override {
    return live(), FileCalls::open(path, flags, mode);
  }
  ssize_t write(int fd, const void* bytes, std::size_t size_bytes) override {
    return live(), FileCalls::write(fd, bytes, size_bytes);
  }
  int fsync(int fd) override { return live(), FileCalls::fsync(fd); }
  int rename(const char* from, const char* to) override {
    return live(), FileCalls::rename(from, to);
  }

 private:
  void live() {
    if (--left_ == 0) ::_exit(9);
  }
  int left_;
};

class CaseWriterTest : public testing::Test {
 protected:
  CaseWriterTest()
      : folder_(folder_in_memory()),
        case_id_(*CaseId::make(randomness_)),
        ada_(*Ed25519Signer::generate(randomness_)),
        log_(*Ed25519Signer::generate(randomness_)),
        paths_{folder_.path() / "case"},
        file_{case_id_,
              "amber-heron",
              false,
              {{*PersonId::make(randomness_), ada_.public_key()}},
              log_.public_key(),
              {}} {
    check(bool(create_case(paths_, file_)), "create the case");
    check(bool(Compartment::create(database(), key_, name())), "create general");
  }
  [[nodiscard]] DatabaseOptions database() const {
    return {.path = paths_.vault() / "general.db", .lock_file = paths_.vault() / "lock"};
  }
  [[nodiscard]] CompartmentName name() const { return {case_id_, "general", 1}; }
  [[nodiscard]] Compartment general() const {
    auto opened = Compartment::open(database(), key_, name());
    check(bool(opened), "open general");
    return *std::move(opened);
  }
  WriterOptions options(FileCalls* calls = nullptr) {
    return {paths_, HomeHeads(folder_.path() / "heads"), &log_, &randomness_, calls};
  }
  CaseWriter writer(Compartment& compartment) {
    auto opened = CaseWriter::open(options());
    check(bool(opened), "open the writer");
    Compartment* all[] = {&compartment};
    check(bool(opened->recover(all)), "recover");
    return *std::move(opened);
  }
  SignedStatement note(const MerkleHead& basis, int number) {
    auto made = sign_statement({*StatementId::make(randomness_),
                                case_id_,
                                false,
                                "note",
                                "{\"number\":" + std::to_string(number) + "}",
                                {},
                                noon(),
                                {},
                                basis},
                               ada_);
    check(bool(made), "sign");
    return *std::move(made);
  }
  /// How many entries have their record, in order and committed to; -1 when one has not.
  int whole_records(Compartment& compartment) {
    const auto commits = commitments_of(paths_, file_);
    if (!commits) return -1;
    for (std::size_t seq = 0; seq < commits->size(); ++seq) {
      const auto stored = compartment.record_at(seq);
      if (!stored || !*stored || (*stored)->commit != (*commits)[seq]) return -1;
      const auto record = parse_record(as_text((*stored)->record));
      if (!record || record->seq != seq || !statement_signers(record->statement)) return -1;
    }
    return static_cast<int>(commits->size());
  }

  TemporaryFolder folder_;
  SeededRandomness randomness_{7};
  CaseId case_id_;
  Ed25519Signer ada_;
  Ed25519Signer log_;
  CasePaths paths_;
  CaseFile file_;
  SecretBytes key_{Bytes(32, std::byte{5})};
};

TEST_F(CaseWriterTest, AppendsAndGoesOn) {
  for (int round = 0; round < 3; ++round) {
    Compartment general = this->general();
    CaseWriter writer = this->writer(general);
    const auto appended =
        writer.append(general, {note(writer.basis(), round)}, noon() + 1min * round);
    ASSERT_TRUE(appended) << appended.error().message;
    EXPECT_EQ(appended->seq, static_cast<std::uint64_t>(round));
    EXPECT_FALSE(appended->is_raised);
    ASSERT_TRUE(std::move(writer).close());
  }
  Compartment general = this->general();
  EXPECT_EQ(whole_records(general), 3);
  const auto state = look_at_case(paths_, HomeHeads(folder_.path() / "heads"));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->against_head, SeenBefore::extends);
  EXPECT_EQ(state->against_home, SeenBefore::extends);
  const SshPublicKey log_key = log_.public_key();
  EXPECT_TRUE(verify_head(*state->head, {&log_key, 1})->good());
  EXPECT_FALSE(create_case(paths_, file_)) << "a case is never made over another";
}

// RT-28: received times never run backwards.
TEST_F(CaseWriterTest, Rt28RaisesATimeThatWouldRunBackwards) {
  Compartment general = this->general();
  {
    CaseWriter writer = this->writer(general);
    ASSERT_TRUE(writer.append(general, {note(writer.basis(), 0)}, noon()));
  }
  CaseWriter writer = this->writer(general);
  const auto late = writer.append(general, {note(writer.basis(), 1)}, noon() - 5h);
  ASSERT_TRUE(late);
  EXPECT_TRUE(late->is_raised);
  EXPECT_EQ(late->received_at, noon());
}

// RT-3: outside the compartments nothing tells who wrote, where, when, or the same thing twice.
TEST_F(CaseWriterTest, Rt3TheLedgerTellsNobodyWhoWroteWhereOrWhen) {
  const CompartmentName legal_name{case_id_, "legal", 1};
  DatabaseOptions legal_file = database();
  legal_file.path = paths_.vault() / "legal.db";
  SecretBytes legal_key(Bytes(kDataKeyBytes, std::byte{3}));
  ASSERT_TRUE(Compartment::create(legal_file, legal_key, legal_name));
  {
    Compartment general = this->general();
    auto legal = Compartment::open(legal_file, legal_key, legal_name);
    ASSERT_TRUE(legal);
    CaseWriter writer = this->writer(general);
    const SignedStatement same = note(writer.basis(), 1);
    ASSERT_TRUE(writer.append(general, {same}, noon()));
    ASSERT_TRUE(writer.append(*legal, {same}, noon()));
    ASSERT_TRUE(writer.append(*legal, {note(writer.basis(), 2)}, noon()));
    ASSERT_TRUE(std::move(general).close());
    ASSERT_TRUE(std::move(*legal).close());
  }
  const Bytes ledger = *read_file(paths_.ledger(), 1 << 20);
  std::string_view text = as_text(ledger);
  std::set<std::string> commits;
  while (!text.empty()) {
    auto line = parse_json(text.substr(0, text.find('\n')));
    ASSERT_TRUE(line) << text;
    text.remove_prefix(text.find('\n') + 1);
    EXPECT_TRUE(json_only_members(*line, {"commit", "prev", "seq"}));
    commits.insert(*json_text_member(*line, "commit"));
  }
  EXPECT_EQ(commits.size(), 3U) << "the same words twice do not look the same";
  const std::string author = ada_.public_key().line().substr(12, 40);
  for (const auto& entry : fs::recursive_directory_iterator(paths_.root)) {
    if (!entry.is_regular_file() || entry.path() == paths_.case_file()) continue;
    const Bytes bytes = *read_file(entry.path(), 1 << 24);
    for (const std::string_view told : {std::string_view("number"), std::string_view(author)}) {
      EXPECT_EQ(as_text(bytes).find(told), std::string_view::npos) << entry.path();
    }
  }
}

// RT-5: a statement whose basis is another history is not taken for one of ours.
TEST_F(CaseWriterTest, Rt5KnowsTheRootsOfItsOwnPast) {
  Compartment general = this->general();
  CaseWriter writer = this->writer(general);
  std::vector<MerkleHead> heads = {writer.basis()};
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(writer.append(general, {note(writer.basis(), i)}, noon()));
    heads.push_back(writer.basis());
  }
  for (const MerkleHead& head : heads) EXPECT_EQ(*writer.root_at(head.count), head.root);
  EXPECT_EQ(*writer.root_at(6), std::nullopt);
}

// RT-2: whatever call fails, what was acknowledged is there and the case opens again.
TEST_F(CaseWriterTest, Rt2KeepsWhatItAcknowledgedWhicheverCallFails) {
  int acknowledged = 0;
  bool reached_end = false;
  for (int fails_at = 1; !reached_end; ++fails_at) {
    {
      Compartment general = this->general();
      FaultyFiles calls(fails_at);
      auto writer = CaseWriter::open(options(&calls));
      Compartment* all[] = {&general};
      if (writer && writer->recover(all)) {
        acknowledged = std::max(acknowledged, static_cast<int>(writer->basis().count));
        for (int i = 0; i < 2; ++i) {
          if (writer->append(general, {note(writer->basis(), i)}, noon())) ++acknowledged;
        }
      }
      reached_end = !calls.reached();
    }
    Compartment general = this->general();
    CaseWriter again = writer(general);
    const int whole = whole_records(general);
    ASSERT_GE(whole, acknowledged) << "call " << fails_at;
    ASSERT_LE(whole, acknowledged + 1) << "call " << fails_at;
    EXPECT_TRUE(general.pending()->empty());
    ASSERT_TRUE(again.append(general, {note(again.basis(), 9)}, noon()));
    acknowledged = static_cast<int>(again.basis().count);
  }
  EXPECT_GT(acknowledged, 10);
}

// RT-2: the same for a process that dies between any two steps.
TEST_F(CaseWriterTest, Rt2LosesNothingAcknowledgedWhereverItIsKilled) {
  int acknowledged = 0;
  bool lived = false;
  for (int dies_at = 1; !lived; ++dies_at) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      DyingFiles calls(dies_at);
      Compartment general = this->general();
      auto writer = CaseWriter::open(options(&calls));
      Compartment* all[] = {&general};
      if (!writer || !writer->recover(all)) ::_exit(1);
      for (int i = 0; i < 3; ++i) {
        if (!writer->append(general, {note(writer->basis(), i)}, noon())) ::_exit(1);
        if (::write(pipe_ends[1], "a", 1) != 1) ::_exit(1);
      }
      ::_exit(0);
    }
    ::close(pipe_ends[1]);
    char byte = 0;
    while (::read(pipe_ends[0], &byte, 1) == 1) ++acknowledged;
    ::close(pipe_ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) != 1) << "step " << dies_at;
    lived = WEXITSTATUS(status) == 0;
    Compartment general = this->general();
    const CaseWriter again = writer(general);
    const int whole = whole_records(general);
    ASSERT_GE(whole, acknowledged) << "step " << dies_at;
    ASSERT_LE(whole, acknowledged + 1) << "step " << dies_at;
    acknowledged = whole;
    EXPECT_TRUE(general.pending()->empty());
  }
  EXPECT_GT(acknowledged, 10);
}

TEST_F(CaseWriterTest, TakesBackARecordWhosePlaceIsTaken) {
  Compartment general = this->general();
  SecretBytes other_key(Bytes(32, std::byte{6}));
  const DatabaseOptions legal_file{.path = paths_.vault() / "legal.db",
                                   .lock_file = paths_.vault() / "lock"};
  const CompartmentName legal_name{case_id_, "legal", 1};
  ASSERT_TRUE(Compartment::create(legal_file, other_key, legal_name));
  auto legal = Compartment::open(legal_file, other_key, legal_name);
  {
    CaseWriter writer = this->writer(general);
    // Counsel's machine died after the first step; somebody else took the place meanwhile.
    const CaseRecord record{0, noon(), false, note(writer.basis(), 1), {}};
    const Salt salt = *make_salt(randomness_);
    const std::string text = format_record(record);
    ASSERT_TRUE(legal->put_pending(*commit_to(salt, as_bytes(text)), salt, as_bytes(text)));
    ASSERT_TRUE(writer.append(general, {note(writer.basis(), 2)}, noon()));
  }
  auto writer = CaseWriter::open(options());
  Compartment* all[] = {&general, &*legal};
  const auto recovery = writer->recover(all);
  ASSERT_TRUE(recovery);
  EXPECT_EQ(recovery->discarded, 1U);
  EXPECT_EQ(recovery->finished, 0U);
  EXPECT_TRUE(legal->pending()->empty());
  EXPECT_EQ(whole_records(general), 1);
}

// RT-33: a record out of an inbox names no place; the ledger knows it.
TEST_F(CaseWriterTest, MarksARecordThatWaitedInAnInboxWhereTheLedgerHasIt) {
  const Salt salt = *make_salt(randomness_);
  const std::string left = "left by somebody who cannot open this";
  const Digest256 commit = *commit_to(salt, as_bytes(left));
  Compartment compartment = general();
  {
    CaseWriter first = writer(compartment);
    ASSERT_TRUE(first.append(compartment, {note(first.basis(), 0)}, noon()));
    ASSERT_TRUE(first.enter_foreign(commit, noon()));
    ASSERT_TRUE(first.append(compartment, {note(first.basis(), 2)}, noon()));
  }
  // Cut short while it was taken in; and another that no entry names.
  ASSERT_TRUE(compartment.put_pending(commit, salt, as_bytes(left)));
  const Digest256 unknown = *commit_to(salt, as_bytes("x"));
  ASSERT_TRUE(compartment.put_pending(unknown, salt, as_bytes("x")));
  CaseWriter second = writer(compartment);
  const auto stored = compartment.record_at(1);
  ASSERT_TRUE(stored && *stored);
  EXPECT_EQ((*stored)->commit, commit);
  EXPECT_FALSE(*compartment.record_of(unknown));
  EXPECT_TRUE(compartment.pending()->empty());
  EXPECT_TRUE(second.append(compartment, {note(second.basis(), 3)}, noon()));
}

// RT-14: an old copy of the whole folder is consistent with itself; the head at home finds it.
TEST_F(CaseWriterTest, Rt14AnOldCopyOfTheWholeFolderIsFound) {
  {
    Compartment general = this->general();
    CaseWriter writer = this->writer(general);
    ASSERT_TRUE(writer.append(general, {note(writer.basis(), 0)}, noon()));
    ASSERT_TRUE(std::move(writer).close());
    ASSERT_TRUE(std::move(general).close());
  }
  const fs::path old = folder_.path() / "old";
  fs::copy(paths_.root, old, fs::copy_options::recursive);
  {
    Compartment general = this->general();
    CaseWriter writer = this->writer(general);
    ASSERT_TRUE(writer.append(general, {note(writer.basis(), 1)}, noon()));
    ASSERT_TRUE(std::move(writer).close());
    ASSERT_TRUE(std::move(general).close());
  }
  fs::remove_all(paths_.root);
  fs::copy(old, paths_.root, fs::copy_options::recursive);
  const HomeHeads home(folder_.path() / "heads");
  EXPECT_EQ(look_at_case(paths_, home)->against_head, SeenBefore::extends);
  EXPECT_EQ(look_at_case(paths_, home)->against_home, SeenBefore::rolled_back);
  const auto refused = CaseWriter::open(options());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("older than what this machine saw"), std::string::npos);
  // RT-36: written on from the old copy it is a fork, and writing stops as well.
  const fs::path away = folder_.path() / "away";
  Compartment general = this->general();
  for (int i = 0; i < 2; ++i) {
    auto elsewhere = CaseWriter::open({paths_, HomeHeads(away), &log_, &randomness_});
    ASSERT_TRUE(elsewhere->append(general, {note(elsewhere->basis(), 7)}, noon()));
  }
  EXPECT_EQ(look_at_case(paths_, home)->against_home, SeenBefore::forked);
  EXPECT_FALSE(CaseWriter::open(options()));
}

TEST_F(CaseWriterTest, ALedgerThatWasCutIsFoundByTheHeadBesideIt) {
  {
    Compartment general = this->general();
    CaseWriter writer = this->writer(general);
    for (int i = 0; i < 3; ++i)
      ASSERT_TRUE(writer.append(general, {note(writer.basis(), i)}, noon()));
  }
  const Bytes ledger = *read_file(paths_.ledger(), 1 << 20);
  const std::size_t line = as_text(ledger).find('\n') + 1;
  ASSERT_TRUE(write_file(paths_.ledger(), std::span(ledger).first(line), 0600, IfExists::replace));
  EXPECT_EQ(look_at_case(paths_, HomeHeads(folder_.path() / "heads"))->against_head,
            SeenBefore::rolled_back);
  EXPECT_FALSE(CaseWriter::open(options()));
}

TEST(CaseFileTest, ReadsBackWhatItWritesAndNothingElse) {
  SeededRandomness randomness(3);
  const auto key = Ed25519Signer::generate(randomness)->public_key();
  const CaseFile file{*CaseId::make(randomness),
                      "amber-heron",
                      true,
                      {{*PersonId::make(randomness), key}},
                      key,
                      sha256({}) ? *sha256({}) : Digest256()};
  const std::string text = format_case_file(file);
  const auto read = parse_case_file(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(format_case_file(*read), text);
  EXPECT_FALSE(parse_case_file(text + "\n"));
  EXPECT_FALSE(parse_case_file("{}"));
}

}  // namespace
}  // namespace casebook::vault
