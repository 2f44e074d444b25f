#include "vault/imports/mail_tree.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>

#include "vault/imports/mail_message.h"

namespace casebook::imports {
namespace {

struct Unref {
  void operator()(void* object) const noexcept { g_object_unref(object); }
};
template <typename T>
using Object = std::unique_ptr<T, Unref>;

constexpr std::size_t kReadBytes = std::size_t{64} << 10U;

void begin_gmime() {
  static const bool is_begun = [] {
    g_mime_init();
    return true;
  }();
  check(is_begun, "begin GMime");
}

std::string text_of(const char* text) { return text == nullptr ? std::string() : text; }

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return g_ascii_tolower(c); });
  return text;
}

std::string raw_header(GMimeObject* object, const char* name) {
  return text_of(g_mime_object_get_header(object, name));
}

void read_from(GMimeMessage* message, MailHeader& header) {
  InternetAddressList* list = g_mime_message_get_from(message);
  if (list == nullptr || internet_address_list_length(list) == 0) return;
  InternetAddress* address = internet_address_list_get_address(list, 0);
  header.from_name = text_of(internet_address_get_name(address));
  if (INTERNET_ADDRESS_IS_MAILBOX(address)) {
    header.from_address =
        lower(text_of(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address))));
  }
}

std::vector<std::string> ids_of(const std::string& text) {
  std::vector<std::string> ids;
  if (text.empty()) return ids;
  GMimeReferences* references = g_mime_references_parse(nullptr, text.c_str());
  constexpr int kIdsMax = 1000;
  for (int i = 0; i < std::min(g_mime_references_length(references), kIdsMax); ++i) {
    ids.push_back(text_of(g_mime_references_get_message_id(references, i)));
  }
  g_mime_references_free(references);
  return ids;
}

/// True when a date says its zone: an offset, or one of the names that mean UTC.
bool has_zone(std::string_view date) {
  if (const auto comment = date.find('('); comment != std::string_view::npos)
    date = date.substr(0, comment);
  while (!date.empty() && (date.back() == ' ' || date.back() == '\t')) date.remove_suffix(1);
  const auto zone = date.substr(date.find_last_of(" \t") + 1);
  if (zone == "GMT" || zone == "UT" || zone == "UTC" || zone == "Z") return true;
  if (zone.size() != 5 || (zone[0] != '+' && zone[0] != '-') || zone == "-0000") return false;
  return std::ranges::all_of(zone.substr(1), [](char c) { return g_ascii_isdigit(c) != 0; });
}

void read_date(GMimeObject* object, MailHeader& header) {
  header.date_as_written = raw_header(object, "Date");
  if (!has_zone(header.date_as_written)) return;
  GDateTime* date = g_mime_utils_header_decode_date(header.date_as_written.c_str());
  if (date == nullptr) return;
  header.date = UtcSeconds(std::chrono::seconds(g_date_time_to_unix(date)));
  g_date_time_unref(date);
}

std::string media_type_of(GMimeObject* object) {
  GMimeContentType* type = g_mime_object_get_content_type(object);
  if (type == nullptr) return "text/plain";
  return lower(text_of(g_mime_content_type_get_media_type(type)) + "/" +
               text_of(g_mime_content_type_get_media_subtype(type)));
}

/// Reads a stream to its end, through `filter` when there is one.
Status copy(GMimeStream* from, GMimeFilter* filter, ByteSink& sink) {
  const Object<GMimeStream> filtered(g_mime_stream_filter_new(from));
  if (filter != nullptr) g_mime_stream_filter_add(GMIME_STREAM_FILTER(filtered.get()), filter);
  std::vector<char> buffer(kReadBytes);
  while (true) {
    const auto count = g_mime_stream_read(filtered.get(), buffer.data(), buffer.size());
    if (count < 0) return Error{ErrorCode::corrupt, "a part of a mail cannot be decoded"};
    if (count == 0) return ok();
    const auto bytes = std::as_bytes(std::span(buffer).first(static_cast<std::size_t>(count)));
    if (auto written = sink.write(bytes); !written) return written;
  }
}

}  // namespace

struct MailTree::Handles {
  Object<GMimeMessage> message;
  std::vector<GMimeObject*> parts;  // Held by the message; as many as parts_.
};

namespace {

/// Lists the leaves below `object`.
class Walk {
 public:
  Walk(std::vector<MailPart>& parts, std::vector<GMimeObject*>& objects)
      : parts_(parts), objects_(objects) {}

  void visit(GMimeObject* object, const std::string& number, std::size_t depth) {
    if (depth > kMimeDepthMax) problem = "is nested deeper than 32 levels";
    if (++visited_ > kMimePartsMax) problem = "has more than 1,000 parts";
    if (object == nullptr || !problem.empty()) return;
    if (GMIME_IS_MULTIPART(object)) {
      GMimeMultipart* multipart = GMIME_MULTIPART(object);
      const std::string front = number.empty() ? "" : number + ".";
      for (int i = 0; i < g_mime_multipart_get_count(multipart) && problem.empty(); ++i) {
        visit(g_mime_multipart_get_part(multipart, i), front + std::to_string(i + 1), depth + 1);
      }
      return;
    }
    MailPart& part = parts_.emplace_back();
    objects_.push_back(object);
    part.number = number.empty() ? "1" : number;
    part.media_type = media_type_of(object);
    part.charset = lower(text_of(g_mime_object_get_content_type_parameter(object, "charset")));
    GMimeContentDisposition* disposition = g_mime_object_get_content_disposition(object);
    part.is_attachment =
        disposition != nullptr && g_mime_content_disposition_is_attachment(disposition) != 0;
    if (!GMIME_IS_PART(object)) return;
    part.file_name = text_of(g_mime_part_get_filename(GMIME_PART(object)));
    const auto encoding = g_mime_part_get_content_encoding(GMIME_PART(object));
    part.is_encoded = encoding == GMIME_CONTENT_ENCODING_BASE64 ||
                      encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
                      encoding == GMIME_CONTENT_ENCODING_UUENCODE;
  }

  std::string_view problem;

 private:
  std::vector<MailPart>& parts_;
  std::vector<GMimeObject*>& objects_;
  std::size_t visited_ = 0;
};

}  // namespace

MailTree::MailTree() : handles_(std::make_unique<Handles>()) {}
MailTree::MailTree(MailTree&&) noexcept = default;
MailTree::~MailTree() = default;

bool MailHeader::is_empty() const {
  return from_address.empty() && from_name.empty() && subject.empty() && message_id.empty() &&
         date_as_written.empty();
}

std::optional<MailTree> MailTree::parse(std::string_view mail) {
  begin_gmime();
  const Object<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(mail.data(), mail.size()));
  const Object<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  MailTree tree;
  tree.handles_->message.reset(g_mime_parser_construct_message(parser.get(), nullptr));
  GMimeMessage* message = tree.handles_->message.get();
  if (message == nullptr) return std::nullopt;
  read_from(message, tree.header_);
  tree.header_.subject = text_of(g_mime_message_get_subject(message));
  tree.header_.message_id = text_of(g_mime_message_get_message_id(message));
  const auto replied = ids_of(raw_header(GMIME_OBJECT(message), "In-Reply-To"));
  if (!replied.empty()) tree.header_.in_reply_to = replied.front();
  tree.header_.references = ids_of(raw_header(GMIME_OBJECT(message), "References"));
  read_date(GMIME_OBJECT(message), tree.header_);
  Walk walk(tree.parts_, tree.handles_->parts);
  walk.visit(g_mime_message_get_mime_part(message), "", 0);
  tree.problem_ = walk.problem;
  return tree;
}

Status MailTree::decode(std::size_t index, ByteSink& sink) const {
  GMimeObject* object = handles_->parts.at(index);
  if (GMIME_IS_PART(object)) {
    GMimeDataWrapper* content = g_mime_part_get_content(GMIME_PART(object));
    if (content == nullptr) return ok();
    GMimeStream* stream = g_mime_data_wrapper_get_stream(content);
    g_mime_stream_reset(stream);
    const Object<GMimeFilter> filter(
        g_mime_filter_basic_new(g_mime_data_wrapper_get_encoding(content), /*encode=*/FALSE));
    return copy(stream, filter.get(), sink);
  }
  const Object<GMimeStream> memory(g_mime_stream_mem_new());
  if (GMIME_IS_MESSAGE_PART(object)) {
    GMimeMessage* inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    if (inner == nullptr) return ok();
    g_mime_object_write_to_stream(GMIME_OBJECT(inner), nullptr, memory.get());
  } else {
    g_mime_object_write_to_stream(object, nullptr, memory.get());
  }
  g_mime_stream_reset(memory.get());
  return copy(memory.get(), nullptr, sink);
}

bool MailTree::to_utf8(std::string_view text, const std::string& charset, std::string& out) {
  begin_gmime();
  const Object<GMimeFilter> filter(g_mime_filter_charset_new(charset.c_str(), "utf-8"));
  if (!filter) return false;
  const Object<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(text.data(), text.size()));
  MemorySink sink(4 * text.size() + 64);
  if (!copy(stream.get(), filter.get(), sink)) return false;
  out = as_text(sink.bytes());
  return true;
}

}  // namespace casebook::imports
