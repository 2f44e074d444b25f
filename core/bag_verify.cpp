#include "core/bag_verify.h"

#include <fcntl.h>

#include <cerrno>

#include "core/age_file.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "core/seal_code.h"
#include "core/ssh_signature.h"

namespace casebook {
namespace {

constexpr std::size_t kPaperBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kRestBytes = std::size_t{256} << 10U;

/// Hashes and counts what passes by.
class HashingSource final : public ByteSource {
 public:
  HashingSource(ByteSource& from, Sha256 hasher) : from_(from), hasher_(std::move(hasher)) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    auto count = from_.read(buffer);
    if (!count) return count;
    if (auto added = hasher_.update(buffer.first(*count)); !added) return std::move(added).error();
    size_bytes_ += *count;
    return count;
  }
  Status read_rest() {
    Bytes buffer(kRestBytes);
    for (;;) {
      auto count = read(buffer);
      if (!count) return std::move(count).error();
      if (*count == 0) return ok();
    }
  }
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  Result<Digest256> finish() { return std::move(hasher_).finish(); }

 private:
  ByteSource& from_;
  Sha256 hasher_;
  std::uint64_t size_bytes_ = 0;
};

bool is_io(const Error& error) {
  return error.code == ErrorCode::io || error.code == ErrorCode::crypto;
}

Result<UniqueFd> open_archive(const std::filesystem::path& folder, std::string& name) {
  for (const std::string_view candidate :
       {std::string_view(name), std::string_view("bag.tar.zst.age"),
        std::string_view("bag.tar.zst"), std::string_view("bag.tar.zst.age.part"),
        std::string_view("bag.tar.zst.part")}) {
    if (candidate.empty()) continue;
    UniqueFd fd(
        ::open((folder / candidate).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd && errno == ENOENT && name.empty()) continue;
    if (!fd) return system_error("open", errno).context(printable((folder / candidate).native()));
    name = candidate;
    return fd;
  }
  return Error{ErrorCode::not_found, printable(folder.native()) + ": no archive of a bag"};
}

Status check_signature(CheckedSeal& checked, const BagPapers& papers) {
  auto digest = sha256(as_bytes(papers.seal_signature));
  if (!digest) return std::move(digest).error();
  if (!papers.seal_signature.empty()) checked.seal_code = SealCode::of(*digest).text();
  auto key = SshPublicKey::from_line(checked.seal->seal_key);
  if (!key || key->type() != SshKeyType::ed25519 || key->line() != checked.seal->seal_key) {
    checked.findings.push_back(
        {"seal_key", "seal.json", key ? "is not a plain ssh-ed25519 key" : key.error().message});
    return ok();
  }
  auto signature = verify_ssh_signature({.name_space = kSealNamespace, .keys = std::span(&*key, 1)},
                                        as_bytes(papers.seal_json), papers.seal_signature);
  if (!signature) return std::move(signature).error();
  checked.signature_good = signature->good();
  if (!signature->good()) {
    checked.findings.push_back({"seal_signature", "seal.json.sig", signature->reason});
  }
  return ok();
}

/// ticket.json is the one whose digest was sealed, or there is none.
Status check_ticket(CheckedSeal& checked, const BagPapers& papers) {
  const bool there = !papers.ticket.empty();
  if (there != checked.seal->ticket_sha256.has_value()) {
    checked.findings.push_back(
        {"ticket", "ticket.json",
         there ? "the seal names no ticket" : "the ticket of the seal is missing"});
    return ok();
  }
  if (!there) return ok();
  auto digest = sha256(as_bytes(papers.ticket));
  if (!digest) return std::move(digest).error();
  if (*digest != *checked.seal->ticket_sha256) {
    checked.findings.push_back({"ticket", "ticket.json", "is not the ticket of the seal"});
  }
  return ok();
}

/// What the archive holds is what the seal says it holds.
void compare_with_seal(BagReport& report) {
  const BagContents& held = *report.contents;
  if (!report.seal || !held.whole) return;
  const auto differs = [&](std::string what) {
    report.findings.push_back({"seal_contents", "seal.json", std::move(what)});
  };
  const Seal& seal = *report.seal;
  if (held.index.bag != seal.bag) differs("names another bag");
  if (held.index.run != seal.run) differs("names another run");
  if (held.index.entries != seal.entries) differs("names another number of entries");
  if (held.index.root != seal.root) differs("names another catalog");
  if (held.tagmanifest_sha256 != seal.tagmanifest_sha256) differs("names another tag manifest");
}

Status check_archive(BagReport& report, ByteSource& file, const std::string& name,
                     const VerifyBagOptions& options) {
  ByteSource* archive = &file;
  std::optional<AgeReader> opened;
  if (name.find(".age") != std::string::npos) {
    if (options.unlock.is_empty()) {
      report.unchecked.emplace_back("no_identity");
      return ok();
    }
    auto reader = AgeReader::open(file, options.unlock);
    if (!reader && reader.error().code == ErrorCode::locked) {
      report.unchecked.emplace_back("no_identity");
      return ok();
    }
    if (!reader) {
      if (is_io(reader.error())) return std::move(reader).error();
      report.findings.push_back({"age", name, reader.error().message});
      return ok();
    }
    opened.emplace(std::move(*reader));
    archive = &*opened;
  }
  auto checked = check_contents(*archive, options.on_line);
  if (!checked) return std::move(checked).error();
  report.contents = std::move(checked->contents);
  for (BagFinding& finding : checked->findings) report.findings.push_back(std::move(finding));
  return ok();
}

void compare_file(BagReport& report, std::uint64_t size_bytes, const Digest256& digest) {
  if (!report.seal) return;
  if (size_bytes != report.seal->file_size_bytes) {
    report.findings.push_back(
        {"file_size", report.seal->file_name, "has another size than was sealed"});
  }
  if (digest != report.seal->file_sha256) {
    report.findings.push_back(
        {"file_digest", report.seal->file_name, "has other bytes than were sealed"});
  }
}

}  // namespace

Result<CheckedSeal> check_seal(const BagPapers& papers) {
  CheckedSeal checked;
  if (papers.seal_json.empty()) return checked;
  auto seal = parse_seal(papers.seal_json);
  if (!seal) {
    checked.findings.push_back({"seal", "seal.json", seal.error().message});
    return checked;
  }
  checked.seal = *std::move(seal);
  if (auto done = check_signature(checked, papers); !done) return std::move(done).error();
  if (auto done = check_ticket(checked, papers); !done) return std::move(done).error();
  return checked;
}

Result<BagPapers> read_bag_papers(const std::filesystem::path& folder) {
  BagPapers papers;
  const std::pair<std::string_view, std::string*> files[] = {
      {"seal.json", &papers.seal_json},
      {"seal.json.sig", &papers.seal_signature},
      {"seal.json.sig.tsr", &papers.time_token},
      {"ticket.json", &papers.ticket},
      {"ticket.json.sig", &papers.ticket_signature},
      {"ratification.json", &papers.ratification},
      {"ratification.json.sig", &papers.ratification_signature}};
  for (const auto& [name, text] : files) {
    auto bytes = read_file(folder / name, kPaperBytesMax);
    if (!bytes && bytes.error().code == ErrorCode::not_found) continue;
    if (!bytes) return std::move(bytes).error();
    *text = as_text(*bytes);
  }
  return papers;
}

Result<BagReport> verify_bag(const std::filesystem::path& folder, const VerifyBagOptions& options) {
  auto papers = read_bag_papers(folder);
  if (!papers) return std::move(papers).error();
  BagReport report;
  report.papers = *std::move(papers);
  auto sealed = check_seal(report.papers);
  if (!sealed) return std::move(sealed).error();
  report.seal = std::move(sealed->seal);
  report.signature_good = sealed->signature_good;
  report.seal_code = std::move(sealed->seal_code);
  report.findings = std::move(sealed->findings);
  if (report.papers.seal_json.empty()) report.unchecked.emplace_back("unsealed");
  std::string name = report.seal ? report.seal->file_name : std::string();
  auto fd = open_archive(folder, name);
  if (!fd) return std::move(fd).error();
  FdSource from(fd->get());
  auto hasher = Sha256::create();
  if (!hasher) return std::move(hasher).error();
  HashingSource file(from, std::move(*hasher));
  if (auto checked = check_archive(report, file, name, options); !checked) {
    return std::move(checked).error();
  }
  if (auto rest = file.read_rest(); !rest) return std::move(rest).error();
  auto digest = file.finish();
  if (!digest) return std::move(digest).error();
  compare_file(report, file.size_bytes(), *digest);
  if (report.contents) compare_with_seal(report);
  return report;
}

}  // namespace casebook
