#pragma once
/// The font files that pages are drawn with, and nothing of how. Specification:
/// docs/spec/document.md 6.

#include <array>

namespace casebook::documents {

inline constexpr std::array<const char*, 4> kFontFiles{
    "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"};

}  // namespace casebook::documents
