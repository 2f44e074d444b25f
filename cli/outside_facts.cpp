#include "cli/outside_facts.h"

#include "cli/command.h"
#include "cli/key_folder.h"
#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kAnchorFileBytesMax = std::size_t{256} << 10U;
constexpr std::size_t kAuthoritiesBytesMax = std::size_t{1} << 20U;

/// A line of an anchor file: a fingerprint or a public key, each with an optional name behind it.
Status add_anchor_line(std::string_view line, OutsideFacts& facts) {
  if (line.empty() || line.front() == '#') return ok();
  const std::string_view first = line.substr(0, line.find(' '));
  std::string fingerprint(first);
  std::string name;
  if (is_ssh_fingerprint(first)) {
    if (first.size() < line.size()) name = line.substr(first.size() + 1);
  } else {
    auto key = SshPublicKey::from_line(line);
    if (!key) return std::move(key).error();
    auto print = key->fingerprint();
    if (!print) return std::move(print).error();
    fingerprint = *print;
    const std::size_t behind = line.find(' ', first.size() + 1);
    if (behind != std::string_view::npos) name = line.substr(behind + 1);
  }
  facts.anchors.push_back(fingerprint);
  if (!name.empty()) facts.names[fingerprint] = name;
  return ok();
}

Status add_anchor(const std::string& anchor, OutsideFacts& facts) {
  if (is_ssh_fingerprint(anchor)) return add_anchor_line(anchor, facts);
  auto bytes = read_file(anchor, kAnchorFileBytesMax);
  if (!bytes) {
    Error error = std::move(bytes).error();
    error.hint = "--anchor takes SHA256:... or a file with public keys";
    return error;
  }
  std::string_view text = as_text(*bytes);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (auto added = add_anchor_line(text.substr(0, end), facts); !added) {
      return std::move(added).error().context(printable(anchor));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return ok();
}

Status add_own_keys(const Runtime& runtime, OutsideFacts& facts) {
  const auto folder = key_folder(runtime);
  if (!folder) return ok();
  for (const Person& person : persons_in(*folder)) {
    auto fingerprint = person.key.fingerprint();
    if (!fingerprint) return std::move(fingerprint).error();
    facts.anchors.push_back(*fingerprint);
    facts.names.emplace(*fingerprint, person.name);
  }
  return ok();
}

}  // namespace

void add_outside_options(Command& command, OutsideOptions& options) {
  command.option("--anchor", "KEY", options.anchors,
                 "a person you know: SHA256:... or a file of keys");
  command.option("--tsa", "FILE", options.authorities,
                 "certificates of a time authority you believe");
  command.option("--code", "CODE", options.seal_code, "the seal code as it was written down");
}

Result<OutsideFacts> gather_outside_facts(const Runtime& runtime, const OutsideOptions& options) {
  OutsideFacts facts;
  facts.seal_code = options.seal_code;
  for (const std::string& anchor : options.anchors) {
    if (auto added = add_anchor(anchor, facts); !added) return std::move(added).error();
  }
  if (auto added = add_own_keys(runtime, facts); !added) return std::move(added).error();
  for (const std::string& file : options.authorities) {
    auto pem = read_file(file, kAuthoritiesBytesMax);
    if (!pem) return std::move(pem).error();
    facts.authorities_pem += as_text(*pem);
  }
  if (options.authorities.empty()) {
    const auto config = runtime.config_folder();
    if (config) {
      const auto pem = read_file(*config / "time-authorities.pem", kAuthoritiesBytesMax);
      if (pem) facts.authorities_pem = as_text(*pem);
    }
  }
  return facts;
}

}  // namespace casebook::cli
