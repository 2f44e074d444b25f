#include "vault/slots.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/json_text.h"
#include "core/printable.h"
#include "core/random_access.h"
#include "vault/folder.h"

namespace casebook::vault {
namespace {

constexpr std::string_view kSlotsFormat = "casebook-slots/1";
constexpr std::string_view kGrantFormat = "casebook-grant/1";

Error contradicts(std::string_view what) {
  return Error{ErrorCode::corrupt, "the slots file " + std::string(what),
               "somebody changed it; restore it from a backup and ask who could"};
}

bool is_person(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Status check_persons(std::span<const SlotPerson> persons) {
  if (persons.empty()) return Error{ErrorCode::invalid_input, "nobody would be able to open it"};
  if (persons.size() > kSlotPersonsMax) {
    return Error{ErrorCode::limit_exceeded, "more than 256 persons for one compartment"};
  }
  for (std::size_t i = 0; i < persons.size(); ++i) {
    if (!is_person(persons[i].person)) {
      return Error{ErrorCode::invalid_input, "a person is named by an id"};
    }
    if (i > 0 && !(persons[i - 1].person < persons[i].person)) {
      return Error{ErrorCode::invalid_input, "a person is named twice"};
    }
  }
  std::vector<AgeRecipient> keys;
  for (const SlotPerson& person : persons) keys.push_back(person.recipient);
  std::ranges::sort(keys);
  if (std::ranges::adjacent_find(keys) != keys.end()) {
    return Error{ErrorCode::invalid_input, "two persons have the same key"};
  }
  return ok();
}

/// Text that is wiped; canonical_json() of a tree would leave copies of the secrets behind.
SecretBytes format_slots(const Slots& slots) {
  std::string head = R"({"case":")" + slots.name.case_id.text() + R"(","compartment":")" +
                     slots.name.compartment + R"(","data_key":")";
  std::string middle = R"(","format":")" + std::string(kSlotsFormat) + R"(","generation":)" +
                       std::to_string(slots.name.generation) + R"(,"identity":")";
  std::string tail = R"(","persons":[)";
  for (const SlotPerson& person : slots.persons) {
    if (tail.back() != '[') tail += ',';
    tail +=
        R"({"person":")" + person.person + R"(","recipient":")" + person.recipient.text() + "\"}";
  }
  tail += "]}\n";
  const SecretBytes identity = slots.identity.text();
  SecretBytes text(head.size() + 2 * kDataKeyBytes + middle.size() + identity.size() + tail.size());
  auto out = text.reveal_mutable().begin();
  const auto put = [&](std::span<const std::byte> bytes) {
    out = std::ranges::copy(bytes, out).out;
  };
  put(as_bytes(head));
  constexpr std::string_view digits = "0123456789abcdef";
  for (const std::byte b : slots.data_key.reveal()) {
    *out++ = static_cast<std::byte>(digits[std::to_integer<std::size_t>(b) >> 4U]);
    *out++ = static_cast<std::byte>(digits[std::to_integer<std::size_t>(b) & 15U]);
  }
  put(as_bytes(middle));
  put(identity.reveal());
  put(as_bytes(tail));
  return text;
}

Result<std::vector<SlotPerson>> parse_persons(const Json& list) {
  if (!list.is_array() || list.size() > kSlotPersonsMax) return contradicts("names no persons");
  std::vector<SlotPerson> persons;
  for (const Json& entry : list) {
    auto known = json_only_members(entry, {"person", "recipient"});
    auto person = json_text_member(entry, "person");
    auto recipient = json_text_member(entry, "recipient");
    if (!known || !person || !recipient) return contradicts("names a person wrongly");
    auto key = AgeRecipient::parse(*recipient);
    if (!key) return contradicts("names a key that is none");
    persons.push_back({*person, *key});
  }
  if (auto fits = check_persons(persons); !fits)
    return contradicts("has a list of persons that is none");
  return persons;
}

Result<CompartmentName> parse_name(const Json& object) {
  auto case_text = json_text_member(object, "case");
  auto compartment = json_text_member(object, "compartment");
  auto generation = json_integer_member(object, "generation");
  if (!case_text || !compartment || !generation || *generation < 1) {
    return Error{ErrorCode::invalid_input, "says no compartment and generation"};
  }
  auto case_id = CaseId::parse(*case_text);
  if (!case_id || !check_compartment_name(*compartment)) {
    return Error{ErrorCode::invalid_input, "says no compartment and generation"};
  }
  return CompartmentName{*case_id, *compartment, static_cast<std::uint64_t>(*generation)};
}

/// Moves the text of a member out and leaves as many '-' in its place, so that what parses the rest
/// never holds the secret. A quote inside a text is escaped, so this finds the member or nothing.
std::optional<SecretBytes> take_secret(SecretBytes& plain, std::string_view key) {
  const std::string member = '"' + std::string(key) + "\":\"";
  const std::string_view text = as_text(plain.reveal());
  const std::size_t found = text.find(member);
  if (found == std::string_view::npos) return std::nullopt;
  const std::size_t start = found + member.size();
  const std::size_t end = text.find('"', start);
  if (end == std::string_view::npos) return std::nullopt;
  SecretBytes secret = SecretBytes::copy_of(text.substr(start, end - start));
  std::ranges::fill(plain.reveal_mutable().subspan(start, end - start), std::byte{'-'});
  return secret;
}

/// True when `key` is the member that take_secret() emptied.
bool is_taken(const Json& object, std::string_view key, const SecretBytes& secret) {
  auto text = json_text_member(object, key);
  return text && *text == std::string(secret.size(), '-');
}

Result<SecretBytes> parse_data_key(const SecretBytes& hex) {
  if (hex.size() != 2 * kDataKeyBytes) return contradicts("lacks a key");
  SecretBytes key(kDataKeyBytes);
  const auto digit = [&](std::size_t at) {
    return std::string_view("0123456789abcdef").find(static_cast<char>(hex.reveal()[at]));
  };
  for (std::size_t n = 0; n < kDataKeyBytes; ++n) {
    const std::size_t high = digit(2 * n);
    const std::size_t low = digit(2 * n + 1);
    if (high > 15 || low > 15) return contradicts("lacks a key");
    key.reveal_mutable()[n] = static_cast<std::byte>(high << 4U | low);
  }
  return key;
}

/// @param plain  is left without its secrets.
Result<Slots> parse_slots(SecretBytes& plain) {
  auto identity_text = take_secret(plain, "identity");
  auto key_text = take_secret(plain, "data_key");
  if (!identity_text || !key_text) return contradicts("lacks a key");
  std::string_view text = as_text(plain.reveal());
  if (!text.ends_with('\n')) return contradicts("is not written as slots are");
  text.remove_suffix(1);
  auto object = parse_canonical_json(text, {.size_bytes_max = kSlotsBytesMax});
  if (!object || !object->is_object()) return contradicts("is not written as slots are");
  auto format = json_text_member(*object, "format");
  if (!format || *format != kSlotsFormat) return contradicts("is of an unknown format");
  auto known = json_only_members(
      *object, {"case", "compartment", "data_key", "format", "generation", "identity", "persons"});
  if (!known || object->size() != 7) return contradicts("holds what slots do not hold");
  auto name = parse_name(*object);
  if (!is_taken(*object, "identity", *identity_text) || !is_taken(*object, "data_key", *key_text)) {
    return contradicts("is not written as slots are");
  }
  auto identity = AgeIdentity::parse(as_text(identity_text->reveal()));
  auto key = parse_data_key(*key_text);
  if (!name || !identity || !key) return contradicts("lacks a key");
  auto persons = parse_persons(object->at("persons"));
  if (!persons) return std::move(persons).error();
  return Slots{*std::move(name), *std::move(identity), *std::move(key), *std::move(persons)};
}

Result<Grant> grant_of(const Slots& slots, std::span<const std::byte> file) {
  auto digest = sha256(file);
  if (!digest) return std::move(digest).error();
  Grant grant{.name = slots.name,
              .slots_digest = *digest,
              .stanza_count = slots.persons.size(),
              .public_key = slots.identity.recipient(),
              .persons = {}};
  for (const SlotPerson& person : slots.persons) grant.persons.push_back(person.person);
  return grant;
}

Result<bool> fits_grant(const std::filesystem::path& path, const Grant& grant) {
  if (!is_there(path)) return false;
  auto file = read_file(path, kSlotsBytesMax);
  if (!file) return std::move(file).error();
  auto digest = sha256(*file);
  if (!digest) return std::move(digest).error();
  return *digest == grant.slots_digest;
}

}  // namespace

std::string format_grant(const Grant& grant) {
  Json object{{"case", grant.name.case_id.text()},
              {"compartment", grant.name.compartment},
              {"format", kGrantFormat},
              {"generation", grant.name.generation},
              {"persons", grant.persons},
              {"public_key", grant.public_key.text()},
              {"slots", to_hex(grant.slots_digest)},
              {"stanzas", grant.stanza_count}};
  return canonical_json(object);
}

Result<Grant> parse_grant(std::string_view text) {
  const auto refuse = [] { return Error{ErrorCode::invalid_input, "not a grant"}; };
  auto object = parse_canonical_json(text, {.size_bytes_max = kSlotsBytesMax});
  if (!object || !object->is_object() || object->size() != 8) return refuse();
  auto format = json_text_member(*object, "format");
  auto name = parse_name(*object);
  auto key_text = json_text_member(*object, "public_key");
  auto slots_text = json_text_member(*object, "slots");
  auto stanzas = json_integer_member(*object, "stanzas");
  auto persons = json_member(*object, "persons");
  if (!format || *format != kGrantFormat || !name || !key_text || !slots_text || !stanzas ||
      !persons) {
    return refuse();
  }
  auto key = AgeRecipient::parse(*key_text);
  auto digest = digest_from_hex(*slots_text);
  if (!key || !digest || !(*persons)->is_array()) return refuse();
  Grant grant{*std::move(name), *digest, static_cast<std::size_t>(*stanzas), *key, {}};
  for (const Json& person : **persons) {
    if (!person.is_string() || !is_person(person.get_ref<const std::string&>())) return refuse();
    grant.persons.push_back(person.get<std::string>());
  }
  const bool ascending =
      std::ranges::adjacent_find(grant.persons, std::greater_equal{}) == grant.persons.end();
  if (!ascending || grant.persons.size() != grant.stanza_count || grant.persons.empty())
    return refuse();
  return grant;
}

Result<Slots> make_slots(const CompartmentName& name, std::vector<SlotPerson> persons,
                         Randomness& randomness) {
  if (auto fits = check_compartment_name(name.compartment); !fits) return std::move(fits).error();
  std::ranges::sort(persons, {}, &SlotPerson::person);
  if (auto fits = check_persons(persons); !fits) return std::move(fits).error();
  auto identity = AgeIdentity::make(randomness);
  if (!identity) return std::move(identity).error();
  SecretBytes key(kDataKeyBytes);
  if (auto filled = randomness.fill(key.reveal_mutable()); !filled)
    return std::move(filled).error();
  return Slots{name, *std::move(identity), std::move(key), std::move(persons)};
}

Result<SealedSlots> seal_slots(const Slots& slots, Randomness& randomness) {
  if (auto fits = check_persons(slots.persons); !fits) return std::move(fits).error();
  std::vector<AgeRecipient> recipients;
  for (const SlotPerson& person : slots.persons) recipients.push_back(person.recipient);
  const SecretBytes text = format_slots(slots);
  auto file = age_encrypt(text.reveal(), recipients, randomness);
  if (!file) return std::move(file).error();
  auto grant = grant_of(slots, *file);
  if (!grant) return std::move(grant).error();
  return SealedSlots{*std::move(file), *std::move(grant)};
}

Status add_person(Slots& slots, const SlotPerson& person) {
  std::vector<SlotPerson> persons = slots.persons;
  persons.push_back(person);
  std::ranges::sort(persons, {}, &SlotPerson::person);
  if (auto fits = check_persons(persons); !fits) return fits;
  slots.persons = std::move(persons);
  return ok();
}

Result<OpenedSlots> open_slots(std::span<const std::byte> file, const AgeUnlock& unlock,
                               const CaseId& case_id, std::string_view compartment) {
  const std::string doing = "slots of " + std::string(compartment);
  auto reader = AgeFileReader::open(std::make_unique<MemoryAccess>(file), unlock);
  if (!reader) return std::move(reader).error().context(doing);
  const AgeStanzaCount stanzas = reader->stanzas();
  if (reader->size_bytes() > kSlotsBytesMax) return contradicts("is too long");
  SecretBytes text(static_cast<std::size_t>(reader->size_bytes()));
  if (auto filled = reader->read_at(0, text.reveal_mutable()); !filled) {
    return std::move(filled).error().context(doing);
  }
  auto slots = parse_slots(text);
  if (!slots) return std::move(slots).error();
  if (slots->name.case_id != case_id || slots->name.compartment != compartment) {
    return contradicts("belongs to another compartment");
  }
  if (stanzas.total != slots->persons.size()) {
    return contradicts("can be opened by " + std::to_string(stanzas.total) + " but names " +
                       std::to_string(slots->persons.size()) + " persons");
  }
  auto observed = grant_of(*slots, file);
  if (!observed) return std::move(observed).error();
  return OpenedSlots{*std::move(slots), *std::move(observed)};
}

Status compare_grants(const Grant& observed, const Grant& signed_grant) {
  if (observed.name != signed_grant.name)
    return contradicts("is of another generation than was granted");
  if (observed.public_key != signed_grant.public_key)
    return contradicts("holds another key than was granted");
  if (observed.persons != signed_grant.persons ||
      observed.stanza_count != signed_grant.stanza_count) {
    return contradicts("lets in others than was granted");
  }
  if (observed.slots_digest != signed_grant.slots_digest)
    return contradicts("is not the one that was granted");
  return ok();
}

CompartmentFiles files_of(const std::filesystem::path& vault, std::string_view compartment) {
  const std::string name(compartment);
  return {.database = vault / (name + ".db"),
          .slots = vault / (name + ".slots"),
          .next_database = vault / (name + ".db.next"),
          .next_slots = vault / (name + ".slots.next")};
}

Status stage_slots(const std::filesystem::path& vault, const SealedSlots& sealed,
                   FileCalls& calls) {
  return write_file(files_of(vault, sealed.grant.name.compartment).next_slots, sealed.file, 0600,
                    IfExists::replace, calls);
}

Status settle_slots(const std::filesystem::path& vault, const Grant& grant, FileCalls& calls) {
  const CompartmentFiles files = files_of(vault, grant.name.compartment);
  auto current = fits_grant(files.slots, grant);
  if (!current) return std::move(current).error();
  if (*current) {
    if (is_there(files.next_slots) && calls.unlink(files.next_slots.c_str()) != 0) {
      return system_error("remove " + printable(files.next_slots.native()), errno);
    }
    return sync_folder(vault, calls);
  }
  auto next = fits_grant(files.next_slots, grant);
  if (!next) return std::move(next).error();
  if (!*next) return contradicts("is not the one that was granted");
  if (calls.rename(files.next_slots.c_str(), files.slots.c_str()) != 0) {
    return system_error("replace " + printable(files.slots.native()), errno);
  }
  return sync_folder(vault, calls);
}

}  // namespace casebook::vault
