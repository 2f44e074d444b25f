// How the runbook costs, as ratios of two things done in the same run: an entry of a long case
// against one of a short case, an explanation against the plain check, fifty cases against one.
#include <malloc.h>
#include <openssl/evp.h>
#include <ctime>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "core/ssh_raw_signature.h"
#include "tests/property/workflow/world.h"
#include "workflow/board.h"
#include "workflow/embedded_packs.h"
#include "workflow/gates.h"

namespace casebook::workflow {
namespace {

/// Processor time of this thread: what else runs on the machine matters little.
struct Clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock>;
  static constexpr bool is_steady = true;
  static time_point now() {
    timespec at{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return time_point(std::chrono::seconds(at.tv_sec) + duration(at.tv_nsec));
  }
};
constexpr std::size_t kShort = 100;
constexpr std::size_t kLong = 100'000;
constexpr std::size_t kSample = 400;
constexpr std::size_t kVerified = 5'000;
constexpr std::size_t kCases = 50;
constexpr int kRounds = 7;

double seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

/// The n-th thing that is said in a long case: hosts are rare, questions are answered.
RunbookBody nth(std::size_t n, const CaseState& state) {
  const auto open = state.unsettled.find("question");
  if (n % 3 == 1 && open != state.unsettled.end() && !open->second.empty()) {
    return RecordSettle{state.records[*open->second.begin()].id, {}, {}};
  }
  if (n % 100 == 0) {
    Fields fields = {{"host", Value("web-" + std::to_string(n))}};
    if (state.policy->id != "minimal") {
      fields["what"] = std::string("host");
      fields["state"] = std::string("suspected");
    }
    return RecordAdd{"host", std::move(fields), {}};
  }
  if (n % 50 == 0) return FactSet{"severity", std::int64_t{1}, false, {}, {}};
  if (n % 3 == 0) {
    Fields fields;
    const Register& rule = state.policy->registers.find("question")->second;
    if (const FieldRule* from = rule.field("from")) fields["from"] = from->values.front();
    return RecordAdd{"question", std::move(fields), {}};
  }
  return KindSet{"breach"};
}

class Case {
 public:
  explicit Case(const Stage& stage) : stage_(stage) {
    lookup_ = [this](const Digest256&) { return stage_.setup.policy.get(); };
    state = fold_case(stage.opening, lookup_);
  }
  void grow(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) add();
  }
  void add() {
    apply(state, next(), lookup_);
    check(state.refused.empty(), state.refused.empty() ? "" : state.refused.front().reason.c_str());
  }
  void take(const Entry& entry) { apply(state, entry, lookup_); }
  Entry next() const {
    const std::uint64_t n = state.size;
    std::array<std::byte, 16> id{};
    for (std::size_t i = 0; i < 8; ++i) {  // As random as ids are.
      id[i] = static_cast<std::byte>((n * 0x9e3779b97f4a7c15ULL) >> (8 * i));
      id[8 + i] = static_cast<std::byte>(n >> (8 * i));
    }
    const RunbookBody body = nth(n, state);
    return {n,
            stage_.start + std::chrono::seconds(n),
            {*StatementId::parse(to_hex(id)),
             stage_.case_id,
             false,
             std::string(verb_of(body)),
             format_runbook_body(body),
             {{"text", {}}},
             stage_.start,
             {},
             {}},
            {stage_.keys[0]}};
  }
  CaseState state;

 private:
  const Stage& stage_;
  PolicyLookup lookup_;
};

double middle(std::vector<double> times) {
  std::ranges::sort(times);
  return times[times.size() / 2];
}
/// Of pairs measured one after the other.
double middle_ratio(const std::vector<double>& ours, const std::vector<double>& theirs) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / theirs[i]);
  return middle(std::move(ratios));
}

template <typename Do>
double median(Do work) {
  std::vector<double> times;
  for (int i = 0; i < kRounds; ++i) {
    const auto start = Clock::now();
    work();
    times.push_back(seconds(start));
  }
  return middle(std::move(times));
}

/// A statement as it lies in the ledger, and what a bare check of it needs.
struct Said5000 {
  SignedStatement text;
  Bytes blob, signature;  ///< Raw: of as many bytes as an SSHSIG signs.
};

void verify_and_replay() {
  const Stage stage(std::make_shared<const Policy>(*parse_policy(embedded_pack("need-to-know"))));
  SeededRandomness randomness(3);
  auto signer = Ed25519Signer::generate(randomness);
  check(bool(signer), "a key");
  Case whole(stage);
  std::vector<Said5000> all;
  for (std::size_t i = 0; i < kVerified; ++i) {
    const Entry entry = whole.next();
    whole.take(entry);
    auto signed_text = sign_statement(entry.statement, *signer);
    const auto digest = sha512(as_bytes(signed_text->text));
    Bytes blob(51);
    blob.insert(blob.end(), digest->begin(), digest->end());
    auto raw = signer->sign(blob);
    const auto field = parse_raw_signature(*raw);
    all.push_back({*std::move(signed_text), std::move(blob), field->value});
  }
  check(whole.state.refused.empty(),
        whole.state.refused.empty() ? "" : std::string_view(whole.state.refused.front().reason));
  const Bytes& point = signer->public_key().point();
  EVP_PKEY* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                              reinterpret_cast<const unsigned char*>(point.data()),
                                              point.size());
  const auto bare = [&] {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    for (const Said5000& one : all) {
      check(bool(sha512(as_bytes(one.text.text))), "SHA-512");
      const std::array<std::span<const std::byte>, 1> parts = {as_bytes(one.text.text)};
      check(bool(sha256_of_parts(parts)), "SHA-256");
      EVP_MD_CTX_reset(context);
      EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key);
      check(EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(one.signature.data()),
                             one.signature.size(),
                             reinterpret_cast<const unsigned char*>(one.blob.data()),
                             one.blob.size()) == 1,
            "good");
    }
    EVP_MD_CTX_free(context);
  };
  std::size_t log_bytes = 0;
  for (const Said5000& one : all) {
    log_bytes += one.text.text.size() + one.text.signatures.front().size();
  }
  std::size_t state_bytes = 0;
  const auto replay = [&](bool verifies) {
    const std::size_t before = mallinfo2().uordblks;
    Case again(stage);
    for (const Said5000& one : all) {
      if (verifies) {
        const std::array<std::span<const std::byte>, 1> parts = {as_bytes(one.text.text)};
        check(bool(sha256_of_parts(parts)), "SHA-256");
        const auto signers = statement_signers(one.text);
        check(bool(signers) && signers->front() == signer->public_key(), "good");
      }
      auto statement = parse_statement(one.text.text);
      check(bool(statement), "a statement");
      const std::uint64_t seq = again.state.size;
      again.take(
          {seq, stage.start + std::chrono::seconds(seq), *std::move(statement), {stage.keys[0]}});
    }
    check(again.state.refused.empty(), "nothing is refused");
    state_bytes = mallinfo2().uordblks - before;
  };
  std::vector<double> ours_took, bare_took, replay_took;
  for (int i = 0; i < kRounds; ++i) {  // In turn, so that the machine treats all alike.
    const auto at = Clock::now();
    bare();
    bare_took.push_back(seconds(at));
    const auto then = Clock::now();
    replay(/*verifies=*/true);
    ours_took.push_back(seconds(then));
    const auto last = Clock::now();
    replay(/*verifies=*/false);
    replay_took.push_back(seconds(last));
  }
  std::printf(
      "verify and replay of %zu entries: %.1f ms; hashes and signatures alone: %.1f ms; "
      "ratio %.3f\n",
      kVerified, middle(ours_took) * 1e3, middle(bare_took) * 1e3,
      middle_ratio(ours_took, bare_took));
  std::printf("replay without signatures: %.1f ms; with: ratio %.1f\n", middle(replay_took) * 1e3,
              middle_ratio(ours_took, replay_took));
  std::printf("memory of the state: %zu KiB; the log: %zu KiB; ratio %.2f\n", state_bytes / 1024,
              log_bytes / 1024, static_cast<double>(state_bytes) / static_cast<double>(log_bytes));
  EVP_PKEY_free(key);
}

void many_cases() {
  const Stage stage(std::make_shared<const Policy>(*parse_policy(embedded_pack("need-to-know"))));
  std::vector<Case> cases;
  cases.reserve(kCases);  // Each looks up policies by its own place.
  for (std::size_t i = 0; i < kCases; ++i) {
    cases.emplace_back(stage);
    cases.back().grow(100 + 10 * i % 100);
  }
  const auto look = [&](const Case& one) {
    const Board board = make_board(one.state, stage.start + std::chrono::hours(2));
    check(!board.things.empty(), "open things");
  };
  // Each look at another case, so that one finds as little in the cache as fifty do.
  std::vector<double> ones, alls;
  for (int round = 0; round < 3 * kRounds; ++round) {
    const auto begin = Clock::now();
    std::vector<double> each_took;
    for (const Case& each : cases) {
      const auto at = Clock::now();
      look(each);
      each_took.push_back(seconds(at));
    }
    alls.push_back(seconds(begin));
    ones.push_back(middle(std::move(each_took)));
  }
  std::printf("board of one case: %.1f us; of %zu: %.1f us; ratio %.1f\n", middle(ones) * 1e6,
              kCases, middle(alls) * 1e6, middle_ratio(alls, ones));
}

/// The same question with and without its reasons: asked of a state that is there, and from the
/// entries on, as every command does.
void why_against_check(std::size_t entries) {
  const Stage stage(std::make_shared<const Policy>(*parse_policy(embedded_pack("need-to-know"))));
  Case told(stage);
  std::vector<Entry> said;
  for (std::size_t i = 0; i < entries; ++i) {
    said.push_back(told.next());
    told.take(said.back());
  }
  const Attempt close{"close"};
  const auto ask_plainly = [&](const CaseState& state) {
    check(!gate_answers(state, close, stage.start).empty(), "gates");
    check(is_blocked(state, close), "open");
  };
  const auto ask_why = [&](const CaseState& state) {
    check(!explain(state, close, stage.start).is_open(), "why");
  };
  constexpr int kTimes = 200;
  std::vector<double> plain, why;
  for (int round = 0; round < kRounds; ++round) {
    const auto at = Clock::now();
    for (int i = 0; i < kTimes; ++i) ask_plainly(told.state);
    plain.push_back(seconds(at));
    const auto then = Clock::now();
    for (int i = 0; i < kTimes; ++i) ask_why(told.state);
    why.push_back(seconds(then));
  }
  std::printf("after %zu entries, check of all gates: %.1f us; why: %.1f us; ratio %.1f\n", entries,
              middle(plain) / kTimes * 1e6, middle(why) / kTimes * 1e6, middle_ratio(why, plain));
  std::vector<double> fold_plain, fold_why;
  for (int round = 0; round < 3 * kRounds; ++round) {
    const auto at = Clock::now();
    Case one(stage);
    for (const Entry& entry : said) one.take(entry);
    ask_plainly(one.state);
    fold_plain.push_back(seconds(at));
    const auto then = Clock::now();
    Case other(stage);
    for (const Entry& entry : said) other.take(entry);
    ask_why(other.state);
    fold_why.push_back(seconds(then));
  }
  std::printf("from the entries on, check: %.2f ms; why: %.2f ms; ratio %.3f\n",
              middle(fold_plain) * 1e3, middle(fold_why) * 1e3, middle_ratio(fold_why, fold_plain));
}

void append() {
  const Stage stage(std::make_shared<const Policy>(*parse_policy(embedded_pack("minimal"))));
  Case small(stage), large(stage);
  small.grow(kShort);
  large.grow(kLong);
  const double at_short = median([&] {
    Case one = small;
    one.grow(kSample);
  });
  const double copy = median([&] { Case one = small; });
  const double at_long = median([&] { large.grow(kSample); });
  std::printf("append at entry %zu: %.1f us; at %zu: %.1f us; ratio %.2f\n", kShort,
              (at_short - copy) / kSample * 1e6, kLong, at_long / kSample * 1e6,
              at_long / (at_short - copy));
}

int run(const std::string& only) {
  const auto wants = [&](const char* what) { return only.empty() || only == what; };
  if (wants("append")) append();
  if (wants("why")) {
    for (const std::size_t entries : {std::size_t{0}, std::size_t{300}, kVerified}) {
      why_against_check(entries);
    }
  }
  if (wants("verify")) verify_and_replay();
  if (wants("board")) many_cases();
  return 0;
}

}  // namespace
}  // namespace casebook::workflow

int main(int count, char** words) { return casebook::workflow::run(count > 1 ? words[1] : ""); }
