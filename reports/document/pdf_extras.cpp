#include "reports/document/pdf_extras.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>

#include "core/text_width.h"

namespace casebook::documents {
namespace {

constexpr std::size_t kEntryBytes = 20;  // "0000012429 00000 n \n"

struct Insertion {
  std::size_t at;
  std::string text;
};

Error unlike(std::string_view what) {
  return Error{ErrorCode::corrupt, "PDF of cairo: " + std::string(what)};
}

std::optional<std::size_t> number_at(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

struct CrossReference {
  std::size_t table = 0;  ///< Offset of "xref".
  std::size_t first_entry = 0;
  std::size_t entries = 0;
  std::size_t start_number = 0;  ///< Offset of the number behind "startxref".
  std::size_t root = 0;          ///< Number of the catalog.
};

Result<CrossReference> cross_reference(std::string_view pdf) {
  CrossReference found;
  const std::size_t start = pdf.rfind("startxref\n");
  if (start == std::string_view::npos) return unlike("no startxref");
  found.start_number = start + 10;
  const auto table = number_at(pdf.substr(found.start_number));
  if (!table || *table >= start || !pdf.substr(*table).starts_with("xref\n0 "))
    return unlike("no plain cross-reference table");
  found.table = *table;
  const auto entries = number_at(pdf.substr(found.table + 7));
  found.first_entry = pdf.find('\n', found.table + 7) + 1;
  if (!entries || found.first_entry + *entries * kEntryBytes > start)
    return unlike("cross-reference table is cut");
  found.entries = *entries;
  const std::size_t root = pdf.find("/Root ", found.first_entry + *entries * kEntryBytes);
  const auto number = root < start ? number_at(pdf.substr(root + 6)) : std::nullopt;
  if (!number || *number >= *entries) return unlike("no catalog");
  found.root = *number;
  return found;
}

/// A text string in UTF-16 (ISO 32000-1, 7.9.2.2), as hexadecimal.
std::string text_string(std::string_view text) {
  std::string out = "<FEFF";
  const auto append = [&](std::uint32_t unit) {
    std::array<char, 8> hex{};
    std::snprintf(hex.data(), hex.size(), "%04X", static_cast<unsigned>(unit & 0xFFFFU));
    out += hex.data();
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto character = static_cast<std::uint32_t>(next_character(text, at));
    if (character < 0x10000) {
      append(character);
    } else {
      append(0xD800 + ((character - 0x10000) >> 10U));
      append(0xDC00 + ((character - 0x10000) & 0x3FFU));
    }
  }
  return out + ">";
}

class Extender {
 public:
  Extender(std::string pdf, const PdfExtras& extras) : pdf_(std::move(pdf)), extras_(extras) {}

  Result<std::string> run() {
    auto found = cross_reference(pdf_);
    if (!found) return std::move(found).error();
    table_ = *found;
    for (std::size_t number = 1; number < table_.entries; ++number) {
      const auto offset = number_at(entry(number));
      if (!offset || *offset >= table_.table) return unlike("an object is outside the file");
      if (auto looked = look_at(number, *offset); !looked) return std::move(looked).error();
    }
    if (heads_ != extras_.heads.size() || figures_ != extras_.figures.size())
      return unlike("another number of figures or heading cells");
    return joined();
  }

 private:
  std::string_view entry(std::size_t number) const {
    return std::string_view(pdf_).substr(table_.first_entry + number * kEntryBytes, kEntryBytes);
  }

  Status look_at(std::size_t number, std::size_t offset) {
    std::string_view object = std::string_view(pdf_).substr(offset);
    const std::string begin = std::to_string(number) + " 0 obj\n<< /Type /";
    if (!object.starts_with(begin)) return ok();
    object.remove_prefix(begin.size());
    const std::size_t at = offset + begin.size();
    if (number == table_.root) {
      if (!object.starts_with("Catalog\n")) return unlike("no catalog");
      insertions_.push_back({at + 7, "\n   /Lang (" + extras_.language +
                                         ")\n   /ViewerPreferences << /DisplayDocTitle true >>"});
    } else if (object.starts_with("StructElem\n   /S /TH\n")) {
      if (heads_ == extras_.heads.size()) return unlike("more heading cells");
      const bool row = extras_.heads[heads_++] == HeadScope::row;
      insertions_.push_back({at + 10, std::string("\n   /A << /O /Table /Scope /") +
                                          (row ? "Row" : "Column") + " >>"});
    } else if (object.starts_with("StructElem\n   /S /Figure\n")) {
      if (figures_ == extras_.figures.size()) return unlike("more figures");
      insertions_.push_back({at + 10, "\n   /Alt " + text_string(extras_.figures[figures_++])});
    }
    return ok();
  }

  /// The file with the insertions; offsets in the table count those before them.
  std::string joined() {
    std::ranges::sort(insertions_, {}, &Insertion::at);
    std::vector<std::size_t> added{0};  // Bytes of the first n insertions.
    for (const Insertion& insertion : insertions_) {
      added.push_back(added.back() + insertion.text.size());
    }
    const auto moved = [&](std::size_t offset) {
      const auto after = std::ranges::upper_bound(insertions_, offset, {}, &Insertion::at);
      return offset + added[static_cast<std::size_t>(after - insertions_.begin())];
    };
    std::string out;
    out.reserve(pdf_.size() + added.back() + 16);
    std::size_t copied = 0;
    for (const Insertion& insertion : insertions_) {
      out.append(pdf_, copied, insertion.at - copied);
      out += insertion.text;
      copied = insertion.at;
    }
    out.append(pdf_, copied, table_.first_entry + kEntryBytes - copied);
    for (std::size_t number = 1; number < table_.entries; ++number) {
      std::array<char, 24> line{};
      std::snprintf(line.data(), line.size(), "%010zu", moved(*number_at(entry(number))));
      out += line.data();
      out += entry(number).substr(10);
    }
    const std::size_t rest = table_.first_entry + table_.entries * kEntryBytes;
    out.append(pdf_, rest, table_.start_number - rest);
    out += std::to_string(moved(table_.table)) + "\n%%EOF\n";
    return out;
  }

  std::string pdf_;
  const PdfExtras& extras_;
  CrossReference table_;
  std::size_t heads_ = 0;
  std::size_t figures_ = 0;
  std::vector<Insertion> insertions_;
};

}  // namespace

Result<std::string> with_extras(std::string pdf, const PdfExtras& extras) {
  return Extender(std::move(pdf), extras).run();
}

}  // namespace casebook::documents
