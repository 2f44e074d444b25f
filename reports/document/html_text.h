#pragma once
/// Escaping for HTML and for XML of other formats, and drawings as SVG.

#include <string>
#include <string_view>

#include "reports/document/drawing.h"

namespace casebook::documents {

/// Appends `text` as character data that is safe in elements and in quoted attributes. Hidden
/// characters are named; with `mark_hidden` each name is set apart by an element.
void append_escaped(std::string& out, std::string_view text, bool mark_hidden = false);
std::string escaped(std::string_view text);

/// An inline SVG element that speaks: `title` and `description` are read to those who do not see.
/// @param id  makes ids of the element unique in the page.
std::string svg_of(const Drawing& drawing, std::string_view title, std::string_view description,
                   std::string_view id);

}  // namespace casebook::documents
