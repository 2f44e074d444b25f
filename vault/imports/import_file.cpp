#include "vault/imports/import_file.h"

#include <algorithm>
#include <array>

#include "core/json_text.h"
#include "vault/imports/mbox.h"
#include "vault/imports/slack_export.h"

namespace casebook::imports {
namespace {

constexpr std::size_t kFrontBytes = 4096;
constexpr std::array<std::string_view, 4> kForms = {"slack", "mbox", "eml", "transcript"};

bool ends_with(std::string_view name, std::string_view lower_ending) {
  if (name.size() < lower_ending.size()) return false;
  return std::ranges::equal(
      name.substr(name.size() - lower_ending.size()), lower_ending, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
      });
}

/// The first line is a header field: a name of printable characters, a colon, and no blank before.
bool looks_like_mail(std::string_view front) {
  constexpr std::array<std::string_view, 8> kFields = {
      "Received:", "Return-Path:", "From:",       "Delivered-To:",
      "Date:",     "Subject:",     "Message-ID:", "MIME-Version:"};
  return std::ranges::any_of(kFields,
                             [&](std::string_view field) { return front.starts_with(field); });
}

/// Text may be cut inside a character at the end of the front.
bool looks_like_text(std::string_view front) {
  if (front.find('\0') != std::string_view::npos) return false;
  for (std::size_t cut = 0; cut < 4 && cut <= front.size(); ++cut) {
    if (is_utf8(front.substr(0, front.size() - cut))) return true;
  }
  return false;
}

}  // namespace

std::string_view to_string(ImportForm form) noexcept {
  return kForms[static_cast<std::size_t>(form)];
}

Result<ImportForm> parse_import_form(std::string_view name) {
  const auto found = std::ranges::find(kForms, name);
  if (found == kForms.end())
    return Error{ErrorCode::invalid_input, "no such kind of export",
                 "slack, mbox, eml or transcript"};
  return static_cast<ImportForm>(found - kForms.begin());
}

Result<ImportForm> recognise_import(RandomAccess& file, const ImportOptions& options) {
  if (options.form) return *options.form;
  Bytes bytes(std::min<std::uint64_t>(file.size_bytes(), kFrontBytes));
  if (auto got = file.read_at(0, bytes); !got) return std::move(got).error();
  const auto front = as_text(bytes);
  if (front.starts_with("PK\x03\x04") || front.starts_with("PK\x05\x06")) return ImportForm::slack;
  if (looks_like_mbox(front)) return ImportForm::mbox;
  if (looks_like_mail(front) || ends_with(options.file_name, ".eml")) return ImportForm::eml;
  if (looks_like_text(front)) return ImportForm::transcript;
  return Error{ErrorCode::invalid_input, "neither a Slack zip, mail nor UTF-8 text",
               "seal it as evidence instead: casebook add"};
}

Result<ImportSummary> import_file(RandomAccess& file, const ImportOptions& options,
                                  MessageSink& sink) {
  const auto form = recognise_import(file, options);
  if (!form) return form.error();
  if (*form == ImportForm::slack) {
    const auto archive = ZipArchive::open(file);
    if (!archive) return archive.error();
    return read_slack_export(*archive, sink);
  }
  AccessSource source(file);
  const MailboxOptions mailbox{.conversation = options.text.conversation};
  if (*form == ImportForm::mbox) return read_mbox(source, mailbox, sink);
  if (*form == ImportForm::eml) return read_eml(source, mailbox, sink);
  const auto text = read_all(source, kTranscriptBytesMax);
  if (!text) return Error(text.error()).context("read the text");
  return read_transcript(as_text(*text), options.text, sink);
}

}  // namespace casebook::imports
