/// Which names promise a secret, and which bytes are no text.
#include <algorithm>
#include <array>
#include <cctype>

#include "collector/redact.h"

namespace casebook::collector {
namespace {

constexpr std::array<std::string_view, 27> kSecretParts = {"pass",       "pwd",
                                                           "secret",     "token",
                                                           "credential", "apikey",
                                                           "accesskey",  "privatekey",
                                                           "authkey",    "signingkey",
                                                           "sharedkey",  "keydata",
                                                           "psk",        "wepkey",
                                                           "cookie",     "session",
                                                           "jwt",        "bearer",
                                                           "salt",       "mnemonic",
                                                           "community",  "connectionstring",
                                                           "signature",  "fernet",
                                                           "hmac",       "authorization",
                                                           "onetime"};
constexpr std::array<std::string_view, 14> kSecretWords = {
    "auth", "hash",  "pin", "otp",  "totp",   "seed", "dsn",
    "cred", "creds", "key", "keys", "phrase", "pw",   "sid"};
/// Names that hold one of the above and are known to carry no secret.
constexpr std::array<std::string_view, 9> kHarmless = {"passive",  "bypass",      "passthrough",
                                                       "passthru", "compass",     "publickey",
                                                       "pubkey",   "sessiontype", "tokenizer"};

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\x1b') ||
         byte == 0x7F;
}

}  // namespace

bool is_secret_name(std::string_view name) {
  std::string plain;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) plain += lower(c);
  if (plain.empty()) return false;
  if (std::ranges::any_of(kHarmless, [&](std::string_view known) {
        return plain.find(known) != std::string::npos;
      }))
    return false;
  return plain.ends_with("key") || plain.ends_with("auth") ||
         std::ranges::find(kSecretWords, plain) != kSecretWords.end() ||
         std::ranges::any_of(kSecretParts, [&](std::string_view part) {
           return plain.find(part) != std::string::npos;
         });
}

bool looks_binary(std::string_view start_of_file) {
  if (start_of_file.find('\0') != std::string_view::npos) return true;
  const auto controls = std::ranges::count_if(start_of_file, is_control);
  return static_cast<std::size_t>(controls) * 50 > start_of_file.size();
}

bool looks_like_bare_secret(std::string_view whole_file) {
  if (whole_file.size() > 512) return false;
  int lines = 0;
  while (!whole_file.empty()) {
    const std::size_t end = std::min(whole_file.find('\n'), whole_file.size());
    const std::string_view line = whole_file.substr(0, end);
    whole_file.remove_prefix(std::min(end + 1, whole_file.size()));
    if (line.empty()) continue;
    if (line.find_first_of(" \t=:#[{<") != std::string_view::npos) return false;
    ++lines;
  }
  return lines > 0 && lines <= 4;
}

}  // namespace casebook::collector
