#include "reports/document/document.h"

namespace casebook::documents {

std::string_view to_string(Language language) noexcept {
  switch (language) {
    case Language::en:
      return "en";
    case Language::nl:
      return "nl";
  }
  return "";
}

std::string_view to_string(SpanKind kind) noexcept {
  switch (kind) {
    case SpanKind::plain:
      return "plain";
    case SpanKind::strong:
      return "strong";
    case SpanKind::code:
      return "code";
    case SpanKind::source:
      return "source";
    case SpanKind::note:
      return "note";
  }
  return "";
}

std::string_view to_string(ColumnKind kind) noexcept {
  switch (kind) {
    case ColumnKind::text:
      return "text";
    case ColumnKind::number:
      return "number";
    case ColumnKind::time:
      return "time";
    case ColumnKind::hash:
      return "hash";
  }
  return "";
}

std::string_view to_string(NoticeTone tone) noexcept {
  switch (tone) {
    case NoticeTone::info:
      return "info";
    case NoticeTone::warning:
      return "warning";
    case NoticeTone::legal:
      return "legal";
  }
  return "";
}

std::string joined_text(const Spans& spans) {
  std::string text;
  for (const Span& span : spans) text += span.text;
  return text;
}

}  // namespace casebook::documents
