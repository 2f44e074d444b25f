#include "cli/record_fields.h"

namespace casebook::cli {
namespace {

template <typename Type>
const Type* field_as(const workflow::Record& record, std::string_view field) {
  const auto found = record.fields().find(field);
  return found == record.fields().end() ? nullptr : std::get_if<Type>(&found->second);
}

}  // namespace

std::string word_of(const workflow::Record& record, std::string_view field) {
  const auto* text = field_as<std::string>(record, field);
  return text == nullptr ? std::string() : *text;
}

std::optional<UtcSeconds> time_of(const workflow::Record& record, std::string_view field) {
  const auto* at = field_as<workflow::Moment>(record, field);
  if (at == nullptr) return {};
  return UtcSeconds(std::chrono::seconds(at->seconds));
}

}  // namespace casebook::cli
