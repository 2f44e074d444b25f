#include "core/age_header.h"

#include <gtest/gtest.h>

namespace casebook::age {
namespace {

constexpr std::string_view kVersion = "age-encryption.org/v1\n";
const std::string kMac = "--- " + std::string(43, 'A') + "\n";
const std::string kBody = std::string(43, 'A') + "\n";

std::string with(const std::string& stanzas) { return std::string(kVersion) + stanzas + kMac; }

// RT-43: recipients of a kind to come need no new format.
TEST(AgeHeader, TakesKindsItDoesNotKnowAndGrease) {
  const std::string text = with("-> X25519 " + kBody + kBody + "-> a-grease B c\n\n-> b\n" +
                                std::string(64, 'A') + "\n\n");
  auto header = parse_header(text + "payload");
  ASSERT_TRUE(header && *header);
  ASSERT_EQ((*header)->stanzas.size(), 3U);
  EXPECT_EQ((*header)->stanzas[1].arguments, (std::vector<std::string>{"a-grease", "B", "c"}));
  EXPECT_TRUE((*header)->stanzas[1].body.empty());
  EXPECT_EQ((*header)->stanzas[2].body.size(), 48U);
  EXPECT_EQ((*header)->size_bytes, text.size());
  EXPECT_EQ((*header)->mac_text, text.substr(0, text.size() - 45));
}

TEST(AgeHeader, WaitsForItsEnd) {
  const std::string text = with("-> a\n\n");
  for (std::size_t size = 0; size < text.size(); ++size) {
    auto header = parse_header(text.substr(0, size));
    ASSERT_TRUE(header) << size;
    EXPECT_FALSE(*header) << size;
  }
  EXPECT_TRUE(*parse_header(text));
}

TEST(AgeHeader, RefusesWhatNoWriterMakes) {
  for (const std::string& text : {
           with(""),                                        // no stanza
           with("-> a b\n"),                                // no body
           with("->\n\n"),                                  // no kind
           with("-> \n\n"),                                 // an empty kind
           with("-> a  b\n\n"),                             // two blanks
           with("-> a \n\n"),                               // a blank at the end
           with("-> a\tb\n\n"),                             // not printable
           with("-> a\n" + std::string(64, 'A') + "\n"),    // a full line must be followed
           with("-> a\n" + std::string(65, 'A') + "\n\n"),  // a line too long
           with("-> a\nAB\n"),                              // bits left over
           with("-> a\nAA==\n"),                            // padding
           with("-> a\r\n\r\n"),                            // carriage returns
           with("x\n"),                                     // no stanza mark
           std::string(kVersion) + "-> a\n\n---\n",         // no MAC
           std::string(kVersion) + "-> a\n\n--- AAAA\n",    // a short MAC
           std::string(kVersion) + "-> a\n\n---" + kMac.substr(4),
           std::string(kVersion) + "-> a\n\n--- " + kMac.substr(3),
       }) {
    auto header = parse_header(text);
    ASSERT_FALSE(header) << text;
    EXPECT_EQ(header.error().code, ErrorCode::corrupt) << text;
  }
  EXPECT_EQ(parse_header("age-encryption.org/v2\n").error().code, ErrorCode::invalid_input);
}

TEST(AgeHeader, HasLimits) {
  std::string many;
  for (std::size_t i = 0; i < kStanzasMax; ++i) many += "-> a\n\n";
  EXPECT_TRUE(parse_header(with(many)));
  EXPECT_EQ(parse_header(with(many + "-> a\n\n")).error().code, ErrorCode::limit_exceeded);

  std::string arguments = "->";
  for (std::size_t i = 0; i < kArgumentsMax; ++i) arguments += " a";
  EXPECT_TRUE(parse_header(with(arguments + "\n\n")));
  EXPECT_EQ(parse_header(with(arguments + " a\n\n")).error().code, ErrorCode::limit_exceeded);

  std::string body = "-> a\n";
  while (body.size() < kBodyBytesMax + 1024) body += std::string(64, 'A') + "\n";
  EXPECT_EQ(parse_header(with(body + "\n")).error().code, ErrorCode::limit_exceeded);

  const std::string endless = std::string(kVersion) + "-> " + std::string(kHeaderBytesMax, 'a');
  EXPECT_EQ(parse_header(endless).error().code, ErrorCode::limit_exceeded);
}

TEST(AgeHeader, WritesBodiesInLinesOfSixtyFour) {
  const SecretBytes file_key(kFileKeyBytes);
  auto text = format_header({{{"kind"}, Bytes(48)}, {{"kind", "x"}, Bytes(16)}}, file_key);
  ASSERT_TRUE(text);
  auto header = parse_header(*text);
  ASSERT_TRUE(header && *header);
  EXPECT_EQ((*header)->stanzas[0].body.size(), 48U);
  EXPECT_TRUE(check_mac(**header, file_key));
  SecretBytes other(kFileKeyBytes);
  other.reveal_mutable()[0] = std::byte{1};
  EXPECT_EQ(check_mac(**header, other).error().code, ErrorCode::corrupt);
}

// A passphrase beside other stanzas, malformed shares, factors of another form.
TEST(AgeHeader, RefusesMalformedStanzasOfKnownKinds) {
  SystemRandomness randomness;
  auto identity = AgeIdentity::make(randomness);
  ASSERT_TRUE(identity);
  const std::string share = std::string(42, 'A') + "E";
  const Bytes body(32);
  for (const Stanza& stanza :
       {Stanza{{"X25519"}, body}, Stanza{{"X25519", share, "x"}, body},
        Stanza{{"X25519", "AAAA"}, body}, Stanza{{"X25519", share}, Bytes(31)},
        Stanza{{"X25519", std::string(43, 'A')}, body}}) {
    EXPECT_EQ(unwrap(stanza, *identity).error().code, ErrorCode::corrupt);
  }
  const auto passphrase = SecretBytes::copy_of("x");
  const std::string salt(22, 'A');
  for (const auto* factor : {"0", "01", "+4", "4 ", "", "x", "100", "-1", "1e1"}) {
    const Stanza stanza{{"scrypt", salt, factor}, body};
    EXPECT_EQ(unwrap_with_passphrase(stanza, passphrase, 20).error().code, ErrorCode::corrupt)
        << factor;
  }
}

}  // namespace
}  // namespace casebook::age
